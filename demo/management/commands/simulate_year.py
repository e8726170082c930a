"""manage.py simulate_year: let a city that does not exist live through a year, and judge its letters."""

import logging
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.simulation.database import a_database_of_its_own
from demo.simulation.living import simulate
from demo.simulation.plans import first_day
from demo.simulation.seen import Seen
from demo.simulation.summary import summary
from demo.simulation.verdict import judge
from demo.simulation.year import Year

UNITS = range(1, 115)
#: Years whose holidays and swapped days the calendar knows, with the December before.
YEARS = (2026, 2027)


class Command(BaseCommand):
    help = (
        "Sống thử một năm của một thành phố trong bộ nhớ, không đụng dữ liệu thật, rồi kiểm tra từng thư. "
        "/ Live through a year in a database of its own and check every letter."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--units", type=int, default=114, help="how many units, 1 to 114")
        parser.add_argument("--year", type=int, default=2026, choices=YEARS)
        parser.add_argument("--seed", type=int, default=18091, help="another seed is another year")
        parser.add_argument("--until", metavar="DAY", help="the last day, such as 2026-03-31")

    def handle(self, **options: Any) -> None:
        if options["units"] not in UNITS:
            raise CommandError(f"Số đơn vị phải từ {UNITS[0]} đến {UNITS[-1]}.")
        options["until"] = _last_day(options["until"], options["year"])
        # A year of requests and refusals of a city that does not exist is nobody's log.
        logging.getLogger().setLevel(logging.ERROR)
        begun = time.monotonic()
        try:
            with a_database_of_its_own():
                broken = self._live(options)
        except KeyboardInterrupt:
            raise CommandError("Đã dừng; thành phố mô phỏng đã được xóa.", returncode=130) from None
        self.stdout.write(f"\nXong sau {time.monotonic() - begun:.0f} giây; dữ liệu mô phỏng đã được xóa.")
        if broken:
            raise CommandError(f"Lời hứa không được giữ: {'; '.join(broken)}.")

    def _live(self, options: dict[str, Any]) -> list[str]:
        """The promises that a year broke, said with what happened in it."""
        asked = {name: options[name] for name in ("units", "year", "seed", "until")}
        year = simulate(**asked, each_month=self._say_month)
        self.stdout.write("")
        seen = Seen(year)
        broken = judge(seen)
        for line in summary(seen, broken):
            self.stdout.write(line)
        return [promise for promise, breaches in broken.items() if breaches]

    def _say_month(self, year: Year, day: date) -> None:
        self.stdout.write(f"{day:%m/%Y}: {len(year.letters)} thư")
        self.stdout.flush()


def _last_day(text: str | None, year: int) -> date:
    first, last = first_day(year), date(year, 12, 31)
    try:
        asked = date.fromisoformat(text) if text else last
    except ValueError:
        raise CommandError(f"“{text}” không phải một ngày; hãy viết như {year}-03-31.") from None
    if not first <= asked <= last:
        raise CommandError(f"Ngày cuối phải từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}.")
    return asked
