"""Secrets: where they may come from, and that they are shown nowhere."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import settings
from archive.errors import ArsipError
from archive.urls import shown
from tests.program import Program, save, sheet
from worker.parts import Parts

SECRET = "r4hasia-Sekali"
NOBODY = "127.0.0.1:9"
"""Where no server is."""
EVERYWHERE = {
    "ARSIP_CATALOG_PASSWORD": SECRET,
    "ARSIP_BROKER_PASSWORD": SECRET,
    "ARSIP_INDEX_PASSWORD": SECRET,
    "ARSIP_INDEX_API_KEY": SECRET,
}


def loaded(home: Path, **environment: str) -> settings.Settings:
    return settings.load({"ARSIP_HOME": str(home), **environment})


def refused(home: Path, **environment: str) -> str:
    with pytest.raises(ArsipError) as caught:
        loaded(home, **environment)
    assert caught.value.exit == 2
    assert SECRET not in repr(caught.value) + caught.value.failure.message() + repr(caught.value.failure)
    return caught.value.failure.message()


def written(path: Path, content: str | bytes = f"{SECRET}\n", mode: int = 0o600) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_secret_comes_from_a_file_of_its_own(tmp_path: Path, mode: int) -> None:
    file = written(tmp_path / "key", mode=mode)
    assert loaded(tmp_path, ARSIP_INDEX_API_KEY_FILE=file).index.api_key == SECRET
    written(tmp_path / "arsip.toml", f"[catalog]\npassword_file = '{file}'\n", 0o644)
    assert loaded(tmp_path).catalog.password == SECRET, "only names a file, and may be read by all"
    assert loaded(tmp_path, ARSIP_CATALOG_PASSWORD="other").catalog.password == "other"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o444, 0o777])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    said = refused(tmp_path, ARSIP_BROKER_PASSWORD_FILE=written(tmp_path / "secret", mode=mode))
    assert f"chmod 600 {tmp_path}/secret" in said


@pytest.mark.parametrize(
    "text",
    [
        f"[catalog]\npassword = '{SECRET}'",
        f"[index]\napi_key = '{SECRET}'",
        f"[broker]\nurl = 'amqp://arsip:{SECRET}@{NOBODY}'",
        f"[broker]\nurl = 'amqp://arsip:[{SECRET}@{NOBODY}'",
        f"[catalog]\nurl = 'postgresql://{NOBODY}/arsip?password={SECRET}'",
        f"[catalog]\nurl = 'postgresql://arsip:/{SECRET}@{NOBODY}/arsip'",
    ],
)
def test_settings_that_hold_a_secret_are_for_their_owner_alone(tmp_path: Path, text: str) -> None:
    written(tmp_path / "arsip.toml", text, 0o640)
    assert "chmod 600" in refused(tmp_path)
    (tmp_path / "arsip.toml").chmod(0o600)
    assert SECRET not in repr(loaded(tmp_path))


@pytest.mark.parametrize("content", ["", "\n", f"{SECRET}\nmore\n", b"\xff\xfe"])
def test_a_file_that_holds_no_secret_is_told(tmp_path: Path, content: str | bytes) -> None:
    said = refused(tmp_path, ARSIP_INDEX_PASSWORD_FILE=written(tmp_path / "secret", content))
    assert str(tmp_path / "secret") in said
    assert "No such file" in refused(tmp_path, ARSIP_INDEX_PASSWORD_FILE=str(tmp_path / "none"))


def test_spaces_belong_to_a_password(tmp_path: Path) -> None:
    file = written(tmp_path / "secret", " a b \r\n")
    assert loaded(tmp_path, ARSIP_CATALOG_PASSWORD_FILE=file).catalog.password == " a b "


def test_credentials_of_systemd(tmp_path: Path) -> None:
    """0400; or, for a service with a user of its own, an ACL that shows as 0440 in a folder for him alone."""
    folder = tmp_path / "credentials"
    folder.mkdir(mode=0o500 | 0o200)
    for mode in (0o400, 0o440):
        file = written(folder / f"catalog-{mode}", mode=mode)
        chosen = loaded(tmp_path, ARSIP_CATALOG_PASSWORD_FILE=file, CREDENTIALS_DIRECTORY=str(folder))
        assert chosen.catalog.password == SECRET
    refused(tmp_path, ARSIP_CATALOG_PASSWORD_FILE=file)
    refused(
        tmp_path,
        ARSIP_CATALOG_PASSWORD_FILE=written(folder / "open", mode=0o444),
        CREDENTIALS_DIRECTORY=str(folder),
    )


@pytest.mark.parametrize("value", ["3.5", "true", "['a']", "{a = 1}"])
def test_what_is_no_text_is_no_secret(tmp_path: Path, value: str) -> None:
    written(tmp_path / "arsip.toml", f"[catalog]\npassword = {value}\n")
    assert "catalog.password" in refused(tmp_path)


def test_nothing_shows_a_secret(tmp_path: Path) -> None:
    chosen = loaded(
        tmp_path,
        **EVERYWHERE,
        ARSIP_CATALOG_URL=f"postgresql://arsip:{SECRET}@{NOBODY}/arsip?password={SECRET}",
        ARSIP_BROKER_URL=f"amqp://arsip:{SECRET}@{NOBODY}",
        ARSIP_INDEX_URL=f"http://arsip:{SECRET}@{NOBODY}",
    )
    database = Parts(chosen).database
    told = [repr(chosen), f"{chosen}", repr(chosen.catalog.url), repr(database), database.where]
    assert SECRET not in "\n".join(told)
    assert NOBODY in repr(chosen)


@pytest.mark.parametrize(
    "at", ["{}", "/{}", "{}/x", "#{}", "{}#x", "?{}", "{}?x", "[{}", "{}]", "{}@x", "{}@/x"]
)
def test_a_password_that_parts_an_address_is_not_shown(at: str) -> None:
    for scheme in ("postgresql", "amqp", "redis", "http"):
        told = shown(f"{scheme}://arsip:{at.format(SECRET)}@{NOBODY}/arsip")
        assert SECRET not in told
        assert told.startswith(f"{scheme}://")


@pytest.mark.parametrize("secret_in_address", [True, False])
@pytest.mark.parametrize(
    "words",
    [
        ("doctor",),
        ("doctor", "--json"),
        ("doctor", "--fix"),
        ("search", "surat"),
        ("batch", "list", "--json"),
        ("import", "in", "--batch", "uji", "--json"),
        ("worker", "list", "--json"),
        ("admin", "index", "rebuild", "--json"),
    ],
)
def test_no_command_shows_a_secret_where_a_server_does_not_answer(
    tmp_path: Path, words: tuple[str, ...], secret_in_address: bool
) -> None:
    who = f"arsip:{SECRET}@" if secret_in_address else "arsip@"
    environment = {
        "ARSIP_CATALOG_URL": f"postgresql://{who}{NOBODY}/arsip",
        "ARSIP_BROKER_URL": f"amqp://{who}{NOBODY}",
        "ARSIP_INDEX_ENGINE": "elasticsearch",
        "ARSIP_INDEX_URL": f"http://{who}{NOBODY}",
        "ARSIP_DEBUG": "1",
    }
    ran = Program(tmp_path, **({} if secret_in_address else EVERYWHERE), **environment).run(*words)
    assert ran.code in (2, 5), ran
    assert ran.out + ran.err
    assert SECRET not in ran.out + ran.err


def test_children_know_no_secret_but_by_their_settings(tmp_path: Path) -> None:
    """Nothing stands in a command line; and a reader, which decodes what strangers made, is given none."""
    scan = save(tmp_path / "in" / "surat.png", sheet("surat"))
    program = Program(tmp_path / "home", **EVERYWHERE)
    assert program.imported(scan)["pages"]["total"] == 1
    running = program.start("worker")
    try:
        readers = _descendants(running.pid, "worker.desk")
        for pid in [running.pid, *_descendants(running.pid, "worker.process"), *readers]:
            assert SECRET.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
        for pid in readers:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            assert b"ARSIP_" not in environment
            assert SECRET.encode() not in environment
    finally:
        running.terminate()
        running.communicate(timeout=60)


def _descendants(pid: int, module: str, seconds: float = 60.0) -> list[int]:
    """The processes below this one that run a module, waited for until there is one."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        parents = {
            int(path.name): stat[1]
            for path in Path("/proc").iterdir()
            if path.name.isdigit() and (stat := _stat(path))
        }
        found = [each for each in parents if _below(each, pid, parents) and _runs(each, module)]
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"no process below {pid} runs {module}")


def _stat(process: Path) -> tuple[int, int] | None:
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(process.name), int(fields[1])


def _below(pid: int, top: int, parents: dict[int, int]) -> bool:
    while pid in parents and pid != top:
        pid = parents[pid]
    return pid == top


def _runs(pid: int, module: str) -> bool:
    try:
        return module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
