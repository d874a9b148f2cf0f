"""Takes an old invisible text off a page of a PDF, so that what is copied from it is not there twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Object, Page, Pdf, Stream

SHOW = ("Tj", "TJ", "'", '"')
"""The operators that show text."""
VISIBLE, INVISIBLE = 0, 3
"""Text rendering modes (ISO 32000-1, 9.3.6)."""
DEEPEST = 8
"""Forms within forms that are looked into: OCR programs write one, and a file could write a ring of them."""
_PACKING = ("/Length", "/Filter", "/DecodeParms")


def take_off(pdf: Pdf, page: Page) -> None:
    """Remove the text that is shown in rendering mode 3 from a page and the forms it draws, and nothing else.

    A text object that shows visible text as well stays whole, since each piece stands where the one before it
    ends. A form (XObject) is changed in a copy, as other pages may draw it too. Raises pikepdf.PdfError.
    """
    content, resources = _without(pdf, page.obj, page.resources, VISIBLE, 0)
    if content is not None:
        page.Contents = Stream(pdf, content)
    if resources is not None:
        page.Resources = resources


def with_modes(instructions: Iterable[Any], mode: int) -> Iterator[tuple[Any, str, int]]:
    """Each one's operands, operator and the text rendering mode after it; before the first it is ``mode``."""
    kept = []
    for each in instructions:
        operator = str(each.operator)
        if operator == "q":
            kept.append(mode)
        elif operator == "Q" and kept:
            mode = kept.pop()
        elif operator == "Tr":
            mode = int(each.operands[0])
        yield each.operands, operator, mode


def _without(
    pdf: Pdf, drawn: Object, resources: Object, mode: int, depth: int
) -> tuple[bytes | None, Object | None]:
    """The content of a page or form, begun in a mode, without that text, and the resources it then needs;
    of each ``None`` where it stays as it is."""
    instructions = list(pikepdf.parse_content_stream(Page(drawn) if depth == 0 else drawn))
    gone, forms = _invisible(instructions, mode)
    kept = [each for number, each in enumerate(instructions) if number not in gone]
    changed = {}
    for name, begun in forms.items():
        form = resources.get("/XObject", Dictionary()).get(name)
        if isinstance(form, Stream) and form.get("/Subtype") == Name.Form and depth < DEEPEST:
            made = _form(pdf, form, resources, begun, depth + 1)
            if made is not None:
                changed[name] = made
    if changed:
        resources = Dictionary(dict(resources.items()))
        resources.XObject = Dictionary(dict(resources.XObject.items()))
        for name, made in changed.items():
            resources.XObject[name] = made
    return pikepdf.unparse_content_stream(kept) if gone else None, resources if changed else None


def _form(pdf: Pdf, form: Object, around: Object, mode: int, depth: int) -> Object | None:
    """A copy of a form without that text; ``None`` where it has none. One that names no resources uses those
    around it."""
    content, resources = _without(pdf, form, form.get("/Resources", around), mode, depth)
    if content is None and resources is None:
        return None
    made = Stream(pdf, form.read_bytes() if content is None else content)
    for key, value in form.items():
        if key not in _PACKING:
            made[key] = value
    if resources is not None:
        made.Resources = resources
    return pdf.make_indirect(made)


def _invisible(instructions: Sequence[Any], mode: int) -> tuple[set[int], dict[str, int]]:
    """The numbers of those that show text in text objects that show nothing visible, and by its name the mode
    in which each form is begun: a visible one, where it is drawn in several."""
    gone, within, seen = set[int](), list[int](), False
    begun = dict[str, int]()
    for number, (operands, operator, now) in enumerate(with_modes(instructions, mode)):
        if operator == "Do":
            name = str(operands[0])
            begun[name] = now if begun.get(name, now) == now else VISIBLE
        elif operator == "BT":
            within, seen = [], False
        elif operator in SHOW:
            within.append(number)
            seen = seen or now != INVISIBLE
        elif operator == "ET" and not seen:
            gone.update(within)
    return gone, begun
