"""One thin actor a stage: its message is the id of a page or document, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection

import dramatiq

from archive.types import Stage
from worker.broker import Broker


def declare(
    broker: Broker, run: Callable[[Stage, str], None], stages: Collection[Stage] = tuple(Stage)
) -> None:
    """Declare the actors of these stages; ``run`` takes a message as far as it goes and never raises."""
    for stage in stages:
        _declare(broker, run, stage)


def _declare(broker: Broker, run: Callable[[Stage, str], None], stage: Stage) -> None:
    @dramatiq.actor(broker=broker, actor_name=stage.value, queue_name=broker.queue(stage))
    def take(subject: str) -> None:
        run(stage, subject)
