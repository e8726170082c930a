"""manage.py check_trail: recompute the hash chains and name the first broken link."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflow.checking import Checked
from workflow.models import Case


class Command(BaseCommand):
    help = "Kiểm tra chuỗi băm của nhật ký hồ sơ. / Verify the hash chains of the record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--case", metavar="NUMBER", help="one case only, such as 2026-000042")

    def handle(self, **options: Any) -> None:
        number = options["case"]
        if number and not Case.objects.filter(number=number).exists():
            raise CommandError(f"Không có hồ sơ {number}.")
        checked = Checked(number)
        for broken in checked.breaks():
            raise CommandError(
                f"Nhật ký không toàn vẹn: hồ sơ {broken.case}, sự kiện {broken.seq}: {broken.why}."
            )
        self.stdout.write(f"Toàn vẹn: {checked.events} sự kiện của {checked.cases} hồ sơ.")
