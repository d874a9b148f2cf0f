"""Walking a tree: candidates in natural order, what is ignored by which rule, what is refused."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from archive.errors import PATH_MISSING, UNREADABLE, UNSUPPORTED, ArsipError
from ingest.kinds import SUPPORTED
from ingest.walk import (
    LONGEST_PATH,
    Candidate,
    Found,
    Ignored,
    Refused,
    ignored_by,
    natural,
    rules,
    storable,
    walk,
)


def scan(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (4, 4), 255).save(path, "PNG" if path.suffix == ".bin" else None)


def paths(found: list[Found]) -> list[str]:
    return [each.path for each in found]


def test_files_come_in_natural_order_folder_by_folder(tmp_path: Path) -> None:
    for name in ("page10.png", "page2.png", "Page1.png", "box 2/a.pdf", "box 10/a.pdf", "box 2/inner/z.png"):
        scan(tmp_path / name)
    assert paths(list(walk(tmp_path, "file"))) == [
        "Page1.png",
        "page2.png",
        "page10.png",
        "box 2/a.pdf",
        "box 2/inner/z.png",
        "box 10/a.pdf",
    ]


def test_by_folder_the_images_of_a_folder_are_one_document(tmp_path: Path) -> None:
    for name in ("letter/p10.png", "letter/p9.png", "letter/whole.pdf", "letter/annex/p1.png", "loose.png"):
        scan(tmp_path / name)
    found = [each for each in walk(tmp_path, "folder") if isinstance(each, Candidate)]
    assert {each.path: [file.path for file in each.files] for each in found} == {
        ".": ["loose.png"],
        "letter/whole.pdf": ["letter/whole.pdf"],
        "letter": ["letter/p9.png", "letter/p10.png"],
        "letter/annex": ["letter/annex/p1.png"],
    }


def test_a_pdf_named_as_an_image_is_no_page_of_its_folder(tmp_path: Path) -> None:
    Image.new("L", (4, 4)).save(tmp_path / "a.jpg", "PDF")
    scan(tmp_path / "b.png")
    assert paths(list(walk(tmp_path, "folder"))) == ["a.jpg", "."]


def test_found_files_open_and_know_their_size(tmp_path: Path) -> None:
    scan(tmp_path / "a.png")
    (found,) = walk(tmp_path, "file")
    assert isinstance(found, Candidate)
    (file,) = found.files
    status = (tmp_path / "a.png").stat()
    assert (file.size, file.mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert file.absolute.read_bytes() == (tmp_path / "a.png").read_bytes()


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Thumbs.db", "system-file"),
        (".DS_Store", "system-file"),
        ("desktop.ini", "system-file"),
        ("~$laporan.docx", "temporary-file"),
        ("scan.pdf.part", "temporary-file"),
        (".rahasia.pdf", "hidden-file"),
        ("surat.DOCX", "office-document"),
        ("daftar.xlsx", "office-document"),
        ("catatan.txt", "text-or-data"),
        ("arsip.zip", "archive"),
        ("scan.xmp", "sidecar"),
        ("rapat.mp3", "sound-or-film"),
        ("setup.exe", "program"),
    ],
)
def test_what_is_no_document_is_ignored_by_a_named_rule(tmp_path: Path, name: str, rule: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert list(walk(tmp_path, "file")) == [Ignored(name, rule)]


def test_no_rule_hides_a_kind_that_is_read() -> None:
    assert [name for name in sorted(SUPPORTED) if ignored_by(f"scan{name}")] == []
    assert len({name for name, _patterns in rules()}) == len(rules())


def test_unknown_names_are_judged_by_content(tmp_path: Path) -> None:
    scan(tmp_path / "scan0001.bin")
    (tmp_path / "scan0002.bin").write_bytes(b"nothing")
    (tmp_path / "empty").touch()
    assert paths([each for each in walk(tmp_path, "file") if isinstance(each, Candidate)]) == ["scan0001.bin"]
    ignored = [each for each in walk(tmp_path, "file") if isinstance(each, Ignored)]
    assert [(each.path, each.rule) for each in ignored] == [
        ("empty", "unknown-kind"),
        ("scan0002.bin", "unknown-kind"),
    ]


def test_an_empty_file_with_a_good_name_is_a_candidate(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").touch()
    assert isinstance(next(walk(tmp_path, "file")), Candidate)


def test_pictures_in_other_formats_are_refused_so_that_somebody_converts_them(tmp_path: Path) -> None:
    (tmp_path / "a.heic").write_bytes(b"x")
    (found,) = walk(tmp_path, "file")
    assert isinstance(found, Refused)
    assert found.failure.cause == UNSUPPORTED.code
    assert found.failure.details == {"format": "heic"}


def test_links_are_followed_to_files_inside_the_tree_only(tmp_path: Path) -> None:
    scan(tmp_path / "outside.png")
    scan(tmp_path / "tree/a.png")
    tree = tmp_path / "tree"
    for name, target in {
        "b.png": tree / "a.png",
        "c.png": tmp_path / "outside.png",
        "d.png": tree / "d.png",
        "e.png": tree / "nowhere.png",
        "up": tmp_path,
        "same": tree,
    }.items():
        (tree / name).symlink_to(target)
    found = list(walk(tree, "file"))
    assert paths([each for each in found if isinstance(each, Candidate)]) == ["a.png", "b.png"]
    refused = [each for each in found if isinstance(each, Refused)]
    assert paths(list(refused)) == ["c.png", "d.png", "e.png", "same", "up"]
    assert {each.failure.cause for each in refused} == {UNSUPPORTED.code}


def test_pipes_and_sockets_are_refused_without_waiting_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("b.pdf")
        found = list(walk(tmp_path, "file"))
    assert [each.failure.details for each in found if isinstance(each, Refused)] == [
        {"format": "pipe"},
        {"format": "socket"},
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="not run: root may read everything")
def test_what_may_not_be_read_is_refused(tmp_path: Path) -> None:
    scan(tmp_path / "a.png")
    (tmp_path / "a.png").chmod(0)
    (tmp_path / "locked").mkdir(mode=0)
    found = list(walk(tmp_path, "file"))
    (tmp_path / "locked").chmod(0o700)
    assert [each.failure.cause for each in found if isinstance(each, Refused)] == [UNREADABLE.code] * 2


def test_a_folder_that_is_gone_when_its_turn_comes_is_refused(tmp_path: Path) -> None:
    scan(tmp_path / "a.png")
    (tmp_path / "b").mkdir()
    walking = walk(tmp_path, "file")
    next(walking)
    (tmp_path / "b").rmdir()
    (found,) = walking
    assert isinstance(found, Refused)
    assert (found.path, found.failure.cause) == ("b", UNREADABLE.code)


def test_hidden_folders_are_told_and_not_entered(tmp_path: Path) -> None:
    scan(tmp_path / ".trash/a.png")
    scan(tmp_path / "@eaDir/a.png")
    assert list(walk(tmp_path, "file")) == [
        Ignored(".trash", "hidden-folder"),
        Ignored("@eaDir", "hidden-folder"),
    ]


def test_names_that_are_no_utf8_are_shown_and_still_open(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    try:
        scan(tmp_path / name)
    except OSError:
        pytest.skip("not run: this file system keeps no such names")
    (found,) = walk(tmp_path, "file")
    assert isinstance(found, Candidate)
    assert found.path == "caf\\xe9.png"
    assert found.files[0].absolute.read_bytes().startswith(b"\x89PNG")


def test_a_single_file_is_one_candidate(tmp_path: Path) -> None:
    scan(tmp_path / "a.png")
    (found,) = walk(tmp_path / "a.png", "folder")
    assert isinstance(found, Candidate)
    assert found.path == "a.png"
    assert [file.path for file in found.files] == ["a.png"]


def test_nothing_there_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(ArsipError) as caught:
        list(walk(tmp_path / "missing", "file"))
    assert caught.value.failure.cause == PATH_MISSING.code


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A folder with a file below 1,500 more, taken away here: pytest's own cleaning would recurse."""
    folders = [tmp_path]
    for _ in range(1500):
        folders.append(Path(f"{folders[-1]}/d"))
        folders[-1].mkdir()
    file = folders[-1] / "a.pdf"
    file.touch()
    yield tmp_path
    file.unlink()
    for folder in reversed(folders[1:]):
        folder.rmdir()


def test_very_deep_folders_are_walked(deep: Path) -> None:
    (found,) = walk(deep, "file")
    assert isinstance(found, Refused)  # it was come to, and is deeper than a catalog can keep
    assert found.path.endswith("/a.pdf")


@given(st.lists(st.text()))
def test_natural_order_is_total_and_puts_numbers_by_value(names: list[str]) -> None:
    assert sorted(sorted(names), key=natural) == sorted(sorted(names, reverse=True), key=natural)


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_numbers_sort_by_value(first: int, second: int) -> None:
    assert (natural(f"p{first}") < natural(f"p{second}")) == (first < second)


@given(st.binary(max_size=40).filter(lambda name: b"\0" not in name))
def test_storable_names_are_utf8(name: bytes) -> None:
    storable(os.fsdecode(name)).encode("utf-8")


def test_a_path_that_is_too_long_to_be_kept_is_refused_with_a_shorter_one(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["a" * 200] * 8)
    for path in (folder / "b.png", folder / "c.png", folder.parent / "d.png"):
        scan(path)
    (folder / "Thumbs.db").write_bytes(b"x")
    found = list(walk(tmp_path, "folder"))
    refused = [each for each in found if isinstance(each, Refused)]
    assert [each.failure.cause for each in refused] == ["path-too-long"] * 2
    assert [each.failure.details for each in refused] == [{"bytes": 1613, "limit": 1500}] * 2
    assert [each.path[-6:] for each in refused] == ["/b.png", "/c.png"]
    (ignored,) = [each for each in found if isinstance(each, Ignored)]
    kept = {ignored.path, *(each.path for each in refused)}
    assert len(kept) == 3
    assert all(len(each.encode()) <= LONGEST_PATH for each in kept)
    assert [len(each.files) for each in found if isinstance(each, Candidate)] == [1]


def test_a_folder_whose_own_path_is_too_long_is_not_begun(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["a" * 200] * 6)
    scan(folder / "a.png")
    with pytest.raises(ArsipError, match="path-too-long"):
        list(walk(folder, "file"))
