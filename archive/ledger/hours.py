"""Hours of work of a batch: from one minute of the day to another, perhaps over midnight, in UTC.

In UTC, since machines in WIB, WITA and WIT share one catalog. Indonesia has no summer time; where there is
one, hours that were said in winter are an hour later in summer.
"""

from __future__ import annotations

from typing import NamedTuple

DAY = 24 * 60
"""Minutes of a day."""


class Hours(NamedTuple):
    """From ``begins`` to ``ends`` (which is outside), in minutes after midnight in UTC; never equal."""

    begins: int
    ends: int

    @classmethod
    def kept(cls, column: str | None) -> Hours | None:
        """What a column holds, such as ``0720-1380``; ``None`` is always."""
        if column is None:
            return None
        begins, ends = column.split("-")
        return cls(int(begins), int(ends))

    def column(self) -> str:
        """As a column holds it."""
        return f"{self.begins:04d}-{self.ends:04d}"

    def include(self, at: float) -> bool:
        """Whether a time (seconds since the epoch) is within the hours."""
        return self._after_begin(at) < (self.ends - self.begins) % DAY * 60

    def seconds_until(self, at: float) -> float:
        """How long it is at a time (seconds since the epoch) until the hours begin; 0 within them."""
        return 0.0 if self.include(at) else DAY * 60 - self._after_begin(at)

    def shifted(self, minutes: int) -> Hours:
        """The same hours by a clock that is so many minutes ahead."""
        return Hours((self.begins + minutes) % DAY, (self.ends + minutes) % DAY)

    def _after_begin(self, at: float) -> float:
        """Seconds since the hours began last."""
        return (at - self.begins * 60) % (DAY * 60)
