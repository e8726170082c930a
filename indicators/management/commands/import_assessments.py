"""manage.py import_assessments: workbooks or CSV files in, cases out; all of it or nothing."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.models import Rater
from indicators.operations import Row, record_assessments
from indicators.refusals import NotAllowed, Refused
from indicators.reports import summary
from indicators.workbook import read_rows
from organisations.models import Appointment, Role, User


class Command(BaseCommand):
    help = "Nhập phiếu đánh giá. / Import assessment workbooks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--period", required=True, help="such as 2026-Q4")
        parser.add_argument("--unit", help="five-digit code, where the file has no unit column")
        parser.add_argument("--kind", choices=Rater.values, help="default: city for an auditor")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--by", required=True, help="e-mail of the person who answers for it")

    def handle(self, **options: Any) -> None:
        by = User.objects.filter(email=options["by"].strip().lower()).first()
        if by is None:
            raise CommandError(f"Không có người dùng {options['by']}.")
        try:
            rows, digest = _read(options["files"], options["unit"], options["period"])
            report = record_assessments(
                rows,
                period=options["period"],
                kind=options["kind"] or _kind_for(by),
                by=by,
                dry_run=options["dry_run"],
                source_name=", ".join(path.name for path in options["files"])[:255],
                source_sha256=digest,
            )
        except Refused as refused:
            for fault in refused.faults:
                self.stderr.write(f"{fault.where}: {fault.sentence}")
            raise CommandError(f"Không nhập gì: {len(refused.faults)} chỗ cần sửa (nêu ở trên).") from None
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from None
        for line in summary(report, dry_run=options["dry_run"]):
            self.stdout.write(line)


def _read(paths: list[Path], unit: str | None, period: str) -> tuple[list[Row], str]:
    rows, digest = [], hashlib.sha256()
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as fault:
            raise CommandError(f"Không đọc được {path}: {fault.strerror}.") from None
        digest.update(content)
        with path.open("rb") as file:
            read = read_rows(file, name=path.name, unit_code=unit, period=period)
        several = len(paths) > 1
        rows += [r._replace(where=f"{path.name} {r.where}") if several else r for r in read]
    return rows, digest.hexdigest()


def _kind_for(by: User) -> str:
    """An auditor who holds no other office rates for the city."""
    roles = set(Appointment.objects.filter(user=by).values_list("role", flat=True))
    return Rater.CITY if roles and roles <= {Role.AUDITOR} else Rater.SELF
