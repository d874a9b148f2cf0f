"""veraPDF, which says whether a file is PDF/A: fetched once from Maven Central (9 MB), run by a Java."""

from __future__ import annotations

import fcntl
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from tests.server_elasticsearch import cache, from_maven, java
from tests.server_process import Missing

VERSION = "1.28.2"
SHA256 = "687d4d8bcfec48c9f7e931cf78ed061f1eeccfba55d4cdc000ba9b4d8aa46ce6"
JAVA = 11
MAIN = "org.verapdf.apps.GreenfieldCliWrapper"


def program() -> Path:
    """Where it lies in the cache, fetched or not."""
    return cache() / f"verapdf-{VERSION}.jar"


def fetch() -> None:
    """Bring it into the cache unless it is there. Needs Maven."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "lock").open("w") as lock, tempfile.TemporaryDirectory(dir=cache()) as scratch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if program().is_file():
            return
        artifact = f"org.verapdf.apps:greenfield-apps:{VERSION}"
        found = from_maven("veraPDF", artifact, "greenfield-apps-*.jar", SHA256, Path(scratch))
        found.chmod(0o644)
        found.rename(program())


def broken_rules(files: Sequence[Path]) -> dict[str, list[str]]:
    """For each file, by its name, the clauses of PDF/A-2b that it breaks. Raises Missing."""
    if not program().is_file():
        raise Missing(f"veraPDF is not in {cache()} (make test fetches it)")
    command = [str(java(JAVA) / "bin" / "java"), "-Xmx256m", "-cp", str(program()), MAIN]
    command += ["--flavour", "2b", "--format", "xml", *map(str, files)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    jobs = ElementTree.fromstring(told.stdout).iter("job")
    return {Path(job.findtext("item/name", "")).name: _broken(job) for job in jobs}


def _broken(job: ElementTree.Element) -> list[str]:
    report = job.find("validationReport")
    if report is None:
        return ["it could not be read"]
    rules = [rule for rule in report.iter("rule") if rule.get("status") == "failed"]
    broken = [f"{rule.get('clause')} {rule.findtext('description')}" for rule in rules]
    return broken or ([] if report.get("isCompliant") == "true" else ["not compliant"])
