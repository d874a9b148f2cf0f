"""What a document is: the rules of the taxonomy, weighed as evidence where they are met on its pages."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from archive.types import Evidence, Label
from classify.fields import SHORT, capitals, has_colon
from classify.hal import beside_label
from classify.layout import Sheet, Span
from classify.match import fold
from classify.taxonomy import LAINNYA, Rule, Taxonomy, Zone

TITLE_ABOVE = 0.6
"""A title stands in this upper share of its page."""
CAPITALS = 0.75
"""The share of capitals among the letters of a title; OCR reads some of them as small ones."""
CENTRED, NARROW = 0.08, 0.6
"""How far a centred title's middle may be off, and how wide it may be, as shares of the page's width."""
ATTACHMENT_ABOVE = 0.15
"""A page that is an attachment says so in this upper share of it."""
SECOND_TITLE, BELOW_SUBJECT, LATER_PAGE = 0.5, 0.3, 0.5
"""What evidence is worth when it is a further title, a title below a Hal line, on a later page."""
HEAD_ZONES: tuple[Zone, ...] = ("label", "start", "hal", "any")
LATER_ZONES: tuple[Zone, ...] = ("start", "any")
FEW_LETTERS = 60
"""A page with fewer letters is a divider or a back: the record begins after it."""
SUREST = 0.98
UNKNOWN_AT_MOST = 0.4
"""How sure one may be of ``lainnya`` when nothing was recognised."""


@dataclass(frozen=True, slots=True)
class Title:
    """The words that name a kind at the head of a page."""

    code: str
    rule: Rule
    span: Span
    length: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The label, the kind behind it ("" if none), the page the record begins on, and its title there."""

    label: Label
    kind: str
    head: int
    title: Span | None


@dataclass(slots=True)
class Score:
    """The evidence for one kind, and where it was met, by rule."""

    value: float
    reasons: dict[str, tuple[float, Evidence | None]]

    def count(self, rule: str, weight: float, evidence: Evidence | None = None) -> None:
        """Count a rule, once."""
        if rule not in self.reasons:
            self.reasons[rule] = weight, evidence
            self.value += weight


Scores = dict[str, Score]


def judge(sheets: Sequence[Sheet], path: str, taxonomy: Taxonomy) -> Verdict:
    """The kind of a document from its pages in order (at least one); its file's name tips the scales.

    The record begins on the first page that holds more than a few letters and is no cover sheet. Weights
    are summed like the log-odds of independent witnesses; the confidence is the softmax over all kinds
    and "none of them".
    """
    head, scores, titles = _head(sheets, taxonomy)
    for sheet in sheets[head + 1 :]:
        if not is_attachment(sheet, taxonomy):
            _count_rules(scores, sheet, taxonomy, LATER_ZONES, LATER_PAGE)
    _count_name(scores, path, taxonomy)
    label, code = _label(_inherited(scores, taxonomy), taxonomy)
    title = next((title.span for title in titles if title.code == code), None)
    return Verdict(label, code, head, title)


def is_attachment(sheet: Sheet, taxonomy: Taxonomy) -> bool:
    """Whether a page begins with ``LAMPIRAN ...``: what it says belongs to an attachment."""
    top = {row.first for row in sheet.rows[:4]}
    spans = (span for phrase in taxonomy.landmarks.attachment for span in sheet.find_start(phrase))
    return any(
        not has_colon(sheet, span) and (span.first in top or sheet.words[span.first].box.y < ATTACHMENT_ABOVE)
        for span in spans
    )


def _head(sheets: Sequence[Sheet], taxonomy: Taxonomy) -> tuple[int, Scores, list[Title]]:
    """The page the record begins on, and what it says; if all are covers or nearly empty, the fullest."""
    for index, sheet in enumerate(sheets):
        if len(sheet.folded) >= FEW_LETTERS:
            titles = _titles(sheet, taxonomy)
            scores = _scores(sheet, titles, taxonomy)
            if not _is_cover(scores, taxonomy):
                return index, scores, titles
    fullest = max(range(len(sheets)), key=lambda index: len(sheets[index].folded))
    titles = _titles(sheets[fullest], taxonomy)
    return fullest, _scores(sheets[fullest], titles, taxonomy), titles


def _is_cover(scores: Scores, taxonomy: Taxonomy) -> bool:
    whole = _inherited(scores, taxonomy)
    best = max(whole, key=lambda code: whole[code].value)
    return taxonomy.types[best].cover and whole[best].value >= taxonomy.enough


def _scores(sheet: Sheet, titles: Sequence[Title], taxonomy: Taxonomy) -> Scores:
    """What the first page of a record says for each kind, by itself."""
    scores = {code: Score(kind.prior, {}) for code, kind in taxonomy.types.items()}
    _count_rules(scores, sheet, taxonomy, HEAD_ZONES, 1.0)
    subject = beside_label(sheet, taxonomy.landmarks)
    for place, title in enumerate(titles):
        below = bool(subject) and title.span.first > subject[0].first
        worth = BELOW_SUBJECT if below else SECOND_TITLE if place else 1.0
        evidence = sheet.evidence(title.span, f"{title.code}/{title.rule.name}")
        scores[title.code].count(title.rule.name, title.rule.weight * worth, evidence)
        if worth == 1.0:
            _untitle(scores, title.code, taxonomy)
    return scores


def _untitle(scores: Scores, titled: str, taxonomy: Taxonomy) -> None:
    """A title speaks against the kinds that have none, unless it is that of a kind that extends them."""
    for code, kind in taxonomy.types.items():
        if kind.untitled and code not in (titled, taxonomy.types[titled].extends):
            scores[code].count("judul-lain", -kind.untitled)


def _count_rules(
    scores: Scores, sheet: Sheet, taxonomy: Taxonomy, zones: Collection[Zone], worth: float
) -> None:
    subject = beside_label(sheet, taxonomy.landmarks) if "hal" in zones else []
    for code, kind in taxonomy.types.items():
        for rule in kind.rules:
            spans = _met(rule, sheet, subject) if rule.zone in zones else []
            if spans and len(spans) >= rule.at_least:
                evidence = sheet.evidence(spans[0], f"{code}/{rule.name}")
                scores[code].count(rule.name, rule.weight * worth, evidence)


def _met(rule: Rule, sheet: Sheet, subject: Sequence[Span]) -> list[Span]:
    """The first place of each phrase of a rule that is met in its zone."""
    if rule.zone == "hal":
        first = subject[0].first if subject else -1
        return [span for phrase in rule.phrases for span in sheet.find(phrase) if span.first == first]
    find = {"label": sheet.find_label, "start": sheet.find_start}.get(rule.zone, sheet.find)
    places = (find(phrase) for phrase in rule.phrases)
    return list({spans[0].first: spans[0] for spans in places if spans}.values())


def _titles(sheet: Sheet, taxonomy: Taxonomy) -> list[Title]:
    """The titles of a page from top to bottom: where several phrases fit, the longest; none under TENTANG."""
    longest: dict[int, Title] = {}
    for code, kind in taxonomy.types.items():
        for rule in kind.rules:
            for phrase in rule.phrases if rule.zone == "heading" else ():
                for span in sheet.find_start(phrase):
                    known = longest.get(span.first)
                    if _is_title(sheet, span) and (known is None or len(phrase) > known.length):
                        longest[span.first] = Title(code, rule, span, len(phrase))
    subject = next((span.first for span in sheet.find_start("tentang") if _is_title(sheet, span)), None)
    return [longest[first] for first in sorted(longest) if subject is None or first < subject]


def _is_title(sheet: Sheet, span: Span) -> bool:
    """Whether words stand as a title: high on the page, in capitals or centred by themselves."""
    row = sheet.rows[sheet.row_of[span.first]]
    if row.middle > TITLE_ABOVE:
        return False
    line = Span(span.first, row.last)
    if capitals(sheet.text(sheet.segment_of(span.first))) >= CAPITALS:
        return True
    box = sheet.box(line)
    centred = abs(box.x + box.w / 2 - sheet.middle) < CENTRED and box.w < NARROW
    return centred and span.first == row.first and sheet.words[span.first].text[:1].isupper()


def _count_name(scores: Scores, path: str, taxonomy: Taxonomy) -> None:
    """The file's name speaks only for kinds that the pages speak for too."""
    words = [fold(word) for word in re.split(r"[^A-Za-z]+", PurePath(path).stem) if word]
    for code, kind in taxonomy.types.items():
        for rule in kind.rules if scores[code].value > 0 else ():
            named = any(_names(fold(phrase), words) for phrase in rule.phrases)
            if rule.zone == "name" and named:
                scores[code].count(rule.name, rule.weight)


def _names(phrase: str, words: Sequence[str]) -> bool:
    return phrase in words or (len(phrase) >= SHORT and phrase in "".join(words))


def _inherited(scores: Scores, taxonomy: Taxonomy) -> Scores:
    """The scores, with what speaks for a kind counted for those that extend it."""
    whole = {}
    for code, kind in taxonomy.types.items():
        score = scores[code]
        parent = scores[kind.extends] if kind.extends else Score(0.0, {})
        inherited = {f"{kind.extends}:{rule}": reason for rule, reason in parent.reasons.items()}
        whole[code] = Score(score.value + parent.value, {**score.reasons, **inherited})
    return whole


def _label(scores: Scores, taxonomy: Taxonomy) -> tuple[Label, str]:
    """The code to give out, how sure it is, and the kind behind it ("" if none has enough evidence)."""
    best = max(scores, key=lambda code: scores[code].value)
    top = max(scores[best].value, taxonomy.enough)
    odds = {code: math.exp(score.value - top) for code, score in scores.items()}
    none = math.exp(taxonomy.enough - top)
    total = sum(odds.values()) + none
    if scores[best].value < taxonomy.enough:
        return Label(LAINNYA, round(min(UNKNOWN_AT_MOST, none / total), 3)), ""
    code = taxonomy.types[best].reported_as or best
    same = sum(odds[other] for other in odds if (taxonomy.types[other].reported_as or other) == code)
    weighed = sorted(scores[best].reasons.values(), key=lambda reason: -reason[0])
    reasons = tuple(evidence for weight, evidence in weighed if evidence and weight > 0)
    return Label(code, round(min(SUREST, same / total), 3), reasons), best
