"""The pieces that office papers share: letterhead, labelled lines, numbered points, tables, signatures."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from samples.layout import Cell, Mark, Row
from samples.letters.office import Office, Person, long_date, some_date

Rows = list[Row]


def kop(office: Office, rng: random.Random) -> Rows:
    """The letterhead: crest, the bodies above, the office in large letters, its address, a double rule."""
    over = [
        Row((Cell(text, 0.12, 0.88, "center", size=1.15),), marks=_crest(step))
        for step, text in enumerate(office.over.split("|"))
    ]
    size = 1.45 if len(office.name) < 34 else 1.15
    web = office.code.lower().replace(".", "").replace("-", "")
    lines = [office.address, f"Laman {web}.contoh.invalid, Pos-el {web}@contoh.invalid"]
    small = [Row((Cell(text, 0.12, 0.88, "center", size=0.78),)) for text in lines[: 1 + rng.randrange(2)]]
    small[-1] = Row(small[-1].cells, rule="double")
    return [*over, Row((Cell(office.name, 0.12, 0.88, "center", "b", size),)), *small]


def _crest(step: int) -> tuple[Mark, ...]:
    return (Mark("logo", 0.01, 15.5, rise=-11.0),) if step == 0 else ()


def heading(text: str, before: float = 0.0, style: str = "b", size: float = 1.0) -> Row:
    """A centred line."""
    return Row((Cell(text, align="center", style=style, size=size),), before)


def labelled(label: str, value: str, at: float = 0.0, width: float = 0.14, room: float = 0.0) -> Row:
    """``Label : value`` in three columns; ``room`` is the value's width (0: all that is left)."""
    left = at + width
    return Row(
        (Cell(label, at, width), Cell(":", left, 0.025), Cell(value, left + 0.025, room or 0.975 - left)),
    )


def paragraph(text: str, before: float = 0.4, indent: float = 0.0) -> Row:
    """Running text, set to both margins."""
    return Row((Cell(text, indent, 1 - indent, "justify"),), before)


def numbered(points: Iterable[str], at: float = 0.0, marks: Sequence[str] = (), before: float = 0.15) -> Rows:
    """``1. ...``, ``2. ...`` with hanging indents, or with other marks."""
    return [
        Row(
            (Cell(marks[n] if marks else f"{n + 1}.", at, 0.05), Cell(text, at + 0.05, 0.95 - at, "justify")),
            before,
        )
        for n, text in enumerate(points)
    ]


def considered(label: str, points: Sequence[str], letters: bool = False) -> Rows:
    """``Menimbang : a. bahwa ...`` with the label beside the first point only."""
    rows = []
    for n, text in enumerate(points):
        mark = f"{'abcdefgh'[n]}." if letters else f"{n + 1}."
        head = (Cell(label, 0.0, 0.17), Cell(":", 0.17, 0.02)) if n == 0 else ()
        cells = (*head, Cell(mark, 0.2, 0.04), Cell(text, 0.245, 0.755, "justify"))
        rows.append(Row(cells, 0.5 if n == 0 else 0.1))
    return rows


def table(
    widths: Sequence[float], head: Sequence[str], body: Sequence[Sequence[str]], size: float = 0.9
) -> Rows:
    """A ruled table: a bold head and its lines. ``widths`` are shares of the text's width."""
    starts = [sum(widths[:n]) for n in range(len(widths))]

    def line(texts: Sequence[str], style: str, align: Literal["left", "center"]) -> Row:
        cells = zip(texts, starts, widths, strict=True)
        return Row(tuple(Cell(text, x, w, align, style, size) for text, x, w in cells), rule="box")

    rows = [line(head, "b", "center"), *(line(texts, "", "left") for texts in body)]
    rows[0] = Row(rows[0].cells, 0.5, "box")
    return rows


def signature(
    lines: Sequence[str], who: Person | None, rng: random.Random, stamp: bool = True, at: float = 0.55
) -> Rows:
    """A signature block in the right half: lines, a signature (and stamp), name, rank and NIP."""
    rows = [Row((Cell(line, at, 1 - at),), 1.0 if n == 0 else 0.0) for n, line in enumerate(lines)]
    marks = [Mark("signature", at + 0.03, 16.0, rise=-2.0)]
    if stamp and rng.random() < 0.8:
        marks.append(Mark("stamp", at - 0.08, 30.0, rise=-9.0))
    rows.append(Row((), 3.4, marks=tuple(marks)))
    if who:
        rows.append(Row((Cell(who.name, at, 1 - at, style="bu"),)))
        rows += [Row((Cell(text, at, 1 - at),)) for text in (who.rank.split(" (")[0], f"NIP {who.nip}")]
    return rows


def authority(office: Office, rng: random.Random) -> list[str]:
    """Who signs: the head himself, one in his place (Plt., Plh.), or one on his behalf (a.n., u.b.)."""
    head = office.head
    return rng.choice(
        (
            [f"{head},"],
            [f"{head},"],
            [f"{head.upper()},"],
            [f"Plt. {head},"],
            [f"Plh. {head},"],
            [f"a.n. {head}", "Sekretaris,"],
            ["a.n. BUPATI CONTOH", f"{head},"],
            [f"a.n. {head}", "Sekretaris", "u.b.", "Kepala Subbagian Umum dan Kepegawaian,"],
        )
    )


def two_signatures(left: Sequence[str], right: Sequence[str], a: Person, b: Person) -> Rows:
    """Two parties side by side: PIHAK KEDUA on the left, PIHAK PERTAMA on the right, as is the custom."""

    def pair(one: str, two: str, before: float = 0.0, style: str = "") -> Row:
        return Row((Cell(one, 0.0, 0.45, "center", style), Cell(two, 0.55, 0.45, "center", style)), before)

    marks = (Mark("signature", 0.14, 16.0, rise=-2.0), Mark("signature", 0.69, 16.0, rise=-2.0))
    return [
        *(
            pair(one, two, 1.0 if n == 0 else 0.0)
            for n, (one, two) in enumerate(zip(left, right, strict=True))
        ),
        Row((), 3.4, marks=marks),
        pair(a.name, b.name, style="bu"),
        pair(f"NIP {a.nip}", f"NIP {b.nip}"),
    ]


def settled(office: Office, day: date, rng: random.Random) -> Rows:
    """``Ditetapkan di ... pada tanggal ...`` above a signature."""
    verb = rng.choice(("Ditetapkan di", "Dikeluarkan di", "Ditetapkan di"))
    return [
        Row((Cell(verb, 0.55, 0.19), Cell(":", 0.74, 0.02), Cell(office.place, 0.765, 0.235)), 1.0),
        Row(
            (Cell("pada tanggal", 0.55, 0.19), Cell(":", 0.74, 0.02), Cell(some_date(day, rng), 0.765, 0.235))
        ),
    ]


def copies(rng: random.Random) -> Rows:
    """``Tembusan:`` with its list, or nothing."""
    if rng.random() < 0.3:
        return []
    everyone = [
        "Bupati Contoh (sebagai laporan);",
        "Inspektur Kabupaten Contoh;",
        "Arsip.",
        "Kepala BPKAD Kabupaten Contoh;",
    ]
    chosen = [*rng.sample(everyone[:2] + everyone[3:], 1 + rng.randrange(2)), "Arsip."]
    head = rng.choice(("Tembusan:", "Tembusan disampaikan kepada Yth.:", "Tembusan Yth.:"))
    return [Row((Cell(head, style="u", size=0.9),), 1.0), *numbered(chosen, before=0.0)]


def attachment(head: str, nomor: str, day: date, hal: str) -> Rows:
    """The block at the top of an enclosure, which repeats the number, date and subject of its letter."""
    lines = (
        ("Nomor", nomor),
        ("Tanggal", long_date(day)),
        ("Tentang" if "KEPUTUSAN" in head else "Hal", hal),
    )
    return [
        Row((Cell(head, 0.45, 0.55, size=0.9),)),
        *(labelled(label, value, 0.45, 0.11) for label, value in lines),
    ]


def staff_table(rng: random.Random, people: Sequence[Person], roles: Sequence[str]) -> Rows:
    """A table of names, posts and roles."""
    body = [[f"{n + 1}.", who.name, who.job, roles[min(n, len(roles) - 1)]] for n, who in enumerate(people)]
    return table((0.07, 0.35, 0.33, 0.25), ("No.", "Nama", "Jabatan", "Keterangan"), body)
