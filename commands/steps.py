"""What became of a PDF's own text, in words for ``show``: the verdict, its reason, and what was repaired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.messages import N_, _, ngettext
from commands.shared import percent

VERDICTS = {
    "used": N_("the PDF's own text was used as it stands"),
    "repaired": N_("the PDF's own text was repaired and used"),
    "used-in-part": N_("the PDF's own text was used, and what else the page shows was read from the image"),
    "none": N_("the PDF holds no text for this page"),
    "unreadable": N_("the PDF's own text was not used: it cannot be taken out of the file"),
    "sideways": N_("the PDF's own text was not used: it runs sideways"),
    "cid-codes": N_("the PDF's own text was not used: it holds numbers instead of letters"),
    "unknown-characters": N_("the PDF's own text was not used: it holds signs that nobody knows"),
    "foreign-letters": N_("the PDF's own text was not used: its letters are of another script"),
    "spaced-letters": N_("the PDF's own text was not used: it holds single letters instead of words"),
    "no-words": N_("the PDF's own text was not used: its words are none"),
    "invisible": N_("the PDF's own text was not used: nobody sees it on the page"),
    "over-image": N_("the PDF's own text was not used: it is another program's reading of a scan"),
    "two-texts": N_("the PDF's own text was not used: it holds two texts, one upon the other"),
    "misses-ink": N_("the PDF's own text was not used: the page shows more than it says"),
    "other-than-seen": N_("the PDF's own text was not used: the page shows something else"),
}
"""What each verdict of ``ocr.trust`` and ``ocr.textlayer`` means; the page was read from its image where the
text was not used."""


def told(steps: Sequence[str]) -> tuple[list[str], list[str]]:
    """The steps about a PDF's own text as lines for a person, and the others as they are."""
    lines: list[str] = []
    others: list[str] = []
    for step in steps:
        name, _colon, value = step.partition(":")
        found = list(_line(name, value))
        if found:
            lines += found
        else:
            others.append(step)
    return lines, others


def _line(name: str, value: str) -> Iterator[str]:
    if name == "text-layer" and value in VERDICTS:
        yield _(VERDICTS[value])
    elif name == "hidden-dropped":
        yield ngettext(
            "{count} letter that nobody sees was left out",
            "{count} letters that nobody sees were left out",
            int(value),
        ).format(count=value)
    elif name == "overprint-dropped":
        yield ngettext(
            "{count} letter printed twice was taken once",
            "{count} letters printed twice were taken once",
            int(value),
        ).format(count=value)
    elif name == "codes-moved":
        yield _("letters with wrong codes were put right")
    elif name == "letters-joined":
        yield _("letters set apart were joined to words")
    elif name == "repaired":
        yield ngettext(
            "{count} word of a date, number or amount was put right",
            "{count} words of dates, numbers or amounts were put right",
            int(value),
        ).format(count=value)
    elif name == "spot-check":
        yield _("compared with the image in some lines: {share} alike").format(share=percent(float(value)))
