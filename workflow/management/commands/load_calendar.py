"""manage.py load_calendar: rest days and worked Saturdays from a table, by date."""

import csv
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from workflow.models import CalendarDay


class Command(BaseCommand):
    help = "Nạp lịch nghỉ và làm bù từ CSV: on, working, name, source, certain. / Load the calendar."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        path = options["file"]
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    CalendarDay.objects.update_or_create(
                        on=date.fromisoformat(row["on"]),
                        defaults={
                            "is_working": row["working"] == "yes",
                            "name": row["name"],
                            "source": row.get("source") or "",
                            "is_certain": row.get("certain") != "no",
                        },
                    )
        except OSError as fault:
            raise CommandError(f"Không đọc được {path}: {fault.strerror}.") from None
        except (KeyError, ValueError) as fault:
            raise CommandError(f"{path.name}: cần các cột on, working, name; lỗi ở {fault}.") from None
        self.stdout.write("Đã nạp lịch.")
