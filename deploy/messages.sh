#!/bin/sh
# Renews the Chinese catalogue: the code's sentences, with the translations it had; what is new stays empty until somebody writes it.
set -eu
cd "$(dirname "$0")/.."
catalogue=locale/zh_Hans/LC_MESSAGES/django.po
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

msgattrib --translated --no-fuzzy "$catalogue" -o "$work/known.po"
.venv/bin/python manage.py makemessages --locale zh_Hans --no-obsolete --add-location file --ignore .venv --ignore var
msgmerge --quiet --no-fuzzy-matching --add-location=file --compendium "$work/known.po" /dev/null "$catalogue" -o "$work/new.po"
cp "$work/new.po" "$catalogue"
# Without it every sentence with a number would be English.
grep -q "^\"Plural-Forms" "$catalogue" ||
    sed -i '0,/^"Content-Type.*/s//&\n"Plural-Forms: nplurals=1; plural=0;\\n"/' "$catalogue"
msgfmt --check --statistics -o "${catalogue%.po}.mo" "$catalogue"
