"""manage.py demo: a believable city to try everything in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.city import HasRealPeople, build, logins
from demo.people import PASSWORD


class Command(BaseCommand):
    help = "Dựng thành phố dùng thử: 114 đơn vị, ba kỳ đánh giá. / Build the demo city."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--logins", action="store_true", help="also say who to sign in as")

    def handle(self, **options: Any) -> None:
        try:
            made = build()
        except HasRealPeople:
            raise CommandError("Cơ sở dữ liệu này đã có người dùng thật; không dựng dữ liệu mẫu.") from None
        if made:
            self.stdout.write("Đã dựng thành phố dùng thử.")
        if options["logins"]:
            for post, mail in logins():
                self.stdout.write(f"{mail:34} {post}")
            self.stdout.write(f"Mật khẩu / password: {PASSWORD}")
