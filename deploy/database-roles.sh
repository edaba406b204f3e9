#!/bin/sh
# Runs once, when the database's volume is new: the owner changes tables, the application only rows.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
    --set owner="$(cat /run/secrets/database_owner_password)" --set app="$(cat /run/secrets/database_app_password)" <<'SQL'
CREATE ROLE congress_owner LOGIN PASSWORD :'owner';
CREATE ROLE congress_app LOGIN PASSWORD :'app';
ALTER DATABASE congress OWNER TO congress_owner;
REVOKE ALL ON DATABASE congress FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE congress TO congress_app;
SQL
