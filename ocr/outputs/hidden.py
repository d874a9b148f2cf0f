"""Takes an old invisible text off a page of a PDF, so that what is copied from it is not there twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pikepdf
from pikepdf import Page, Pdf, Stream

_SHOW = ("Tj", "TJ", "'", '"')
_INVISIBLE = 3
"""Text rendering mode (ISO 32000-1, 9.3.6)."""


def take_off(pdf: Pdf, page: Page) -> None:
    """Remove the text that is shown in rendering mode 3 from the page's own content, and nothing else.

    A text object that shows visible text as well stays whole, since each piece stands where the one before it
    ends. So does the text of forms (XObjects), which other pages may show too. Raises pikepdf.PdfError.
    """
    instructions = list(pikepdf.parse_content_stream(page))
    gone = _invisible(instructions)
    if gone:
        kept = [each for number, each in enumerate(instructions) if number not in gone]
        page.Contents = Stream(pdf, pikepdf.unparse_content_stream(kept))


def _invisible(instructions: Sequence[Any]) -> set[int]:
    """The numbers of those that show text in text objects that show nothing visible."""
    mode, kept_modes = 0, list[int]()
    gone, within, seen = set[int](), list[int](), False
    for number, each in enumerate(instructions):
        operator = str(each.operator)
        if operator == "q":
            kept_modes.append(mode)
        elif operator == "Q" and kept_modes:
            mode = kept_modes.pop()
        elif operator == "Tr":
            mode = int(each.operands[0])
        elif operator == "BT":
            within, seen = [], False
        elif operator in _SHOW:
            within.append(number)
            seen = seen or mode != _INVISIBLE
        elif operator == "ET" and not seen:
            gone.update(within)
    return gone
