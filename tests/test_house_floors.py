"""The floors of the house: who may import whom, and which packages are met in one place only."""

from __future__ import annotations

from tests.house import OUTSIDE, ROOT, Import, imports, python_files

GROUND = {"types", "errors", "geometry", "messages", "months", "ids", "urls"}
"""What of archive/ lies on floor 0; the rest of it keeps things, and lies on floor 1."""

FLOORS = {
    **dict.fromkeys(("ingest", "ocr", "classify", "index", "access"), 1.0),
    "settings": 1.5,
    **dict.fromkeys(("pipeline", "search"), 2.0),
    **dict.fromkeys(("worker", "records"), 3.0),
    **dict.fromkeys(("cli", "commands", "web"), 4.0),
}

PLACES = {
    "click": ("cli", "commands"),
    "rich": ("cli", "commands"),
    "sqlalchemy": ("archive",),
    "alembic": ("archive",),
    "pysqlite3": ("archive",),
    "psycopg": ("archive",),
    "cv2": ("ingest", "ocr"),  # where a page is cleaned, and where its lines are found
    "pypdfium2": ("ingest",),
    "pikepdf": ("ingest", "ocr"),  # where PDFs are written: contact sheets, exports
    "pytesseract": ("ocr",),
    "tesserocr": ("ocr",),
    "onnxruntime": ("ocr",),
    "pdfplumber": ("ocr",),
    "sklearn": ("classify",),
    "elasticsearch": ("index",),
    "tantivy": ("index",),
    "dramatiq": ("worker",),
    "pika": ("worker",),
    "redis": ("worker",),
    "fastapi": ("web",),
}


def room(module: str) -> str:
    """The room of a module: its folder or file at the top; archive/ is ground, store and catalog."""
    parts = module.split(".")
    if parts[0] != "archive":
        return parts[0]
    if len(parts) == 1 or parts[1] in GROUND:
        return "archive"
    return "archive.store" if parts[1] == "store" else "archive.catalog"


def floor(name: str) -> float | None:
    """The floor of a room; None for what is not ours."""
    if name.startswith("archive"):
        return 0.0 if name == "archive" else 1.0
    return FLOORS.get(name)


def room_of(file: str) -> str:
    """The room that a file of ours lies in."""
    return room(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


def imports_inside() -> list[Import]:
    """What the program itself imports."""
    return [found for found in imports() if room_of(found.file) not in OUTSIDE]


def test_every_file_has_a_floor() -> None:
    rooms = {room_of(file) for file in python_files()} - set(OUTSIDE)
    assert {name for name in rooms if floor(name) is None} == set()
    assert len(rooms) > 5, "the files of the program were not found"


def test_lower_floors_never_import_higher_ones_and_neighbours_never_each_other() -> None:
    wrong = []
    for found in imports_inside():
        here, there = room_of(found.file), room(found.module)
        ours, theirs = floor(here), floor(there)
        if ours is None or theirs is None or here == there:
            continue
        beside = theirs == ours and ours < 2  # above floor 1½ the rooms of one floor may meet
        if theirs > ours or beside:
            wrong.append(str(found))
    assert not wrong, "\n".join(map(str, wrong))


def test_nothing_of_the_program_imports_what_is_outside() -> None:
    assert [str(found) for found in imports_inside() if room(found.module) in OUTSIDE] == []


def test_each_heavy_package_is_imported_in_one_place_only() -> None:
    wrong = []
    for found in imports_inside():
        allowed = PLACES.get(found.module.split(".")[0])
        if allowed is not None and found.file.split("/")[0].removesuffix(".py") not in allowed:
            wrong.append(str(found))
    assert not wrong, "\n".join(map(str, wrong))


def test_stages_know_neither_the_catalog_nor_the_queue_nor_the_settings() -> None:
    stages = {"ingest", "ocr", "classify", "index"}
    kept = {"archive.catalog", "archive.store", "settings"}
    wrong = [f for f in imports_inside() if room_of(f.file) in stages and room(f.module) in kept]
    assert [str(found) for found in wrong] == []


def test_the_rule_sees_imports_inside_functions() -> None:
    """A guard of the guard: this file imports inside a function, and the list must hold it."""
    import wave  # noqa: F401 - only here to be seen

    here = "tests/test_house_floors.py"
    assert (ROOT / here).is_file()
    assert "wave" in {found.module for found in imports() if found.file == here}
