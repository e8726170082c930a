"""manage.py reorganise: units merge, split, are renamed or change kind, by a plan; all of it or nothing."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from organisations.models import User
from organisations.planfile import read_plan
from organisations.refusals import Refused
from workflow.refusals import NotYours
from workflow.reorganisation import reorganise
from workflow.reports import details, summary


class Command(BaseCommand):
    help = "Sắp xếp đơn vị theo phương án (CSV). / Reorganise units by a plan."

    def add_arguments(self, parser: ArgumentParser) -> None:
        columns = "old_code, new_code, new_kind, new_name; part, cases, keeps"
        parser.add_argument("plan", type=Path, metavar="PLAN", help=f"CSV: {columns}")
        said = "the day it takes effect, YYYY-MM-DD; today or earlier"
        parser.add_argument("--on", required=True, help=said)
        parser.add_argument("--instrument", required=True, help="the resolution, by its number")
        parser.add_argument("--by", required=True, help="e-mail of the administrator of the city")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, **options: Any) -> None:
        by = User.objects.filter(email=options["by"].strip().lower()).first()
        if by is None:
            raise CommandError(f"Không có người dùng {options['by']}.")
        try:
            report = reorganise(
                read_plan(options["plan"].read_bytes()),
                on=_day(options["on"]),
                legal_instrument=options["instrument"],
                by=by,
                dry_run=options["dry_run"],
            )
        except OSError as fault:
            raise CommandError(f"Không đọc được {options['plan']}: {fault.strerror}.") from None
        except Refused as refused:
            for where, sentence in refused.faults:
                self.stderr.write(f"{where}: {sentence}" if where else sentence)
            raise CommandError(
                f"Không thay đổi gì: {len(refused.faults)} chỗ cần sửa (nêu ở trên)."
            ) from None
        except NotYours as refusal:
            raise CommandError(" ".join(refusal.sentences)) from None
        for line in (*details(report), *summary(report, dry_run=options["dry_run"])):
            self.stdout.write(line)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"Ngày “{text}” phải viết dạng 2025-07-01.") from None
