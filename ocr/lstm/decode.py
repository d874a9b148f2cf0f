"""From the probabilities along a line to its characters: the likeliest, and a dictionary where it is close.

Sources: Graves et al., "Connectionist temporal classification" (ICML 2006); Hannun et al., "First-pass large
vocabulary continuous speech recognition using bi-directional recurrent DNNs" (2014), the prefix beam;
Tesseract 5.5, ``recodebeam.cpp``, for what a word of the dictionary is worth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Steps = NDArray[np.float32]

OFFSET, RATIO = 0.085, 2.25
"""What every step costs, and how many times the cost of a word counts that no dictionary knows."""

SURE_BLANK, RIVAL, PEAK = 0.95, 0.2, 0.7
"""A window goes from blank to blank of the first probability. It is looked at again where a character has the
second without being the likeliest, or where the likeliest stays below the third."""

DOUBT = 0.03
"""What RIVAL is in a word that no dictionary has."""

WIDTH, BEST = 6, 4
"""How many prefixes a beam keeps, and how many of its results are compared."""

_LEAST = 0.002
_HOPELESS = 1e-3
_NEVER = (0.0, 0.0)
_FLOOR = 1e-9
_LONGEST = 400

Knows = Callable[[Sequence[int]], bool]


class Glyph(NamedTuple):
    """A character: its output of the network, and the first and the last step at which it stands."""

    code: int
    first: int
    last: int


class Choice(NamedTuple):
    """What may stand in a window: outputs in their order, and the logarithm of its probability."""

    codes: tuple[int, ...]
    score: float


def greedy(steps: Steps, null: int) -> list[Glyph]:
    """The likeliest output of every step, repeats taken together, blanks left out."""
    best = steps.argmax(1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    stops = np.append(starts, len(best))[1:]
    runs = zip(best[starts].tolist(), starts.tolist(), (stops - 1).tolist(), strict=True)
    return [Glyph(code, first, last) for code, first, last in runs if code != null]


def decode(steps: Steps, null: int, space: int, knows: Knows) -> tuple[list[Glyph], NDArray[np.float64]]:
    """The characters of a line, and how likely each step is as it was read (``step_scores``).

    ``steps`` are probabilities of shape (steps, outputs); ``knows`` says whether a dictionary has a word.
    """
    glyphs = greedy(steps, null)
    costs = step_scores(steps, glyphs, null)
    changed = False
    rival = np.full(len(steps), RIVAL)
    for first, stop in unknown(glyphs, space, knows, len(steps)):
        rival[first:stop] = DOUBT
    for first, stop in windows(steps, glyphs, null, rival):
        choices = beam(steps[first:stop], null)
        inside = [g for g in glyphs if first <= g.first < stop]
        before = [g for g in glyphs if g.first < first]
        behind = [g for g in glyphs if g.first >= stop]
        now = tuple(g.code for g in inside)
        best = _chosen(choices, before, behind, costs, (first, stop), space, knows)
        if best.codes != now:
            glyphs = [*before, *aligned(steps, best.codes, first, stop, null), *behind]
            changed = True
    return glyphs, step_scores(steps, glyphs, null) if changed else costs


def _chosen(
    choices: list[Choice],
    before: list[Glyph],
    behind: list[Glyph],
    costs: NDArray[np.float64],
    window: tuple[int, int],
    space: int,
    knows: Knows,
) -> Choice:
    """The likeliest choice, or another that makes words of a dictionary and is worth more for that."""
    start = next((k + 1 for k in range(len(before) - 1, -1, -1) if before[k].code == space), 0)
    end = next((k for k, glyph in enumerate(behind) if glyph.code == space), len(behind))
    head, tail = [g.code for g in before[start:]], [g.code for g in behind[:end]]
    since = before[start].first if head else window[0]
    until = behind[end - 1].last + 1 if tail else window[1]
    rest = costs[since : window[0]].sum() + costs[window[1] : until].sum()

    def worth(choice: Choice) -> float:
        total = rest + choice.score - OFFSET * (until - since)
        words = split([*head, *choice.codes, *tail], space)
        known = bool(words) and all(knows(word) for word in words)
        return float(total if known else RATIO * total)

    return max(choices, key=worth)


def split(codes: Sequence[int], space: int) -> list[list[int]]:
    """Words between spaces."""
    words: list[list[int]] = [[]]
    for code in codes:
        if code == space:
            words.append([])
        else:
            words[-1].append(code)
    return [word for word in words if word]


def step_scores(steps: Steps, glyphs: Sequence[Glyph], null: int) -> NDArray[np.float64]:
    """The logarithm of how likely each step is as it was read, as Tesseract's beam counts it.

    Where a character begins or ends a blank would do as well, so both count together there: at one step
    outside its run, or at the outermost one inside, whichever is likelier (ContinueContext).
    """
    likely = steps[:, null].astype(np.float64)
    for code, start, stop in glyphs:
        likely[start : stop + 1] = steps[start : stop + 1, code]
    if glyphs:
        codes, first, last = np.array(glyphs, np.int64).T
        apart = first[1:] > last[:-1] + 1  # whether there is a blank between a character and the next
        single = first == last
        free = np.concatenate([first[:1] > 0, apart])
        _count_together(likely, steps, null, codes, (first, np.maximum(first - 1, 0)), free, single)
        free = np.concatenate([apart, last[-1:] < len(steps) - 1])
        _count_together(
            likely, steps, null, codes, (last, np.minimum(last + 1, len(steps) - 1)), free, single
        )
    return np.log(np.clip(likely, _FLOOR, 1.0))


def _count_together(
    likely: NDArray[np.float64],
    steps: Steps,
    null: int,
    codes: NDArray[np.int64],
    edge: tuple[NDArray[np.int64], NDArray[np.int64]],
    free: NDArray[np.bool_],
    single: NDArray[np.bool_],
) -> None:
    """Raises what is likely at one edge of each run, given as its step inside and the one outside.

    ``free`` tells where the step outside is a blank; a ``single`` step inside must be the character itself.
    """
    inside, outside = edge
    alone, both = steps[inside, codes], np.minimum(steps[inside, codes] + steps[inside, null], 1)
    both_outside = steps[outside, codes] + steps[outside, null]
    beyond = free & (single | (both_outside * alone > steps[outside, null] * both))
    within = ~beyond & ~single
    np.maximum.at(likely, outside[beyond], both_outside[beyond])
    np.maximum.at(likely, inside[within], both[within])


def neighbours(
    length: int, glyphs: Sequence[Glyph], null: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each step the character that stands there or was the last, and that or the next; blank for none."""
    codes = np.array([null, *(g.code for g in glyphs), null], np.int64)
    firsts = np.array([0, *(g.first for g in glyphs), length])
    lasts = np.array([-1, *(g.last for g in glyphs), length - 1])
    return np.repeat(codes[:-1], np.diff(firsts)), np.repeat(codes[1:], np.diff(lasts))


def unknown(glyphs: Sequence[Glyph], space: int, knows: Knows, length: int) -> Iterator[tuple[int, int]]:
    """First step and end of every word that no dictionary has, with the spaces beside it."""
    start, word = 0, list[int]()
    for glyph in glyphs:
        if glyph.code != space:
            word.append(glyph.code)
            continue
        if word and not knows(word):
            yield start, glyph.last + 1
        start, word = glyph.first, []
    if word and not knows(word):
        yield start, length


def windows(
    steps: Steps, glyphs: Sequence[Glyph], null: int, rival: NDArray[np.float64]
) -> Iterator[tuple[int, int]]:
    """First step and end of what lies between sure blanks and is not clear.

    ``rival`` is, for each step, the probability from which on another character is a rival.
    """
    if not glyphs:
        return
    before, behind = neighbours(len(steps), glyphs, null)
    rows, winner = np.arange(len(steps)), steps.argmax(1)
    rivals = steps > rival[:, None]
    rivals[:, null] = False
    rivals[rows, before] = rivals[rows, behind] = rivals[rows, winner] = False
    unclear = np.array(rivals.any(1), np.bool_)
    codes, first, last = np.array(glyphs, np.int64).T
    peaks = np.maximum.reduceat(np.where(winner == null, 0, steps[rows, winner]), first)
    unclear[first[peaks < PEAK]] = True
    # Two characters without a blank between them may be one that the network is in two minds about.
    pair = np.flatnonzero(first[1:] == last[:-1] + 1)
    mixed = (steps[first[pair + 1], codes[pair]] > RIVAL) | (steps[last[pair], codes[pair + 1]] > RIVAL)
    unclear[last[pair[mixed]]] = True
    if not unclear.any():
        return
    open_ = np.concatenate([[False], steps[:, null] <= SURE_BLANK, [False]])
    edges = np.flatnonzero(np.diff(open_))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start <= _LONGEST and unclear[start:stop].any():
            yield int(start), int(stop)


def beam(steps: Steps, null: int) -> list[Choice]:
    """The likeliest sequences of characters, over all ways in which they can stand, the best first.

    For each prefix two probabilities are kept: that its last step is blank, and that it is its character.
    """
    prefixes: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    shift = 0.0
    chances = [dict[int, float]() for _ in steps]
    rows, codes = np.nonzero(steps > _LEAST)
    for row, code, chance in zip(rows.tolist(), codes.tolist(), steps[rows, codes].tolist(), strict=True):
        chances[row][code] = chance
    for likely, blank in zip(chances, steps[:, null].tolist(), strict=True):
        likely.pop(null, None)
        following: dict[tuple[int, ...], tuple[float, float]] = {}
        for prefix, (ends_blank, ends_character) in prefixes.items():
            both = ends_blank + ends_character
            last = prefix[-1] if prefix else -1
            before = following.get(prefix, _NEVER)
            again = likely.get(last, 0.0)
            following[prefix] = before[0] + both * blank, before[1] + ends_character * again
            for code, chance in likely.items():
                share = (ends_blank if code == last else both) * chance
                if share > _HOPELESS:
                    longer = (*prefix, code)
                    before = following.get(longer, _NEVER)
                    following[longer] = before[0], before[1] + share
        kept = sorted(following.items(), key=_share, reverse=True)[:WIDTH]
        scale = sum(kept[0][1]) or _FLOOR
        shift += math.log(scale)
        prefixes = {prefix: (a / scale, b / scale) for prefix, (a, b) in kept}
    ranked = list(prefixes.items())[:BEST]
    return [Choice(prefix, shift + math.log(max(sum(ends), _FLOOR))) for prefix, ends in ranked]


def _share(item: tuple[tuple[int, ...], tuple[float, float]]) -> float:
    """How likely a prefix is, whatever it ends with."""
    return item[1][0] + item[1][1]


def aligned(steps: Steps, codes: Sequence[int], first: int, stop: int, null: int) -> list[Glyph]:
    """Where the characters of a window most likely stand (Viterbi over blank, character, blank, …)."""
    states = [null]
    for code in codes:
        states += [code, null]
    with np.errstate(divide="ignore"):
        logs = np.log(np.maximum(steps[first:stop][:, states], _FLOOR)).astype(np.float64)
    count = len(states)
    # A blank between two different characters may be left out.
    skips = np.array([k % 2 == 1 and k > 1 and states[k] != states[k - 2] for k in range(count)])
    score = np.full(count, -np.inf)
    score[:2] = logs[0, :2]
    back = np.zeros((stop - first, count), np.int64)
    for step in range(1, stop - first):
        came = np.stack([score, _moved(score, 1), np.where(skips, _moved(score, 2), -np.inf)])
        back[step] = came.argmax(0)
        score = came.max(0) + logs[step]
    state = count - 1 if count == 1 or score[-1] >= score[-2] else count - 2
    path = [state]
    for step in range(stop - first - 1, 0, -1):
        path.append(path[-1] - int(back[step][path[-1]]))
    where = np.array(path[::-1])
    found = []
    for place, code in enumerate(codes):
        at = np.flatnonzero(where == 2 * place + 1)
        if len(at):
            found.append(Glyph(code, first + int(at[0]), first + int(at[-1])))
    return found


def _moved(score: NDArray[np.float64], places: int) -> NDArray[np.float64]:
    moved = np.full(len(score), -np.inf)
    moved[places:] = score[: len(score) - places]
    return moved
