"""manage.py load_units: the units of a province, or of the whole country, by official code."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from organisations.history import load_history, read_succession
from organisations.loading import DATA, BadTable, load_units, read_table


class Command(BaseCommand):
    help = "Nạp đơn vị hành chính theo mã chính thức. / Load units by official code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--province", help="two-digit code; Hải Phòng is 31")
        which.add_argument("--all", action="store_true", help="all 3,321 units")
        which.add_argument("--file", type=Path, help="CSV: province, code, kind, name")
        said = "with --province: also the units dissolved on 2025-07-01"
        parser.add_argument("--history", action="store_true", help=said)

    def handle(self, **options: Any) -> None:
        try:
            rows = read_table(options["file"] or DATA / "units.csv")
        except (OSError, BadTable, UnicodeDecodeError) as fault:
            raise CommandError(str(fault)) from None
        if options["province"]:
            rows = [row for row in rows if row["province"] == options["province"]]
        if not rows:
            raise CommandError(f"Không có đơn vị nào của tỉnh mang mã {options['province']}.")
        if options["history"] and not options["province"]:
            raise CommandError("--history cần --province.")
        history = _history(options["province"]) if options["history"] else []
        made, changed = load_units(rows)
        self.stdout.write(f"{len(rows)} đơn vị: {made} mới, {changed} thay đổi.")
        if history:
            self._load_history(options["province"], history)

    def _load_history(self, province: str, rows: list[dict[str, str]]) -> None:
        try:
            made = load_history(province, rows)
        except BadTable as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"Đơn vị trước 01/07/2025: {made} mới.")


def _history(province: str) -> list[dict[str, str]]:
    try:
        return read_succession(province)
    except BadTable as fault:
        raise CommandError(str(fault)) from None
