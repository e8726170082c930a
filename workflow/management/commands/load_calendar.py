"""manage.py load_calendar: rest days and worked Saturdays from a table, by date."""

import csv
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from organisations.models import User
from workflow.refusals import Refusal
from workflow.rescheduling import Day, Report, change_calendar


class Command(BaseCommand):
    help = "Nạp lịch nghỉ và làm bù từ CSV: on, working, name, source, certain. / Load the calendar."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--by", help="e-mail of the administrator; needed once there are cases")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, **options: Any) -> None:
        by = None
        if options["by"]:
            by = User.objects.filter(email=options["by"].strip().lower(), is_active=True).first()
            if by is None:
                raise CommandError(f"Không có người dùng {options['by']}.")
        try:
            report = change_calendar(_read(options["file"]), by=by, dry_run=options["dry_run"])
        except Refusal as refusal:
            hint = "" if by else " Hãy nêu quản trị bằng --by EMAIL."
            raise CommandError(f"{refusal}{hint}") from None
        for line in _told(report, dry_run=options["dry_run"]):
            self.stdout.write(line)


def _read(path: Path) -> list[Day]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_days(file))
    except OSError as fault:
        raise CommandError(f"Không đọc được {path}: {fault.strerror}.") from None
    except (KeyError, ValueError) as fault:
        raise CommandError(f"{path.name}: cần các cột on, working, name; lỗi ở {fault}.") from None


def _days(file: Any) -> Iterator[Day]:
    for row in csv.DictReader(file):
        is_working, is_certain = row["working"] == "yes", row.get("certain") != "no"
        yield Day(date.fromisoformat(row["on"]), is_working, row["name"], row.get("source") or "", is_certain)


def _told(report: Report, *, dry_run: bool) -> Iterator[str]:
    yield f"Sẽ nạp {len(report.days)} ngày." if dry_run else f"Đã nạp {len(report.days)} ngày."
    if report.cases:
        yield f"{len(report.cases)} hồ sơ {'sẽ đổi' if dry_run else 'đã đổi'} hạn."
    for move in report.moves:
        yield f"{move.case.number}: {move.before:%d/%m/%Y} → {move.after:%d/%m/%Y}"
