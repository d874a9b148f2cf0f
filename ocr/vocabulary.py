"""The words that Tesseract's models know: what a reading can be measured by, whoever made it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ocr import tessdata
from ocr.lstm.alphabet import alphabet_of
from ocr.lstm.dawg import Dawg
from ocr.lstm.traineddata import WORDS, Unknown, parts, trained


class Vocabulary:
    """The dictionary of one model; empty for a model without one, or of a shape that is not known here."""

    def __init__(self, model: bytes) -> None:
        self._words: Dawg | None = None
        self._numbers: dict[str, int] = {}
        try:
            found = parts(model)
            learnt = trained(found)
            alphabet = alphabet_of(found, learnt, learnt.network.outputs)
            self._words = Dawg(found[WORDS])
        except (Unknown, KeyError):
            return
        self._numbers = {
            text: number
            for text, number in zip(alphabet.texts, alphabet.numbers, strict=True)
            if len(text) == 1
        }

    def __contains__(self, word: str) -> bool:
        if self._words is None or any(letter not in self._numbers for letter in word):
            return False
        return [self._numbers[letter] for letter in word] in self._words


def knows(word: str, languages: str) -> bool:
    """Whether one of these languages (``ind+eng``) has the word, as it is written or in small letters."""
    return any(
        word in vocabulary or word.lower() in vocabulary
        for vocabulary in (_of(language) for language in languages.split("+"))
    )


def _of(language: str) -> Vocabulary:
    path = tessdata.path(language)
    state = path.stat()
    return _loaded(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=8)
def _loaded(path: Path, _size: int, _mtime_ns: int) -> Vocabulary:
    return Vocabulary(path.read_bytes())
