"""The checks of ``arsip doctor`` that compare: files, catalog, messages, results, index."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archive.errors import INDEX_BROKEN, ORIGINAL_MISSING, ArsipError
from archive.messages import N_, _
from commands.checks import Check, State, numbers, too_old
from worker.examine import Examination, Finding, Kind
from worker.parts import Parts

ORIGINALS = N_("Originals")
WORK = N_("Work")
RESULTS = N_("Results")
INDEX = N_("Search index")

OLDEST_ELASTICSEARCH = (8, 19)
"""The oldest version that is tested."""

_FIX = N_("run: arsip doctor --fix")
_REBUILD = N_("run: arsip admin index rebuild")
_REBUILD_SERVED = N_("if server and settings are right, run: arsip admin index rebuild")
_GOES_ON = N_("what was mended goes on with: arsip worker")

SAYS: dict[Kind, tuple[State, str, str]] = {
    Kind.ORIGINAL_MISSING: ("error", N_("missing: {count}"), ORIGINAL_MISSING.advice),
    Kind.ORIGINAL_CHANGED: ("error", N_("not what was stored: {count}"), ORIGINAL_MISSING.advice),
    Kind.ORIGINAL_MISPLACED: ("differs", N_("in the wrong folder: {count}"), _FIX),
    Kind.ORIGINAL_UNKNOWN: (
        "warning",
        N_("files that the catalog does not know: {count}"),
        N_("import what belongs to the archive; nothing here is ever deleted by Arsip"),
    ),
    Kind.COPY_LEFT_OVER: ("differs", N_("half-made copies of imports that were cut off: {count}"), _FIX),
    Kind.WORKER_GONE: ("differs", N_("workers that are gone, with what they held: {count}"), _FIX),
    Kind.RUN_OPEN: ("differs", N_("attempts that never ended: {count}"), _FIX),
    Kind.MESSAGE_MISSING: ("differs", N_("work that nobody is told of: {count}"), _FIX),
    Kind.MESSAGE_NEEDLESS: ("differs", N_("messages about what is done or unknown: {count}"), _FIX),
    Kind.MESSAGE_MISPLACED: (
        "differs",
        N_("messages with another priority than their batch: {count}"),
        _FIX,
    ),
    Kind.RESULT_LOST: ("differs", N_("pages whose result is gone or damaged: {count}"), _FIX),
    Kind.DESCRIPTION_LOST: ("differs", N_("documents whose description is gone: {count}"), _FIX),
    Kind.INDEX_COUNT: ("differs", N_("pages that it lacks: {count}"), _FIX),
    Kind.INDEX_MISSING: ("differs", N_("pages that it lacks: {count}"), _FIX),
    Kind.INDEX_OLDER: ("differs", N_("pages of which it has an older state: {count}"), _FIX),
    Kind.INDEX_NEWER: (
        "differs",
        N_("pages of which it has a newer state, as after the catalog was restored: {count}"),
        _FIX,
    ),
    Kind.INDEX_UNKNOWN: ("differs", N_("pages that the catalog does not know: {count}"), _FIX),
    Kind.INDEX_FOREIGN: (
        "differs",
        N_("most of its pages are of another archive: {count}"),
        N_("give each archive an index.name of its own; then run: arsip admin index rebuild"),
    ),
    Kind.INDEX_WITHDRAWN: (
        "differs",
        N_("pages shown though withdrawn, or hidden though not: {count}"),
        _FIX,
    ),
}
"""How bad each difference is, what it says, and what to do."""

_PUTS_MESSAGES = {
    *(Kind.WORKER_GONE, Kind.MESSAGE_MISSING, Kind.RESULT_LOST, Kind.DESCRIPTION_LOST),
    *(Kind.INDEX_MISSING, Kind.INDEX_OLDER, Kind.INDEX_NEWER, Kind.INDEX_WITHDRAWN),
}
"""Mending these leaves something for workers to do."""


def originals(look: Examination) -> Iterator[Check]:
    """Every original is in its place, as it came."""
    yield from _told(ORIGINALS, look.originals(), lambda: _looked_at(look))


def work(look: Examination) -> Iterator[Check]:
    """Everything that is to be done has its message, and no message is about anything else."""
    yield from _told(WORK, look.messages(), lambda: _("what is to be done is known to the workers"))


def results(look: Examination) -> Iterator[Check]:
    """What counts as read and described has its result."""
    yield from _told(RESULTS, look.results(), lambda: _looked_at(look))


def index(parts: Parts, look: Examination | None) -> Iterator[Check]:
    """The index answers, and has what the catalog knows it to have."""
    try:
        parts.index.check()
    except ArsipError as error:
        if error.failure.cause != INDEX_BROKEN.code:
            raise
        served = parts.settings.index.engine != "embedded"
        yield Check(INDEX, "error", error.failure.message(), _(_REBUILD_SERVED if served else _REBUILD))
        return
    engine = parts.index.about()
    answers = _("{engine} answers").format(engine=engine)
    if engine.startswith("Elasticsearch ") and numbers(engine.partition(" ")[2]) < OLDEST_ELASTICSEARCH:
        yield Check(INDEX, "warning", *too_old("Elasticsearch", engine, OLDEST_ELASTICSEARCH))
    if look is None:
        yield Check(INDEX, "ok", answers)
        return
    yield from _told(INDEX, look.index(), lambda: f"{answers}; {_looked_at(look)}")


def _looked_at(look: Examination) -> str:
    if look.walks:
        return _("{count} looked at, which is all").format(count=look.looked_at)
    return _("{count} looked at").format(count=look.looked_at)


def _told(name: str, findings: list[Finding], well: Callable[[], str]) -> Iterator[Check]:
    if not findings:
        yield Check(name, "ok", well())
    for finding in findings:
        yield _check(name, finding)


def _check(name: str, finding: Finding) -> Check:
    state, says, advice = SAYS[finding.kind]
    text = _(says).format(count=finding.count)
    left = finding.count - finding.mended
    if finding.mended:
        text += "; " + _("mended: {count}").format(count=finding.mended)
    if finding.mended and not left:
        state, advice = "mended", _GOES_ON if finding.kind in _PUTS_MESSAGES else ""
    elif finding.kind is Kind.RESULT_LOST and finding.mended:
        advice = ORIGINAL_MISSING.advice
    return Check(
        name,
        state,
        text,
        _(advice),
        kind=finding.kind,
        count=finding.count,
        mended=finding.mended,
        examples=tuple(finding.examples),
    )
