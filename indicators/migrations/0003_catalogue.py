"""The catalogue the project ships: a working list whose titles await comparison with the TCVN."""

import csv
from pathlib import Path

from django.db import migrations

from organisations.vietnamese import fold

CATALOGUE = Path(__file__).parent.parent / "data" / "catalogue-2026.csv"


def load(apps, schema_editor):
    Catalogue, Indicator, Wording = (
        apps.get_model("indicators", name) for name in ("Catalogue", "Indicator", "Wording")
    )
    catalogue = Catalogue.objects.create(edition="2026", source="catalogue-2026.csv")
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        for position, row in enumerate(csv.DictReader(file), start=1):
            titles = {"title_vi": row["title_vi"], "title_en": row["title_en"]}
            indicator = Indicator.objects.create(
                code=row["code"],
                group=int(row["group"]),
                position=position,
                lead_department=row["lead_department"],
                sdgs=[int(goal) for goal in row["sdgs"].split(";")],
                catalogue=catalogue,
                search_text=fold(" ".join([row["code"], *titles.values()])),
                **titles,
            )
            Wording.objects.create(
                catalogue=catalogue,
                indicator=indicator,
                title_status=row["title_status"],
                **titles,
            )


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
