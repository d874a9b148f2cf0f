"""Which pages should be scanned again, and why: facts of pages in, findings out, the worst first.

Every rule stands here with its limit and where the limit comes from. A false alarm costs a walk to the shelf
and the belief in the list, so a rule says nothing where it is not sure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from archive.types import HARD_TO_READ, PageText
from ingest.desk import twins
from ingest.desk.facts import Facts
from ingest.desk.kinds import Finding, Kind
from ingest.desk.numbering import gaps

# Limits. "Drawn" are the sheets of samples/sheets.py, the tuning set; python -m bench.desk measures them.
BLURRED_MM = (0.48, 0.90)
"""Width of the edges of letters, from doubtful to hopeless. Drawn: good pages up to 0.39, those out of focus
from 0.51 on, as grain makes edges look finer than they are. Real scans: up to 0.38."""
DARK_LIGHT = (0.50, 0.15)
"""Light of the paper. Drawn: good pages from 0.86 on, too dark ones up to 0.49; brown paper is about 0.6."""
CUT_ENDS, CUT_ALONG = 2, 6
"""Letters cut at the left or right, each the end of a line; at the head or foot, all in one line. Of good
pages, drawn and real, none has any at the left or right; a table that fills its page has 3 at the foot."""
SKEWED_DEGREES, SKEWED_LETTERS = (3.0, 6.0), 60
"""Lean. Up to 6 degrees are put straight without loss; from 3 on corners get lost and the feeder
needs a look. A signature or a stamp alone leans as it likes."""
WEAK = (HARD_TO_READ, 0.30)
"""Mean confidence of the words."""
SHEET_MM = (195.0, 235.0)
LONGEST_MM = 375.0
"""The short side of office paper, and what no sheet so wide exceeds: A4 has 297 mm, F4 330, Legal 356, and
some millimetres are the lid's. What is longer are two sheets that were drawn in together, or a sheet that
slipped."""
GAP, TWICE, DOUBLE, TURNED, BLANK_FIRST, BLANK_LATER = 0.95, 0.5, 0.85, 0.1, 0.6, 0.15
"""How bad it is where there is nothing to measure. An empty back of a sheet is as it should be, an empty
first page is not; what was turned is turned back."""

Texts = Callable[[Sequence[str]], Mapping[str, PageText]]
"""The readings of these pages, for the few that are compared word by word."""


def findings(pages: Sequence[Facts], texts: Texts) -> list[Finding]:
    """All that is wrong with the pages of a batch, the worst first.

    ``pages`` come in the order of documents and of the pages in them.
    """
    found = [each for page in pages for each in of_page(page)]
    for _document, of_document in groupby(pages, key=lambda page: page.document):
        found += _gaps([page for page in of_document if not page.quality.blank])
    found += _twice(pages, texts)
    return sorted(found, key=lambda each: (-each.badness, each.kind))


def of_page(page: Facts) -> Iterator[Finding]:
    """What is wrong with one page, whatever the others are."""
    quality = page.quality
    if quality.blank:
        yield Finding(page.page, Kind.BLANK, BLANK_FIRST if page.number == 1 else BLANK_LATER)
        return
    if quality.blur_mm >= BLURRED_MM[0]:
        yield Finding(page.page, Kind.BLURRED, _bad(quality.blur_mm, BLURRED_MM), {"mm": quality.blur_mm})
    if quality.light <= DARK_LIGHT[0]:
        yield Finding(page.page, Kind.DARK, _bad(quality.light, DARK_LIGHT), {"light": quality.light})
    yield from _cut(page)
    if abs(quality.skew_degrees) >= SKEWED_DEGREES[0] and quality.letters >= SKEWED_LETTERS:
        bad = 0.5 * _bad(abs(quality.skew_degrees), SKEWED_DEGREES)
        yield Finding(page.page, Kind.SKEWED, bad, {"degrees": quality.skew_degrees})
    short, long = page.size_mm
    if SHEET_MM[0] <= short <= SHEET_MM[1] and long > LONGEST_MM:
        yield Finding(page.page, Kind.DOUBLE, DOUBLE, {"mm": round(long)})
    if page.turn:
        yield Finding(page.page, Kind.TURNED, TURNED, {"degrees": page.turn})
    if page.confidence is not None and page.confidence < WEAK[0]:
        detail = {"confidence": round(page.confidence, 3)}
        yield Finding(page.page, Kind.WEAK, _bad(page.confidence, WEAK), {**detail})


def _bad(value: float, limits: tuple[float, float]) -> float:
    """From 0.4 at the first limit to 0.95 at the second and beyond."""
    share = (value - limits[0]) / (limits[1] - limits[0])
    return round(0.4 + 0.55 * min(1.0, max(0.0, share)), 3)


def _cut(page: Facts) -> Iterator[Finding]:
    least = CUT_ENDS, CUT_ALONG, CUT_ENDS, CUT_ALONG
    edges = ("left", "top", "right", "bottom")
    told = [
        (letters / limit, edge, letters)
        for edge, letters, limit in zip(edges, page.quality.cut, least, strict=True)
        if letters >= limit
    ]
    if told:
        share, edge, letters = max(told)
        turned = edges[(edges.index(edge) + page.turn // 90) % 4]  # as it is shown, upright
        yield Finding(page.page, Kind.CUT, _bad(share, (1, 8)), {"edge": turned, "letters": letters})


def _gaps(document: Sequence[Facts]) -> Iterator[Finding]:
    for gap in gaps([page.printed for page in document]):
        detail = {"missing": gap.missing, "before": gap.before, "after": gap.after}
        yield Finding(document[gap.at].page, Kind.GAP, GAP, {**detail})


def _twice(pages: Sequence[Facts], texts: Texts) -> Iterator[Finding]:
    """The later page of each pair; a sheet that was scanned three times is told of twice."""
    pairs = twins.suspects(pages)
    told: set[int] = set()
    for later, of_later in groupby(sorted((j, i) for i, j in pairs), key=lambda pair: pair[0]):
        earlier = [i for _later, i in of_later]
        read = texts([pages[at].page for at in (later, *earlier)])
        for other in earlier:
            if later not in told and twins.same(read[pages[other].page].words, read[pages[later].page].words):
                told.add(later)
                yield Finding(pages[later].page, Kind.TWICE, TWICE, {"other": pages[other].page})
