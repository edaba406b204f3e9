"""The calendar of 2024 to 2026, as the notices say; later years are entered by staff each November."""

from django.db import migrations

from congress.kernel.holidays import SOURCE, days_of


def load(apps, schema_editor):
    day, year = apps.get_model("congress", "CalendarDay"), apps.get_model("congress", "CalendarYear")
    for number in (2024, 2025, 2026):
        year.objects.create(year=number, source=SOURCE)
        day.objects.bulk_create(day(**values) for values in days_of(number))


class Migration(migrations.Migration):
    dependencies = [("congress", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
