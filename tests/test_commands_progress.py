"""What the progress of a batch says of the time that is left."""

from __future__ import annotations

from archive.catalog.accounts import Pages, Progress
from commands.progress import Display


def line(settled: int) -> str:
    """The line after ten pages were read, of which so many are settled now."""
    shows = Display(quiet=True)
    seen = Progress(Pages(words=4, waiting=6), settled, {}, {}, 0, 0)
    shows._speed.see(0.0, 0)
    shows._speed.see(10.0, settled)
    return shows._line(seen, more=False)


def test_the_time_left_is_that_of_pages_to_be_read() -> None:
    assert line(5) == "5 of 10 pages read; 1800 pages an hour; about 10 seconds left"


def test_no_time_is_told_while_only_the_index_is_waited_for() -> None:
    assert line(10) == "10 of 10 pages read; 3600 pages an hour"
