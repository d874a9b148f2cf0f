"""Tesseract's files taken apart: what a model must hold, and that anything strange is left to Tesseract."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from ocr import tessdata
from ocr.lstm.alphabet import alphabet_of
from ocr.lstm.dawg import Lexicon
from ocr.lstm.model import model_of
from ocr.lstm.network import network_of
from ocr.lstm.traineddata import LSTM, NUMBERS, RECODER, UNICHARSET, WORDS, Layer, Unknown, parts, trained
from tests.lstm_emulation import file_of

LANGUAGES = ("ind", "eng")


def file(language: str) -> bytes:
    return tessdata.path(language).read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_is_its_parts(language: str) -> None:
    found = parts(file(language))
    assert {LSTM, WORDS, NUMBERS, UNICHARSET, RECODER} <= found.keys()
    assert file_of(found) == file(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_layers_fit_each_other(language: str) -> None:
    learnt = trained(parts(file(language)))
    network = network_of(learnt)
    assert network.height == 36
    assert network.output.weights.shape[1] == network.line[-1].size + 1
    assert [lstm.reverse for lstm in network.line] == [False, True, False]
    for matrix in (network.convolution, network.column.cell, network.line[0].forget, network.output):
        assert matrix.scale is not None
        assert np.isfinite(matrix.real).all()
        # Each row of weights uses the whole range of eight bits, or what there is of it is a mistake.
        assert np.abs(matrix.weights.astype(int)).max(1).min() > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_has_a_code_of_its_own(language: str) -> None:
    found = parts(file(language))
    learnt = trained(found)
    alphabet = alphabet_of(found, learnt, len(network_of(learnt).output.weights))
    texts = [text for text in alphabet.texts if text]
    assert len(set(texts)) == len(texts) == len(alphabet.texts) - 1
    assert set("abcxyzABCXYZ.,:-/") <= set(texts)
    assert {alphabet.texts[code] for code in alphabet.marks} >= set(".,:-/")


def test_dictionaries_know_words_numbers_and_punctuation() -> None:
    found = parts(file("ind"))
    learnt = trained(found)
    alphabet = alphabet_of(found, learnt, len(network_of(learnt).output.weights))
    lexicon = Lexicon(found, alphabet)

    def knows(word: str) -> bool:
        return lexicon.knows([alphabet.texts.index(letter) for letter in word])

    assert all(map(knows, ("rapat", "Nomor", "dan", "kepada,", "(surat)", "2019", "1.250.000", "31/12/2019")))
    assert not any(map(knows, ("rapatt", "rapattan", "", "...", ")surat(", "x1x2x3")))


@pytest.mark.parametrize("share", [0.0, 0.00001, 0.001, 0.02, 0.2, 0.5, 0.99])
def test_a_file_cut_short_is_left_to_tesseract(share: float) -> None:
    whole = file("ind")
    with pytest.raises(Unknown):
        model_of(whole[: int(share * len(whole))])


@pytest.mark.parametrize("part", [LSTM, UNICHARSET, RECODER])
def test_a_part_that_is_missing_or_garbled_is_left_to_tesseract(part: int) -> None:
    found = parts(file("ind"))
    for strange in (None, b"", found[part][:-300], found[part] + b"\x00" * 9, bytes(reversed(found[part]))):
        changed = (
            {**found, part: strange} if strange is not None else {k: found[k] for k in found if k != part}
        )
        with pytest.raises(Unknown):
            model_of(file_of({k: v for k, v in changed.items() if v is not None}))


def test_any_byte_may_be_wrong() -> None:
    """No garbled network ends in anything but a model that reads its line, or Unknown."""
    found = parts(file("ind"))
    rng = np.random.default_rng(1)
    for _ in range(60):
        garbled = bytearray(found[LSTM])
        garbled[int(rng.integers(0, 600))] ^= int(rng.integers(1, 256))
        try:
            model_of(file_of({**found, LSTM: bytes(garbled)}))
        except Unknown:
            continue


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda top: Layer(top.kind, 0, 0, layers=top.layers[1:]), "topology"),
        (lambda top: Layer("Parallel", 0, 0, layers=top.layers), "topology"),
        (lambda top: Layer(top.kind, 0, 0, layers=(*top.layers[:2], *top.layers[3:])), "topology"),
        (lambda top: Layer(top.kind, 0, 0, layers=(*top.layers[:-1], top.layers[-2])), "topology"),
    ],
)
def test_another_topology_is_left_to_tesseract(change, reason: str) -> None:  # type: ignore[no-untyped-def]
    learnt = trained(parts(file("ind")))
    network_of(learnt)
    with pytest.raises(Unknown, match=reason):
        network_of(type(learnt)(change(learnt.network), learnt.flags, learnt.samples, learnt.null))


def test_weights_that_are_no_numbers_fail_the_line_that_is_tried() -> None:
    found = parts(file("ind"))
    scale = struct.pack("<d", trained(found).network.layers[-1].matrices[0].scale[0])  # type: ignore[index]
    assert found[LSTM].count(scale) == 1
    broken = found[LSTM].replace(scale, struct.pack("<d", float("nan")))
    with pytest.raises(Unknown, match="not a number"):
        model_of(file_of({**found, LSTM: broken}))


def test_weights_that_say_nothing_fail_the_line_that_is_tried() -> None:
    found = parts(file("ind"))
    scales = trained(found).network.layers[-1].matrices[0].scale
    assert scales is not None
    broken = found[LSTM].replace(scales.tobytes(), np.zeros_like(scales).tobytes())
    assert broken != found[LSTM]
    with pytest.raises(Unknown, match="line"):
        model_of(file_of({**found, LSTM: broken}))
