"""Watches the processes of a command while it runs: the most memory each kind ever held."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time

import psutil

MB = 10**6


class Watch(threading.Thread):
    """Samples the resident memory of a process and all its descendants until the process ends."""

    def __init__(self, process: subprocess.Popen[str], every_seconds: float = 0.1) -> None:
        super().__init__(daemon=True)
        self._process, self._every = process, every_seconds
        self.reader_megabytes = 0.0
        self.worker_megabytes = 0.0
        self.worker_series: list[float] = []
        """Megabytes of the command itself, one sample after the other."""

    def run(self) -> None:
        while self._process.poll() is None:
            with contextlib.suppress(psutil.Error):
                self._look(psutil.Process(self._process.pid))
            time.sleep(self._every)

    def _look(self, command: psutil.Process) -> None:
        now = command.memory_info().rss / MB
        self.worker_series.append(now)
        self.worker_megabytes = max(self.worker_megabytes, now)
        for child in command.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                self.reader_megabytes = max(self.reader_megabytes, child.memory_info().rss / MB)
