"""What is seen of a simulated year from outside: its days, its rounds, its letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from .letterbox import Letter


@dataclass
class Year:
    """What was seen of a simulation from outside: its days, its rounds, its letters."""

    first: date
    last: date
    seed: int
    letters: list[Letter] = field(default_factory=list)
    rounds: list[datetime] = field(default_factory=list)
    #: First and last day of each stretch in which no clock ran.
    outages: list[tuple[date, date]] = field(default_factory=list)
    #: First and last day of each stretch in which the mail server did not answer.
    mail_outages: list[tuple[date, date]] = field(default_factory=list)
    refused: int = 0
