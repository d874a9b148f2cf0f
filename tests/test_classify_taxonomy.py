"""The taxonomy file: what is in it, and that an office can put its own in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import ArsipError
from classify.describe import REVISION, VERSION, describe, version
from classify.taxonomy import BUNDLED, LAINNYA, load
from tests.classify_pages import page

CODES = {
    "surat_dinas", "undangan", "nota_dinas", "spt", "keputusan",
    "edaran", "berita_acara", "keterangan", "spk", "kwitansi",
}  # fmt: skip
HEAD = """
version = 7
enough = 3.0
[landmarks]
nomor = ["nomor"]
hal = ["hal"]
tanggal = ["tanggal"]
other_labels = []
body = []
attachment = []
received = []
"""
MEMO = """
[types.memo]
name = "Memo"
rules = [{ name = "judul", zone = "heading", phrases = ["memo"], weight = 6.0 }]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "types.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_ten_codes_are_given_out_and_lainnya() -> None:
    given = {kind.reported_as or code for code, kind in load().types.items()}
    assert given == CODES | {LAINNYA}


def test_an_office_can_bring_its_own_types(tmp_path: Path) -> None:
    own = load(written(tmp_path, HEAD + MEMO))
    described = describe(
        [page("^MEMO\n\nNomor : 1/MD/2020\nisi memo ini panjang sekali untuk diuji saja")], "x", own
    )
    assert described.label.code == "memo"


def test_the_version_changes_with_the_file(tmp_path: Path) -> None:
    own = load(written(tmp_path, HEAD + MEMO))
    assert version(own).startswith(f"{REVISION}.7-")
    assert version(own) != VERSION == version(load(BUNDLED))


@pytest.mark.parametrize(
    "text",
    [
        HEAD + MEMO + "colour = 3\n",
        HEAD + MEMO.replace('zone = "heading"', 'zone = "footer"'),
        HEAD + MEMO.replace("weight = 6.0", 'weight = "much"'),
        HEAD + MEMO + 'extends = "letter"\n',
        HEAD + MEMO + 'reported_as = "letter"\n',
        HEAD + MEMO.replace('["memo"]', '[" "]'),
        HEAD + MEMO.replace("types.memo", "types.lainnya"),
        HEAD.replace("enough = 3.0", "") + MEMO,
        "types = [",
    ],
)
def test_a_wrong_file_is_refused_with_its_cause(tmp_path: Path, text: str) -> None:
    with pytest.raises(ArsipError) as caught:
        load(written(tmp_path, text))
    assert caught.value.failure.cause == "bad-setting"
    assert caught.value.failure.details["name"] == "types.toml"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArsipError) as caught:
        load(tmp_path / "none.toml")
    assert caught.value.failure.cause == "unreadable-file"
