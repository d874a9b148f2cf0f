"""What recognition has to show, and whether the figures of a run show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import mean
from typing import Protocol

from bench.recall import Reading, Row
from samples.pages import FOLDERS

MOST_WALL = {"letters and reports": 0.36, "grey pages": 0.27}
"""Wall time against OCRmyPDF's, by group."""
MOST_OF_TESSEROCR = 0.5
LEAST_GAIN = 0.003
MOST_ERRORS = {("drawn-bad", "drawn-photos"): (0.20, 0.01), ("drawn-cards",): (0.40, 0.03)}
"""Folders: above which error rate of the bare engine a page is bad, and the mean that ours may have there."""
LEAST_PLACED = 0.98
MOST_MEGABYTES = 600.0
NOT_PLACED = ("all", *(folder.name for folder in FOLDERS if folder.poses or folder.stamps))
"""Places are promised of scans whose words can all be seen: not bent, and without office stamps."""


class Speed(Protocol):
    """What is asked of the figures of a side's speed."""

    @property
    def seconds(self) -> float: ...
    @property
    def cpu_a_page(self) -> Mapping[str, float]: ...
    @property
    def child_megabytes(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Promise:
    """A figure, its limit, and on which side of it the figure has to be."""

    what: str
    figure: float
    limit: float
    at_most: bool

    @property
    def kept(self) -> bool:
        """Whether the figure is within the limit; at the limit is within."""
        return self.figure <= self.limit if self.at_most else self.figure >= self.limit

    def __str__(self) -> str:
        sign = "<=" if self.at_most else ">="
        return (
            f"  {'kept  ' if self.kept else 'BROKEN'}  {self.what}: {self.figure:.4g} {sign} {self.limit:.4g}"
        )


def promises(
    speed: Mapping[str, Mapping[str, Speed]],
    rows: Mapping[str, Mapping[str, Row]],
    boxes: Mapping[str, Mapping[str, Mapping[str, float]]],
    turned: Mapping[str, float],
    pages: Mapping[str, Mapping[str, Reading]],
    engine: str,
) -> list[Promise]:
    """Those that this run can speak of; ``engine`` is the one that offices have unless they choose."""
    mine = f"arsip {engine}"
    found = [*_speed(speed, mine), *_against_ocrmypdf(rows, mine), *_bad(pages, mine)]
    if mine in turned:
        found.append(Promise("pages put upright", turned[mine], 1.0, at_most=False))
    for folder, by in boxes.items():
        if folder not in NOT_PLACED:
            for where, share in by.get(mine, {}).items():
                found.append(Promise(f"{folder}: words placed, {where}", share, LEAST_PLACED, at_most=False))
    return found


def _speed(speed: Mapping[str, Mapping[str, Speed]], mine: str) -> Iterator[Promise]:
    for group, by in speed.items():
        if group in MOST_WALL and "ocrmypdf" in by:
            ratio = by[mine].seconds / by["ocrmypdf"].seconds
            yield Promise(f"{group}: wall / OCRmyPDF", ratio, MOST_WALL[group], at_most=True)
        if {"arsip onnx", "arsip tesserocr"} <= by.keys():
            own, theirs = (by[f"arsip {each}"].cpu_a_page["ocr"] for each in ("onnx", "tesserocr"))
            yield Promise(f"{group}: CPU of onnx / tesserocr", own / theirs, MOST_OF_TESSEROCR, at_most=True)
        for side, one in by.items():
            if side.startswith("arsip"):
                yield Promise(
                    f"{group}: MB of a reader, {side}", one.child_megabytes, MOST_MEGABYTES, at_most=True
                )


def _against_ocrmypdf(rows: Mapping[str, Mapping[str, Row]], mine: str) -> Iterator[Promise]:
    for folder, by in rows.items():
        if "ocrmypdf" not in by:
            continue
        least = by["ocrmypdf"].recall + (LEAST_GAIN if folder == "all" else 0.0)
        yield Promise(f"{folder}: recall / OCRmyPDF's", by[mine].recall, least, at_most=False)
        if folder == "all":
            theirs = by["ocrmypdf"].error_rate
            yield Promise("all: median CER / OCRmyPDF's", by[mine].error_rate, theirs, at_most=True)


def _bad(pages: Mapping[str, Mapping[str, Reading]], mine: str) -> Iterator[Promise]:
    bare = {side: by for side, by in pages.items() if side.startswith("bare")}
    if not bare:
        return
    for folders, (from_, most) in MOST_ERRORS.items():
        least = {
            page: min(by[page].error_rate for by in bare.values())
            for page in pages[mine]
            if page.split("/")[0] in folders
        }
        if bad := [page for page, rate in least.items() if rate > from_]:
            errors = mean(pages[mine][page].error_rate for page in bad)
            yield Promise(
                f"{len(bad)} bad pages of {', '.join(folders)}: mean CER", errors, most, at_most=True
            )
    for folder in (folder for folder in FOLDERS if folder.least_error):
        rates = [
            by[page].error_rate for by in bare.values() for page in by if page.split("/")[0] == folder.name
        ]
        if rates:
            what = f"{folder.name}: the bare engine's CER, least"
            yield Promise(what, min(rates), folder.least_error, at_most=False)
