"""manage.py run_clock: let the clock go round once by hand, now or as at another moment."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.delivery import deliver
from notifications.envelopes import DIGEST_WAITS
from notifications.invitations import send_invitations
from notifications.models import Message, MessageState
from notifications.telling import tell
from workflow import deadlines
from workflow.clock import ring_due
from workflow.models import Case
from workflow.operations import moment_now

#: The years of which anything is known about working days.
YEARS = range(2000, 2100)


class Command(BaseCommand):
    help = (
        "Chạy đồng hồ một vòng: nhắc hạn, báo tin, gửi thư. --at để diễn tập như ở một thời điểm khác; "
        "điều được nhắc vẫn ghi vào nhật ký thật. / Ring, tell and deliver once; --at rehearses another "
        "moment, and what it rings stays on record."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at", metavar="MOMENT", help='local time, such as "2026-12-15T08:00"; only for a rehearsal'
        )

        parser.add_argument("--case", metavar="NUMBER", help="ring the deadlines of this case only")

    def handle(self, **options: Any) -> None:
        only = _case(options["case"]) if options["case"] else None
        at = _instant(options["at"]) if options["at"] else None
        moment = moment_now(at)
        if not deadlines.is_office_time(moment.at, moment.days):
            self.stdout.write("Ngoài giờ làm việc: chưa nhắc hạn, thư nhắc chờ đến giờ làm việc.")
        self.stdout.write(f"Nhắc hạn: {ring_due(now=at, only=only)} mốc.")
        self.stdout.write(f"Báo tin: đã đọc {tell(now=at)} sự kiện.")
        # In a rehearsal nobody waits for the rest of the morning.
        sent = deliver(now=at and at + DIGEST_WAITS)
        if at is None:
            sent += send_invitations()
        waiting = Message.objects.filter(state=MessageState.PENDING).exclude(recipient=None).count()
        self.stdout.write(f"Gửi thư: {sent} thư đã gửi, {waiting} thư còn chờ.")


def _case(number: str) -> Case:
    case = Case.objects.filter(number=number).first()
    if case is None:
        raise CommandError(f"Không có hồ sơ {number}.")
    return case


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.min
    if at.year not in YEARS:
        raise CommandError(f"“{text}” không phải thời điểm; hãy viết như 2026-12-15T08:00.")
    return at if at.tzinfo else at.replace(tzinfo=deadlines.LOCAL)
