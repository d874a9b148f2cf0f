"""What the records say: one letter of a kind, complete with what an archivist would write down about it."""

from __future__ import annotations

import random
from collections.abc import Callable

from samples.layout import Letter
from samples.letters import mail, orders, others, papers

_WRITERS: dict[str, Callable[[random.Random], Letter]] = {
    "surat_dinas": mail.surat_dinas,
    "undangan": mail.undangan,
    "nota_dinas": mail.nota_dinas,
    "edaran": mail.edaran,
    "spt": orders.spt,
    "keputusan": orders.keputusan,
    "spk": orders.spk,
    "berita_acara": papers.berita_acara,
    "keterangan": papers.keterangan,
    "kwitansi": papers.kwitansi,
    "lainnya": others.lainnya,
}
KINDS = tuple(_WRITERS)


def letter(kind: str, rng: random.Random) -> Letter:
    """A record of a kind, one of ``KINDS``: the same for the same state of ``rng``, else another one."""
    return _WRITERS[kind](rng)
