"""Hours of work as people write and read them, by the clock of this place: 19:00-06:00."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from archive.ledger.hours import DAY, Hours
from archive.messages import _

ALWAYS = "always"
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?"
_HOURS = re.compile(rf"\s*{_CLOCK}\s*[-–]\s*{_CLOCK}\s*")


@dataclass(frozen=True, slots=True)
class Between:
    """What ``--between`` says; without hours it says always."""

    hours: Hours | None


class BetweenType(click.ParamType[Between]):
    """``19:00-06:00``, also ``19.00-06.00`` and ``19-6``, or ``always``."""

    name = "HH:MM-HH:MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Between:
        """The hours in UTC. Fails where it is not a time of the day, or where both are the same."""
        if value == ALWAYS:
            return Between(None)
        if (found := _HOURS.fullmatch(value)) is None:
            self.fail(_("{value} is not two times of the day such as 19:00-06:00").format(value=value))
        begin_hour, begin_minute, end_hour, end_minute = (int(each or 0) for each in found.groups())
        begins, ends = begin_hour * 60 + begin_minute, end_hour * 60 + end_minute
        if begins >= DAY or ends > DAY or max(begin_minute, end_minute) > 59:
            self.fail(_("{value} has a time that no day has").format(value=value))
        if begins == ends % DAY:
            self.fail(_("{value} begins when it ends; all day is: --between always").format(value=value))
        return Between(Hours(begins, ends).shifted(-_ahead_of_utc()))


def shown(hours: Hours) -> str:
    """Hours by the clock of this place."""
    here = hours.shifted(_ahead_of_utc())
    return "-".join(f"{minutes // 60:02d}:{minutes % 60:02d}" for minutes in here)


def _ahead_of_utc() -> int:
    """By how many minutes the clock of this place is ahead of UTC."""
    offset = datetime.now().astimezone().utcoffset()
    return 0 if offset is None else round(offset.total_seconds() / 60)
