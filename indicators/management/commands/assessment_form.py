"""manage.py assessment_form: the workbook of a unit and period, to fill in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from indicators.models import Rater
from indicators.workbook import write_form
from organisations.models import Unit


class Command(BaseCommand):
    help = "Xuất phiếu đánh giá 39 chỉ số (.xlsx). / Write the assessment workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--unit", required=True, help="five-digit code")
        parser.add_argument("--period", required=True, help="such as 2026-Q4")
        parser.add_argument("--kind", choices=Rater.values, default=Rater.SELF)
        parser.add_argument("-o", "--output", required=True, type=Path)

    def handle(self, **options: Any) -> None:
        standing = Unit.objects.standing(timezone.localdate())
        unit = standing.filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"Không có đơn vị mang mã {options['unit']}.")
        try:
            options["output"].write_bytes(write_form(unit, options["period"], options["kind"]))
        except OSError as fault:
            raise CommandError(f"Không ghi được {options['output']}: {fault.strerror}.") from None
        self.stdout.write(f"Đã ghi {options['output']} cho {unit}, kỳ {options['period']}.")
