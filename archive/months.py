"""The names of months as Indonesian and English papers write them, and their Roman numbers."""

from __future__ import annotations

MONTHS: dict[str, int] = {
    name: month
    for month, names in enumerate(
        (
            "januari djanuari january jan",
            "februari pebruari february feb peb",
            "maret march mar mrt",
            "april apr",
            "mei may",
            "juni djuni june jun",
            "juli djuli july jul",
            "agustus august agst agt ags agu aug",
            "september sept sep",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
