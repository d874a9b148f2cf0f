"""A document or a page described in words: what ``show`` tells a person."""

from __future__ import annotations

from collections.abc import Iterator

import click

from archive.catalog.codec import Told
from archive.catalog.history import DocumentEntry, PageEntry, Run
from archive.ledger.owner import host_and_pid
from archive.messages import N_, _, decimal, ngettext
from archive.types import Evidence, Field, PageClass, PageView, Prepared
from commands.details import Details
from commands.report import STAGES
from commands.shared import day, kept_in, moment, percent, type_name
from commands.steps import told

CLASSES = {
    PageClass.STOPPED: N_("stopped"),
    PageClass.WAITING: N_("not searchable yet"),
    PageClass.WORDS: N_("with words"),
    PageClass.WORDLESS: N_("no words found"),
    PageClass.BLANK: N_("blank"),
}
OUTCOMES = {
    "done": N_("done"),
    "reused": N_("done before, taken over"),
    "failed": N_("failed, to be tried again"),
    "stopped": N_("stopped"),
    "stale": N_("too late, not used"),
    "lost": N_("its worker went away"),
    "down": N_("the machine went down"),
    "": N_("under way"),
}
SOURCES = {
    "ocr": N_("read from the image"),
    "text-layer": N_("taken from the PDF's own text"),
    "blank": N_("nothing to read"),
}
REASONS = {
    "not-found": N_("not found"),
    "not-filled-in": N_("left empty on the paper"),
    "several-candidates": N_("there are several, none is certain"),
    "no-words": N_("there are no words to find it in"),
}
DECIDED = {
    "better": N_("better than the reading before, taken"),
    "kept": N_("not better, the reading before is kept"),
    "kept-for-words": N_("the words it lost outweigh its gain, the reading before is kept"),
    "kept-for-little": N_("hardly better, the reading before is kept"),
    "rolled-back": N_("the reading before was brought back"),
    "accepted": N_("the newer reading was taken all the same"),
    "replaced": N_("the image was replaced"),
}
SMOOTH = ("done", "reused")
"""Outcomes that a person need not be told of, page by page, for a whole document."""


def described(details: Details) -> Iterator[str]:
    """The lines about a document, or about one page of it."""
    yield from _head(details.entry, details.page)
    yield from _section(_("What it is"), _description(details.entry))
    if details.page is not None and details.view is not None:
        yield from _section(_("This page"), _page(details.page, details.view))
    else:
        yield from _section(_("Pages"), map(_page_line, details.pages))
    yield from _section(
        _("Where it was seen"),
        (f"{moment(each.seen_at)}  {each.batch}: {each.path}" for each in details.sightings),
    )
    yield from _section(_("History"), _history(details))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield click.style(title, bold=True)
        for line in found:
            yield f"  {line}"


def _head(entry: DocumentEntry, page: PageEntry | None) -> Iterator[str]:
    if page is None:
        yield click.style(_("Document {id}").format(id=entry.document), bold=True)
    else:
        title = _("Page {id}, number {number} of document {document}")
        yield click.style(title.format(id=page.page, number=page.number, document=entry.document), bold=True)
    if entry.withdrawn:
        yield "  " + _("Its batch was withdrawn: no search finds it.")
    yield f"  {entry.path if page is None else page.path}"
    yield "  " + _("imported from {root}").format(root=entry.root)
    yield f"  {kept_in(entry.batch, entry.unit, entry.box, entry.shelf)}, " + _("class {code}").format(
        code=entry.security
    )


def _description(entry: DocumentEntry) -> Iterator[str]:
    if entry.failure is not None:
        yield _("not described: {message}").format(message=entry.failure.message())
    if entry.description is None:
        if entry.failure is None:
            yield _("not described yet")
        return
    label = entry.description.label
    name = _("type")
    yield f"{name:<9} {type_name(label.code)}  ({percent(label.confidence)})"
    for reason in label.reasons:
        yield f"{'':<9} {_quoted(reason)}"
    yield from _field("nomor", entry.description.nomor)
    yield from _field("tanggal", entry.description.tanggal)
    yield from _field("hal", entry.description.hal)


def _field(name: str, field: Field) -> Iterator[str]:
    if field.value is None:
        yield f"{name:<9} –  {_reason(field.reason)}"
    else:
        value = day(field.value) if name == "tanggal" else field.value
        yield f"{name:<9} {value}  ({percent(field.confidence)})"
    if field.evidence is not None:
        yield f"{'':<9} {_quoted(field.evidence)}"


def _reason(reason: str) -> str:
    if reason.startswith("no-hal-in-"):
        return _("documents of this type have none")
    return _(REASONS.get(reason, reason))


def _quoted(evidence: Evidence) -> str:
    said = _("page {number}: “{raw}”  [{rule}]")
    return said.format(number=evidence.page, raw=evidence.raw, rule=evidence.rule)


def _page_line(page: PageEntry) -> str:
    return f"{page.number:>4}  {page.page}  {_(CLASSES[page.page_class]):<18}  {_state(page)}".rstrip()


def _state(page: PageEntry) -> str:
    """What there is to say of the class a page is in."""
    if page.page_class is PageClass.WORDS:
        words = ngettext("{count} word", "{count} words", page.words).format(count=page.words)
        return f"{words}, {percent(page.confidence)}"
    if page.failure is not None and page.stage is not None:
        return f"{_(STAGES[page.stage])}: {page.failure.message()}"
    return ""


MOST_ASIDE = 12
"""Words of logos and signatures that are shown of a page: of a photograph there may be hundreds."""


def _page(page: PageEntry, view: PageView) -> Iterator[str]:
    yield ", ".join(filter(None, (_(CLASSES[page.page_class]), _state(page))))
    if page.failure is not None:
        yield f"→ {page.failure.advice()}"
    source = view.source
    yield _("original: {kind}, image {frame}, {file}").format(
        kind=source.media_type, frame=source.frame + 1, file=source.path
    )
    if view.prepared is not None:
        yield from _prepared(view.prepared)
    if view.text is not None:
        text = view.text
        engine = " ".join(filter(None, (text.engine, text.version, text.model)))
        yield f"{_(SOURCES[text.source])}: {engine}" if engine else _(SOURCES[text.source])
        in_words, others = told(text.steps)
        yield from in_words
        if text.aside:
            yield _("in logos and signatures, for searches only: {words}").format(
                words=" ".join(word.text for word in text.aside[:MOST_ASIDE])
                + (" …" if len(text.aside) > MOST_ASIDE else "")
            )
        if others:
            yield _("reading steps: {steps}").format(steps=", ".join(others))


def _prepared(prepared: Prepared) -> Iterator[str]:
    quality = prepared.quality
    yield _("clean image: {width} × {height} pixels, {dpi} dpi, turned by {turn}°").format(
        width=prepared.width, height=prepared.height, dpi=round(prepared.dpi), turn=prepared.turn
    )
    yield _("quality: sharpness {sharp}, contrast {contrast}, skew {skew}°, ink {ink}").format(
        sharp=f"{quality.sharpness:.0f}",
        contrast=percent(quality.contrast),
        skew=decimal(quality.skew_degrees),
        ink=f"{decimal(100 * quality.ink)} %",
    )
    if prepared.steps:
        yield _("cleaning steps: {steps}").format(steps=", ".join(prepared.steps))


def _history(details: Details) -> Iterator[str]:
    """Every attempt; for a document of many pages only its own and what did not go smoothly."""
    short = details.page is None and len(details.pages) > 1
    own = details.entry.document
    numbers = {each.page: each.number for each in details.pages}
    left_out = 0
    for run in details.runs:
        if short and run.subject != own and run.outcome in SMOOTH and not (run.told and run.told.decided):
            left_out += 1
            continue
        yield _run(run, numbers.get(run.subject) if short else None)
    if left_out:
        yield ngettext(
            "and {count} attempt that went well; see: arsip show PAGE",
            "and {count} attempts that went well; see: arsip show PAGE",
            left_out,
        ).format(count=left_out)


def decided(told: Told | None) -> str:
    """What became of the page's reading or image in an attempt."""
    if told is None or not told.decided:
        return ""
    if told.decided == "replaced":
        before = _("before: {original}, image {frame}").format(original=told.blob[:12], frame=told.frame + 1)
        return f": {_(DECIDED[told.decided])} ({before})"
    if told.gain is None:
        return f": {_(DECIDED[told.decided])}"
    said: str = told.decided
    if said == "kept" and told.gain.share > 0:
        from ocr.gain import OUTWEIGHS  # loads numpy, of no use to most

        said = "kept-for-words" if told.gain.won < OUTWEIGHS * told.gain.lost else "kept-for-little"
    return f": {_(DECIDED[said])} ({gained(told.gain.share)})"


def gained(share: float) -> str:
    """A gain or a loss in percent, with its sign."""
    return f"{decimal(100 * share, '+.1f')} %".replace("-", "−")


def _run(run: Run, number: int | None) -> str:
    took = "" if run.ended_at is None else f"{decimal(run.ended_at - run.started_at)} s"
    of = "" if number is None else _("page {number}").format(number=number)
    host, pid = host_and_pid(run.owner)
    line = f"{moment(run.started_at)}  {run.stage.value:<10}  {took:>7}  {_(OUTCOMES[run.outcome])}"
    why = f": {run.failure.message()}" if run.failure is not None else decided(run.told)
    return f"{line}{why}" + (f"  ({of})" if of else "") + f"  [{host} {pid}]"
