"""The six categories of session statistics (S4), and below them the trades of the survey (S0); reference.md §3.3."""

from django.db import migrations

FIRST = ["政治建设", "经济建设", "社会建设", "文化建设", "生态文明建设", "党的基层组织建设"]
SECOND = [
    ("教育", "社会建设"),
    ("农业", "经济建设"),
    ("旅游", "经济建设"),
    ("城建", "社会建设"),
    ("企业改制", "经济建设"),
    ("党建", "党的基层组织建设"),
    ("卫生健康", "社会建设"),
    ("交通", "社会建设"),
    ("民生保障", "社会建设"),
    ("环境治理", "生态文明建设"),
    ("文化体育", "文化建设"),
    ("基层治理", "政治建设"),
]
PARTY = {"党的基层组织建设", "党建"}


def plant(apps, schema_editor):
    category = apps.get_model("proposals", "Category")
    for number, name in enumerate(FIRST, 1):
        category.objects.create(name=name, number=number, is_party_building=name in PARTY)
    for number, (name, above) in enumerate(SECOND, 1):
        parent = category.objects.get(name=above, parent=None)
        category.objects.create(name=name, number=number, parent=parent, is_party_building=name in PARTY)


class Migration(migrations.Migration):
    dependencies = [("proposals", "0001_initial")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
