"""The served index on a server that asks who is there and proves who it is: users, API keys, certificates."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from elasticsearch import Elasticsearch

from archive.errors import ArsipError
from archive.types import Filter
from index.elastic import ElasticIndex
from index.query import parse
from tests import server_elasticsearch
from tests.conftest import absent
from tests.index_pages import record
from tests.server_process import Missing, Server, new_room, running

USER, PASSWORD = "arsip-uji", "rahasia-uji"
HASHED = "$2a$10$abcdefghijklmnopqrstuugokNnlGVe/G8b1w3ANpfwifcUaqAWMm"
"""The password as Elasticsearch keeps it (bcrypt)."""
NAME = "arsip"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with a certificate of its own, one user who may all, and nobody else."""
    settings = {
        "xpack.security.enabled": "true",
        "xpack.security.http.ssl.enabled": "true",
        "xpack.security.http.ssl.key": "http.key",
        "xpack.security.http.ssl.certificate": "http.crt",
    }
    try:
        with new_room("elasticsearch") as room:
            node = server_elasticsearch.Elasticsearch(room, server_elasticsearch.chosen(), settings)
            certify(room / "config")
            (room / "config" / "users").write_text(f"{USER}:{HASHED}\n")
            (room / "config" / "users_roles").write_text(f"superuser:{USER}\n")
            with running(node):
                yield node
    except Missing as error:
        absent(str(error))


def certify(folder: Path) -> None:
    """A key, and a certificate for 127.0.0.1 that it signs itself."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=arsip-uji", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "http.key"), "-out", str(folder / "http.crt")]
    subprocess.run([*command, *files], check=True, capture_output=True)


@pytest.fixture(scope="module")
def ca(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the certificate lies that is to be trusted."""
    copied = tmp_path_factory.mktemp("ca") / "ca.crt"
    copied.write_bytes((server.room / "config" / "http.crt").read_bytes())
    return str(copied)


@pytest.fixture(scope="module")
def admin(server: Server, ca: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(server.url, basic_auth=(USER, PASSWORD), ca_certs=ca) as client:
        yield client


def problem(index: ElasticIndex) -> str:
    """What keeps the index from its work; nobody's password is in it."""
    with pytest.raises(ArsipError) as error:
        index.check()
    index.close()
    assert error.value.failure.cause == "index-broken"
    assert "rahasia" not in error.value.failure.message()
    return str(error.value.failure.details["problem"])


def works(index: ElasticIndex) -> None:
    """Everything that Arsip does with an index."""
    assert index.write([record("p1", "surat")]) == {}
    index.check()
    assert index.find(parse("surat"), Filter()).pages == 1
    beside = index.next()
    beside.write([record("p1", "surat baru", revision=2)])
    beside.adopt()
    assert index.revisions() == [("p1", 2)]
    index.remove(["p1"])
    assert index.count() == 0
    index.close()


def test_a_user_with_a_password_is_let_in(server: Server, ca: str) -> None:
    works(ElasticIndex(server.url, NAME, user=USER, password=PASSWORD, ca=ca))
    works(ElasticIndex(server.url.replace("//", f"//{USER}:{PASSWORD}@"), f"{NAME}-url", ca=ca))


def test_a_key_with_rights_on_these_indexes_alone_is_enough(
    server: Server, ca: str, admin: Elasticsearch
) -> None:
    """It may ask neither for the version nor for the health of the server, nor make templates."""
    rights = {"indices": [{"names": [f"{NAME}-kunci*"], "privileges": ["all"]}]}
    key = admin.security.create_api_key(name="arsip", role_descriptors={"arsip": rights})
    works(ElasticIndex(server.url, f"{NAME}-kunci", api_key=key["encoded"], ca=ca))


def test_a_key_without_rights_is_told_which_ones_it_needs(
    server: Server, ca: str, admin: Elasticsearch
) -> None:
    rights = {"indices": [{"names": ["lain*"], "privileges": ["all"]}]}
    key = admin.security.create_api_key(name="lain", role_descriptors={"lain": rights})
    told = problem(ElasticIndex(server.url, NAME, api_key=key["encoded"], ca=ca))
    assert told == "the user lacks rights; he needs all rights on the indexes “arsip*”"


def test_a_wrong_password_and_a_wrong_key_are_named(server: Server, ca: str) -> None:
    refused = "it refuses the user, the password or the API key"
    assert problem(ElasticIndex(server.url, NAME, user=USER, password="rahasia-lain", ca=ca)) == refused
    assert problem(ElasticIndex(server.url, NAME, api_key="cmFoYXNpYTpsYWlu", ca=ca)) == refused
    assert problem(ElasticIndex(server.url, NAME, ca=ca)) == refused


def test_a_certificate_that_is_not_trusted_is_named(server: Server, ca: str, tmp_path: Path) -> None:
    certify(tmp_path)
    untrusted = "its certificate is not trusted; name the one to trust in index.ca"
    for other in ("", str(tmp_path / "http.crt")):
        assert problem(ElasticIndex(server.url, NAME, user=USER, password=PASSWORD, ca=other)) == untrusted
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    assert problem(ElasticIndex(elsewhere, NAME, user=USER, password=PASSWORD, ca=ca)) == untrusted


def test_a_file_of_certificates_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArsipError) as error:
        ElasticIndex("https://127.0.0.1:1", ca=str(tmp_path / "none.crt"))
    assert "there is no file" in str(error.value.failure.details["problem"])
    (tmp_path / "text.crt").write_text("surat")
    with pytest.raises(ArsipError) as error:
        ElasticIndex("https://127.0.0.1:1", ca=str(tmp_path / "text.crt"))
    assert "holds no certificates" in str(error.value.failure.details["problem"])


@pytest.mark.parametrize("version", ["7.17.29", "10.0.0"])
def test_a_version_that_we_do_not_speak_to_is_named(version: str) -> None:
    """No such server can be had here: it is one that says so, and answers nothing else."""

    class Old(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.end_headers()
            self.wfile.write(f'{{"version": {{"number": "{version}"}}}}'.encode())

        def log_message(self, *_args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Old) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        told = problem(ElasticIndex(f"http://127.0.0.1:{server.server_port}", NAME))
        server.shutdown()
    assert told == f"its version is {version}, but only 8 and 9 will do"
