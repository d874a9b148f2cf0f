"""Every hostile file and every real PDF, page by page, in a child with limits as a reader is."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CHILD = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
from archive.errors import failure_of
from archive.types import PrepareOptions, Source
from ingest.inspect import inspect
from ingest.prepare import picture, prepare

def tell(call):
    try:
        return call(), "ok"
    except Exception as error:
        return None, failure_of(error).cause

for path in sys.argv[1:]:
    options, told = PrepareOptions(), []
    found, cause = tell(lambda: inspect(path, path, options))
    told.append(cause)
    for number in range(min(found.frames, 10) if found else 0):
        page = Source(path, "blob", found.media_type, number)
        told.append(tell(lambda: prepare(page, options))[1])
        told.append(tell(lambda: picture(page, 0, 800, options))[1])
    # ru_maxrss would begin with what the test's own process has: exec keeps it.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    peak = int(status["VmHWM"].split()[0]) // 1024
    print(json.dumps([path, told, peak]), flush=True)
"""


def run(files: list[Path]) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CHILD, *map(str, files)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_hostile_file_ends_in_pages_or_in_a_cause(corpus: Path) -> None:
    files = sorted((corpus / "hostile").iterdir())
    told = run(files)
    assert len(told) == len(files) > 50
    fitting = {"ok", "damaged-page", "damaged-file", "encrypted-pdf", "not-as-named", "unsupported-format"}
    assert [each for each in told if not fitting.issuperset(each[1])] == []
    assert max(peak for _path, _causes, peak in told) < 900
    causes = {Path(path).name: causes[0] for path, causes, _peak in told}
    assert causes["qpdf-enc-R3_V2_U_view_O_master.pdf"] == "encrypted-pdf"
    assert causes["qpdf-enc-XI-base.pdf"] == "ok"
    assert causes["qpdf-fuzz-18241.fuzz.pdf"] == "not-as-named"
    assert causes["pillow-decompression_bomb.gif"] == "unsupported-format"


def test_every_page_of_every_real_pdf_opens(corpus: Path) -> None:
    told = run(sorted((corpus / "pdfs").glob("*.pdf")))
    assert len(told) > 20
    assert [path for path, causes, _peak in told if set(causes) != {"ok"}] == []
    assert max(peak for _path, _causes, peak in told) < 900
