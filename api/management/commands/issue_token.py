"""manage.py issue_token: an API token for a person, printed once and kept only as a hash."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from organisations.access import Scope
from organisations.models import User
from organisations.refusals import Refusal
from organisations.tokens import USUAL_DAYS, issue


class Command(BaseCommand):
    help = "Cấp mã truy cập API cho một người. / Issue an API token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="e-mail")
        parser.add_argument("--name", default="issue_token", help="tên của mã / what it is called")
        parser.add_argument("--scope", default=Scope.WRITE.value, help=f"{' | '.join(Scope.values)}")
        parser.add_argument("--days", type=int, default=USUAL_DAYS, help="số ngày dùng được / days it lasts")

    def handle(self, **options: Any) -> None:
        user = User.objects.filter(email=options["user"].strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError(f"Không có người dùng {options['user']}.")
        asked = {name: options[name] for name in ("name", "scope", "days")}
        try:
            issued = issue(user, **asked, by=None)
        except Refusal as refusal:
            raise CommandError(" ".join(refusal.sentences)) from None
        self.stdout.write(issued.secret)
