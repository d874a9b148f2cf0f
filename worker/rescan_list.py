"""The rescan list of a batch: facts of its pages from the catalog, judged, with what is needed to show
each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import structs

from archive.catalog import codec, desk
from archive.catalog.desk import Seat
from archive.catalog.tools import IN_LIMIT
from archive.errors import Failure
from archive.geometry import added
from archive.ledger.work import wants_new_scan
from archive.types import PageText, PageView, Source, Turn, Viewer
from ingest.desk.facts import VERSION, Facts, facts, packed, unpacked
from ingest.desk.findings import findings
from ingest.desk.kinds import Finding, Kind, by_page
from search import may_see
from worker.parts import Parts


@dataclass(frozen=True, slots=True)
class Listed:
    """A page that should be looked at: where it is, what is wrong, the worst first, and its original with the
    turn that brings it upright, unless it cannot be drawn; behind that the one of the page that shows the
    same sheet, if one does."""

    page: str
    document: str
    path: str
    number: int
    findings: list[Finding]
    images: list[tuple[Source, Turn]]


@dataclass(slots=True)
class RescanList:
    """The pages of a batch to be scanned again, the worst first, and how many it has; of these, how many
    were not looked at: not yet, or because they stopped for what no scan mends."""

    listed: list[Listed] = field(default_factory=list)
    pages: int = 0
    not_yet: int = 0
    stopped: int = 0


def rescan_list(
    parts: Parts, viewer: Viewer, batch: str, looked: Callable[[int, int], None] = lambda _done, _all: None
) -> RescanList:
    """What ``viewer`` may see of it; ``looked`` is told how many pages of how many were looked at.

    Raises BATCH_UNKNOWN, BATCH_WITHDRAWN.
    """
    seats = desk.seats(parts.catalog, batch)
    made = RescanList(pages=len(seats))
    seen: list[Facts] = []
    unreadable: list[Finding] = []
    for start in range(0, len(seats), IN_LIMIT):
        some = [seat for seat in seats[start : start + IN_LIMIT] if may_see(viewer, seat)]
        known = _facts(parts, some)
        seen += known
        lost = {each.page: each.failure for each in some if each.failure and wants_new_scan(each.failure)}
        unreadable += (_unreadable(page, failure) for page, failure in lost.items())
        judged = lost.keys() | {each.page for each in known}
        others = [each for each in some if each.page not in judged]
        made.stopped += sum(each.failure is not None for each in others)
        made.not_yet += sum(each.failure is None for each in others)
        looked(min(start + IN_LIMIT, len(seats)), len(seats))
    made.listed = _listed(parts, unreadable + findings(seen, lambda asked: _texts(parts, asked)))
    return made


def _unreadable(page: str, failure: Failure) -> Finding:
    """That a page stopped because of its file: nothing is worse, for nothing of it is found."""
    return Finding(page, Kind.UNREADABLE, 1.0, failure.details | {"cause": failure.cause})


def _facts(parts: Parts, seats: Sequence[Seat]) -> list[Facts]:
    """The facts of these pages, but for those that are not prepared yet: once made, they are kept, because
    to unpack the words of 100,000 pages takes a minute."""
    keys = [codec.key(desk.STAGE, VERSION, seat.prepared or "", seat.text or "") for seat in seats]
    kept = desk.kept(parts.catalog, keys)
    lacking = [seat for seat, key in zip(seats, keys, strict=True) if key not in kept]
    results = desk.kept(parts.catalog, [key for seat in lacking for key in (seat.prepared, seat.text) if key])
    found, new = [], {}
    for seat, key in zip(seats, keys, strict=True):
        of = seat.page, seat.document, seat.number
        if key in kept:
            found.append(unpacked(kept[key], *of))
        elif prepared := codec.prepared(results.get(seat.prepared or "")):
            text = codec.page_text(results.get(seat.text or ""))
            found.append(facts(*of, prepared, text))
            if text is not None:
                new[key] = packed(found[-1])
    desk.keep(parts.catalog, new)
    return found


def _texts(parts: Parts, pages: Sequence[str]) -> dict[str, PageText]:
    return {page: view.text for page, view in parts.views.views(pages).items() if view.text is not None}


def _listed(parts: Parts, found: Sequence[Finding]) -> list[Listed]:
    grouped = by_page(found)
    order = list(grouped)
    listed = []
    for start in range(0, len(order), IN_LIMIT):
        some = order[start : start + IN_LIMIT]
        others = {page: _others(grouped[page]) for page in some}
        views = parts.views.views([*some, *(other for of_page in others.values() for other in of_page)])
        for page in some:
            view = views[page]
            told = [_placed(views, each) for each in grouped[page]]
            images = [_image(views[each]) for each in (page, *others[page]) if views[each].prepared]
            listed.append(Listed(page, view.document, view.path, view.number, told, images))
    return listed


def _others(found: Sequence[Finding]) -> list[str]:
    return [str(each.detail["other"]) for each in found if "other" in each.detail]


def _image(view: PageView) -> tuple[Source, Turn]:
    turn = added(view.prepared.turn if view.prepared else 0, view.text.turn if view.text else 0)
    return view.source, turn


def _placed(views: Mapping[str, PageView], finding: Finding) -> Finding:
    """The same with the place of the other page, if it tells of one: ids say nothing to a person."""
    for other in _others([finding]):
        place = {"other_path": views[other].path, "other_number": views[other].number}
        finding = structs.replace(finding, detail=finding.detail | place)
    return finding
