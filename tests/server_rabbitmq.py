"""A real RabbitMQ for the tests."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pika
from dramatiq.common import dq_name, xq_name

from tests.server_process import Missing, Server, free_port, new_room, running

# The script itself: the one in PATH insists on root or on a user of its own.
PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")

CONFIGURATION = """\
loopback_users = none
disk_free_limit.absolute = 10MB
"""


class RabbitMQ(Server):
    """One node of its own, with a name server (epmd) of its own, so that nothing is left of either."""

    name = "RabbitMQ"

    def __init__(self, room: Path) -> None:
        super().__init__(room)
        if not PROGRAM.is_file():
            raise Missing("RabbitMQ is not installed (apt-get install rabbitmq-server)")
        self._names_port = free_port()
        self._nodes_port = free_port()

    @property
    def url(self) -> str:
        """That of the user who may do everything."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}"

    def launch(self) -> None:
        for folder in ("mnesia", "log"):
            (self.room / folder).mkdir(exist_ok=True)
        (self.room / "rabbitmq.conf").write_text(CONFIGURATION)
        (self.room / "enabled_plugins").write_text("[].\n")
        self._run("epmd", "-address", "127.0.0.1", "-port", str(self._names_port))
        self._run(PROGRAM, environment=self._node())

    def _node(self) -> dict[str, str]:
        return {
            "RABBITMQ_NODENAME": f"arsip{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._nodes_port),
            "RABBITMQ_MNESIA_BASE": str(self.room / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.room / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.room / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(self.room / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._names_port),
        }

    def _answers(self) -> bool:
        """Whether it offers to talk AMQP 0-9-1: its first frame, a method of channel 0."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as client:
            client.sendall(b"AMQP\x00\x00\x09\x01")
            return client.recv(3) == b"\x01\x00\x00"


@contextmanager
def rabbitmq() -> Iterator[Server]:
    """A running node of its own, for as long as the block lasts."""
    with new_room("rabbitmq") as room, running(RabbitMQ(room)) as server:
        yield server


def delete_queues(url: str, names: Iterable[str]) -> None:
    """Delete queues, those that Dramatiq keeps beside them too; what is not there is none."""
    with closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
        channel = connection.channel()
        for name in names:
            for queue in (name, dq_name(name), xq_name(name)):
                channel.queue_delete(queue)
