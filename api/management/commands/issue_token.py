"""manage.py issue_token: an API token for a person, printed once and kept only as a hash."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from knox.models import AuthToken

from organisations.models import User


class Command(BaseCommand):
    help = "Cấp mã truy cập API cho một người. / Issue an API token."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="e-mail")

    def handle(self, **options: Any) -> None:
        user = User.objects.filter(email=options["user"].strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError(f"Không có người dùng {options['user']}.")
        _instance, token = AuthToken.objects.create(user)
        self.stdout.write(token)
