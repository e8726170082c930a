"""manage.py draw_lifecycle: write docs/states.md from the machine."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from workflow.drawing import draw


class Command(BaseCommand):
    help = "Vẽ docs/states.md từ mã. / Draw docs/states.md from the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("-o", "--output", type=Path, default=settings.BASE_DIR / "docs/states.md")

    def handle(self, **options: Any) -> None:
        options["output"].write_text(draw(), encoding="utf-8")
        self.stdout.write(f"Đã vẽ {options['output']}.")
