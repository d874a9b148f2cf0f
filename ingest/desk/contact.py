"""The contact sheet: small pictures of pages with what is wrong with them, as one file that needs nothing
else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

_STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; color: #222; background: #fff }
h1 { font-size: 1.3em; margin: 0 } header p { margin: .2em 0 1.5em; color: #555 }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 1.2em }
article { border: 1px solid #bbb; padding: .7em; break-inside: avoid }
figure { display: flex; justify-content: center; align-items: flex-start; gap: .4em; margin: 0 0 .6em }
img { min-width: 0; max-width: 100%; max-height: 300px; object-fit: contain; border: 1px solid #ddd }
h2 { font-size: 1em; margin: 0 0 .3em; overflow-wrap: anywhere } p { margin: .2em 0 }
.advice { color: #555 } .id { color: #888; font-size: .8em }
@media print { body { margin: 0 } main { grid-template-columns: repeat(3, 1fr) } @page { size: A4; margin:
12mm } }
"""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


class Picture(NamedTuple):
    """A JPEG and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Card:
    """One page of a contact sheet: where it is, what is wrong, what to do, its id ("" where the advice has
    it), and pictures of it and of what it is to be compared with."""

    title: str
    why: tuple[str, ...]
    advice: tuple[str, ...]
    page: str
    pictures: tuple[Picture, ...] = ()


def html(language: str, title: str, about: str, cards: Iterable[Card]) -> Iterator[str]:
    """The sheet as HTML in pieces; nothing in it runs, and nothing is loaded from elsewhere."""
    yield f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>"
    yield f"<header><h1>{escape(title)}</h1><p>{escape(about)}</p></header>\n<main>\n"
    for card in cards:
        yield "<article>"
        yield "<figure>"
        for picture in card.pictures:
            yield f'<img alt="" src="data:image/jpeg;base64,{b64encode(picture.jpeg).decode()}">'
        yield "</figure>"
        yield f"<h2>{escape(card.title)}</h2>"
        yield from (f"<p>{escape(line)}</p>" for line in card.why)
        yield from (f'<p class="advice">→ {escape(line)}</p>' for line in card.advice)
        yield f'<p class="id">{escape(card.page)}</p></article>\n' if card.page else "</article>\n"
    yield "</main></body></html>\n"
