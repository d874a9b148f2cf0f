"""Files that crashed, hung or bloated other programs, in one batch with good ones: the good are found."""

from __future__ import annotations

import json
from pathlib import Path

from bench.kills import marker
from tests.program import Program, save, sheet, total
from tests.watch import Watch

GOOD = 20


def test_hostile_files_harm_nobody(tmp_path: Path, corpus: Path) -> None:
    tree = tmp_path / "in"
    for number in range(GOOD):
        save(tree / f"baik-{number:02}.png", sheet("surat yang baik", marker(number)))
    for path in sorted((corpus / "hostile").iterdir()):
        (tree / f"jahat {path.name}").write_bytes(path.read_bytes())
    program = Program(tmp_path / "home")
    process = program.start("import", str(tree), "--batch", "jahat", "--json")
    watch = Watch(process)
    watch.start()
    out, err = process.communicate(timeout=900)
    watch.join()
    assert process.returncode == 3, err
    answer = json.loads(out)
    files = answer["files"]
    assert files["seen"] == GOOD + len(list((corpus / "hostile").iterdir()))
    assert files["seen"] == files["documents"] + files["known"] + files["ignored"] + files["refused"]
    assert total(answer) == answer["pages"]["total"]
    assert answer["pages"]["waiting"] == 0
    causes = [each["cause"] for each in answer["refused"] + answer["stopped"]]
    assert causes.count("unexpected") <= 0.02 * files["seen"], causes
    assert watch.reader_megabytes <= 900, watch.reader_megabytes
    for number in range(GOOD):
        found = program.run("search", marker(number), "--json").answer
        assert found["total"]["pages"] == 1, marker(number)
