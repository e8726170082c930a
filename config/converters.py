"""What a case and a unit are called in an address; anything else is no address."""

from django.urls.converters import StringConverter


class CaseNumber(StringConverter):
    regex = "[0-9]{4}-[0-9]{6,7}"


class UnitCode(StringConverter):
    regex = "[0-9]{1,5}"
