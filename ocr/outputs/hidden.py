"""Takes an old invisible text off a page of a PDF, so that what is copied from it is not there twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeGuard

import pikepdf
from pikepdf import Dictionary, Name, Object, Page, Pdf, Stream

SHOW = ("Tj", "TJ", "'", '"')
"""The operators that show text."""
VISIBLE, INVISIBLE = 0, 3
"""Text rendering modes (ISO 32000-1, 9.3.6)."""
DEEPEST = 8
"""Forms within forms that are looked into: OCR programs write one, and a file could write a ring of them."""
Begun = tuple[tuple[int, int], bytes, int, int]
"""A form by its number, its resources, the text rendering mode it is begun in, and its depth."""
_PACKING = ("/Length", "/Filter", "/DecodeParms")


def take_off(pdf: Pdf, page: Page) -> None:
    """Remove the text that is shown in rendering mode 3 from a page and the forms it draws, and nothing else.

    A text object that shows visible text as well stays whole, since each piece stands where the one before it
    ends. A form (XObject) is changed in a copy, as other pages may draw it too. Raises pikepdf.PdfError.
    """
    content, resources = _Taking(pdf).without(page.obj, page.resources, VISIBLE, 0)
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


def is_form(drawn: Object | None) -> TypeGuard[Stream]:
    """Whether what ``Do`` draws is a form and not an image, nor nothing at all."""
    return isinstance(drawn, Stream) and bool(drawn.get("/Subtype") == Name.Form)


def identity(form: Object, resources: Object, mode: int, depth: int) -> Begun:
    """By what a form is known that was looked into already: where each draws the next one twice, the time
    would double with each."""
    return form.objgen, resources.unparse(), mode, depth


class _Taking:
    """Takes that text off one page and the forms it draws, of which each is changed once."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._made: dict[Begun, Object | None] = {}

    def without(
        self, drawn: Object, resources: Object, mode: int, depth: int
    ) -> tuple[bytes | None, Object | None]:
        """The content of a page or form, begun in a mode, without that text, and the resources it then needs;
        of each ``None`` where it stays as it is."""
        instructions = list(pikepdf.parse_content_stream(Page(drawn) if depth == 0 else drawn))
        gone, forms = _invisible(instructions, mode)
        kept = [each for number, each in enumerate(instructions) if number not in gone]
        changed = {}
        for name, begun in forms.items():
            form = resources.get("/XObject", Dictionary()).get(name)
            if is_form(form) and depth < DEEPEST:
                made = self._form(form, resources, begun, depth + 1)
                if made is not None:
                    changed[name] = made
        if changed:
            resources = Dictionary(dict(resources.items()))
            resources.XObject = Dictionary(dict(resources.XObject.items()))
            for name, made in changed.items():
                resources.XObject[name] = made
        return pikepdf.unparse_content_stream(kept) if gone else None, resources if changed else None

    def _form(self, form: Object, around: Object, mode: int, depth: int) -> Object | None:
        """A copy of a form without that text; ``None`` where it has none. One that names no resources uses
        those around it."""
        resources = form.get("/Resources", around)
        key = identity(form, resources, mode, depth)
        if key not in self._made:
            self._made[key] = self._copied(form, *self.without(form, resources, mode, depth))
        return self._made[key]

    def _copied(self, form: Object, content: bytes | None, resources: Object | None) -> Object | None:
        if content is None and resources is None:
            return None
        made = Stream(self._pdf, form.read_bytes() if content is None else content)
        for key, value in form.items():
            if key not in _PACKING:
                made[key] = value
        if resources is not None:
            made.Resources = resources
        return self._pdf.make_indirect(made)


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
