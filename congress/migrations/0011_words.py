"""How a search compares Chinese words: characters and pairs of them, full width as half, spaces and case ignored."""

from django.db import migrations

PLAIN = """
CREATE FUNCTION plain_words(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(lower(normalize(words, NFKC)), ' ', '')
"""
# Dear on purpose: a plan that reads rows one by one compares the plain words first.
PIECES = """
CREATE FUNCTION word_pieces(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
RETURN (
    SELECT array_agg(DISTINCT substr(words, place, size))
    FROM generate_series(1, char_length(words)) AS place, generate_series(1, 2) AS size
)
"""


class Migration(migrations.Migration):
    dependencies = [("congress", "0010_ladders")]
    operations = [
        migrations.RunSQL(PLAIN, "DROP FUNCTION plain_words(text)"),
        migrations.RunSQL(PIECES, "DROP FUNCTION word_pieces(text)"),
    ]
