"""manage.py load_catalogue: an edition of the wording of the 39 indicators, from CSV or YAML."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.catalogue import BadCatalogue, load_catalogue, read_catalogue


class Command(BaseCommand):
    help = "Nạp một phiên bản danh mục chỉ số. / Load an edition of the catalogue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help=".csv, .yaml or .yml")
        parser.add_argument("--edition", help="default: the file's name")
        parser.add_argument("--compared-on", help="day the titles were compared with the TCVN, YYYY-MM-DD")

    def handle(self, **options: Any) -> None:
        path = options["file"]
        try:
            rows = read_catalogue(path)
            catalogue = load_catalogue(
                rows,
                edition=options["edition"] or path.stem,
                source=path.name,
                compared_on=options["compared_on"],
            )
        except OSError as fault:
            raise CommandError(f"Không đọc được {path}: {fault.strerror}.") from None
        except BadCatalogue as fault:
            raise CommandError(str(fault)) from None
        flag = "" if catalogue.compared_on else " Tên chỉ số: chưa đối chiếu với TCVN."
        self.stdout.write(f"Đã nạp {len(rows)} chỉ số, phiên bản {catalogue.edition}.{flag}")
