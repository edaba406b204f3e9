#!/bin/sh
# Makes secrets/ for docker-compose.yml once: random passwords and keys. Keep a copy of field_keys apart from the backups:
# without it ID numbers and telephone numbers cannot be read again.
set -eu
cd "$(dirname "$0")/.."
[ -e secrets ] && { echo "secrets/ 已存在，不作改动。 / secrets/ is there already: nothing changed." >&2; exit 1; }
umask 077
mkdir secrets
cd secrets
word() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
owner=$(word) app=$(word) redis=$(word)
printf %s "$(word)" >database_admin_password
printf %s "$owner" >database_owner_password
printf %s "$app" >database_app_password
printf %s "postgres://congress_owner:$owner@database:5432/congress" >database_owner_url
printf %s "postgres://congress_app:$app@database:5432/congress" >database_url
printf 'requirepass %s\n' "$redis" >redis_conf
printf %s "redis://:$redis@redis:6379/0" >redis_url
printf %s "$(word)$(word)" >secret_key
printf %s "k1:$(head -c 32 /dev/urandom | base64 | tr -d '\n')" >field_keys
printf %s "consolemail://" >email_url
# The containers' users are not ours: the directory keeps other people out, the files let the containers in.
chmod 444 ./*
echo "还需放入证书 secrets/tls_certificate 和 secrets/tls_key，并改写 secrets/email_url。" \
    "/ Still to do: put the certificate into secrets/tls_certificate and secrets/tls_key; write secrets/email_url." >&2
