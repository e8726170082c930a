"""A request of a signed-in person: every view but the schema's asks for that first."""

from rest_framework.request import Request

from organisations.models import User


class PersonRequest(Request):
    user: User
