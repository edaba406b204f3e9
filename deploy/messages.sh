#!/bin/sh
# Renews the Chinese catalogue: the code's sentences, with the translations it had and those in locale/parts/*.po.
set -eu
cd "$(dirname "$0")/.."
catalogue=locale/zh_Hans/LC_MESSAGES/django.po
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

header() { printf 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'; }

known=""
for part in locale/parts/*.po "$catalogue"; do
    [ -e "$part" ] || continue
    copy="$work/$(basename "$part")"
    grep -q 'Content-Type' "$part" && : >"$copy" || header >"$copy"
    cat "$part" >>"$copy"
    msgattrib --translated --no-fuzzy "$copy" -o "$copy.known"
    [ -e "$copy.known" ] && known="$known $copy.known"
done
.venv/bin/python manage.py makemessages --locale zh_Hans --no-obsolete --add-location file --ignore .venv --ignore var
if [ -n "$known" ]; then
    # shellcheck disable=SC2086  # one word a file
    msgcat --use-first $known -o "$work/all.po"
    msgmerge --quiet --no-fuzzy-matching --add-location=file --compendium "$work/all.po" /dev/null "$catalogue" -o "$work/new.po"
    cp "$work/new.po" "$catalogue"
fi
# Without it every sentence with a number would be English.
grep -q "^\"Plural-Forms" "$catalogue" ||
    sed -i '0,/^"Content-Type.*/s//&\n"Plural-Forms: nplurals=1; plural=0;\\n"/' "$catalogue"
msgfmt --check --statistics -o "${catalogue%.po}.mo" "$catalogue"
