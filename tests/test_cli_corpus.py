"""All real scans through the real program: every page accounted for, and no folder loses words by it."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from archive.types import ReadOptions
from bench import generated, recall, truth
from tests.program import Program, total

OPTIONS = ReadOptions()
IMAGES = (".tif", ".tiff", ".png", ".jpg")


def bare(path: Path) -> int:
    """True words that the bare engine finds on the native grey image."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    words = generated.as_text(recall.bare(path, OPTIONS))
    return truth.found(words, recall.truth_of(path).read_text("utf-8"))


def test_all_real_scans_are_read_and_no_folder_loses_words(tmp_path: Path, corpus: Path) -> None:
    program = Program(tmp_path / "home")
    answer = program.imported(corpus / "scans", batch="scans")
    pages = answer["pages"]
    images = [path for path in (corpus / "scans").glob("*/*") if path.suffix in IMAGES]
    assert answer["documents"] == pages["total"] == len(images)
    assert total(answer) == pages["total"]
    assert (pages["stopped"], pages["waiting"], answer["refused"]) == (0, 0, [])

    exported = program.run("export", "--batch", "scans", "--text", "-o", str(tmp_path / "text"), "--json")
    assert exported.code == 0
    folders = recall.scans(corpus, 0)
    with ProcessPoolExecutor(2) as pool:
        theirs = {name: sum(pool.map(bare, paths)) for name, paths in folders.items()}
    lost, disorder = [], []
    for name, paths in folders.items():
        mine = words = 0
        for path in paths:
            text = (tmp_path / "text" / name / f"{path.stem}.txt").read_text("utf-8")
            true = recall.truth_of(path).read_text("utf-8")
            found, of = truth.found(text, true), truth.words(true).total()
            mine, words = mine + found, words + of
            if truth.error_rate(text, true) > recall.DISORDER[0] and found / of > recall.DISORDER[1]:
                disorder.append(path.stem)
        print(f"{name:10} recall {mine / words:.2%}, bare engine {theirs[name] / words:.2%}")
        if (theirs[name] - mine) / words > recall.TOLERANCE:
            lost.append(name)
    print("read in another order:", ", ".join(disorder) or "none")
    assert lost == []
