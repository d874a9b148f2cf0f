"""One thin actor a stage: its message is the id of a page or document, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import dramatiq

from archive.types import Stage
from worker.broker import QUEUE


def declare(broker: dramatiq.Broker, run: Callable[[Stage, str], None]) -> None:
    """Declare the actors on a broker; ``run`` takes a message as far as it goes and never raises."""

    @dramatiq.actor(broker=broker, queue_name=QUEUE)
    def preprocess(page: str) -> None:
        run(Stage.PREPROCESS, page)

    @dramatiq.actor(broker=broker, queue_name=QUEUE)
    def ocr(page: str) -> None:
        run(Stage.OCR, page)

    @dramatiq.actor(broker=broker, queue_name=QUEUE)
    def classify(document: str) -> None:
        run(Stage.CLASSIFY, document)

    @dramatiq.actor(broker=broker, queue_name=QUEUE)
    def index(page: str) -> None:
        run(Stage.INDEX, page)
