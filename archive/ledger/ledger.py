"""Begin and settle: claim and begin in one commit, settle and begin the next in one commit.

``settle`` checks the fence and writes the result, the end of the run, the end of the message and the next
message, already begun by the same owner, all in one commit. Attempts are counted in ``stage_run`` and
nowhere else; only here is decided what is tried again, when, and what is set aside.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Sequence

import msgspec
from sqlalchemy import Connection, Row

from archive.catalog import codec
from archive.catalog.connect import Catalog
from archive.catalog.schema import page
from archive.errors import Failure, Fault
from archive.ledger import statements as say
from archive.ledger.inputs import Inputs
from archive.ledger.messages import AT_ONCE, HELD, Post, put
from archive.ledger.outcome import keep, stop, told, write_document, write_page
from archive.ledger.owner import me
from archive.ledger.work import KILLED_READER, Indexed, Outcome, Work
from archive.types import Stage

Claimed = Row[tuple[object, ...]]
Follow = Callable[[Stage, bool, bool], Stage | None]
"""The next stage after this one, given whether the page and whether the whole document is settled."""

READERS_A_PAGE = 3
"""A page that has killed this many readers is set aside (promise 4)."""
LONGEST_WAIT_SECONDS = 60.0
TAKEN_TOGETHER = 64
"""How many pages the index takes at a time."""
LAST = 2**30
"""The page number of what waits for company on its way to the index: it goes behind the pages to be read."""


class Ledger:
    """The ledger of one worker process, which serves some of the stages.

    With ``gather_seconds`` it begins to index only that long after it last did: pages that are read meanwhile
    are left waiting, for the next one that is read, or for whoever has nothing else to do.
    """

    def __init__(
        self,
        catalog: Catalog,
        inputs: Inputs,
        serves: Collection[Stage] = tuple(Stage),
        gather_seconds: float = 0.0,
    ) -> None:
        self.catalog = catalog
        self.owner = me()
        self.serves = frozenset(serves)
        self._inputs = inputs
        self._gather_seconds = gather_seconds
        self._indexed_at = -math.inf

    def begin(self, stage: Stage, subject: str) -> Work | None:
        """Claim a message and open its run. ``None``: done, not due, or in somebody else's hands."""

        def do(connection: Connection) -> Work | None:
            if stage is Stage.CLASSIFY:  # whoever settles a page of it must have come to his end
                connection.execute(say.LOCK_DOCUMENT, {"of": subject})
            return self._begin(connection, stage, subject)

        return self.catalog.transact(do)

    def settle(self, work: Work, outcome: Outcome, follow: Follow) -> Work | None:
        """Write what came of a work, and begin what follows from it; ``None`` when the chain ends here.

        A result that comes too late (its message is gone or held by another run, or its page has a newer
        revision) changes nothing.
        """

        def do(connection: Connection) -> Work | None:
            if work.stage is Stage.INDEX:
                self._settle_index(connection, work, outcome)
                return None
            if work.stage is Stage.CLASSIFY:
                return self._settle_document(connection, work, outcome, follow)
            return self._settle_page(connection, work, outcome, follow)

        return self.catalog.transact(do)

    def _begin(self, connection: Connection, stage: Stage, subject: str) -> Work | None:
        given = {"of": subject, "of_stage": stage, "now": self.catalog.now(), "me": self.owner}
        claimed = connection.execute(say.CLAIM, given).one_or_none()
        if claimed is None:
            return None
        if stage is Stage.INDEX:
            return self._begin_index(connection, claimed)
        work = self._inputs.work(connection, claimed)
        if work is None:
            connection.execute(say.DROP, {"of_all": [claimed.id]})
            return None
        return self._hold(connection, [work], [claimed])[0]

    def _begin_index(self, connection: Connection, claimed: Claimed | None = None) -> Work | None:
        """Take all that waits together, with this page: the index is quicker with many.

        A page that a worker was lost with is taken alone, so that the others need not pay for it.
        """
        rows = [] if claimed is None else [claimed]
        given = {"at_most": TAKEN_TOGETHER - len(rows), "now": self.catalog.now(), "me": self.owner}
        rows += connection.execute(say.CLAIM_FOR_INDEX, given).all()
        works = self._inputs.index_works(connection, rows)
        taken = [work for work in works if not work.lost]
        if claimed is not None and works and works[0].subject == claimed.subject and works[0].lost:
            taken = works[:1]
        known, mine = ({work.subject for work in some} for some in (works, taken))
        if unknown := [row.id for row in rows if row.subject not in known]:
            connection.execute(say.DROP, {"of_all": unknown})
        if others := [row.id for row in rows if row.subject in known - mine]:
            connection.execute(say.GIVE_BACK, {"of_all": others})
        if not taken:
            return None
        taken.sort(key=lambda work: work.blocked is not None)  # the first speaks for all
        first, *rest = self._hold(connection, taken, rows)
        together = tuple(record for work in taken for record in work.records)
        return msgspec.structs.replace(first, records=together, others=tuple(rest))

    def _go_on(self, connection: Connection, posts: Sequence[Post]) -> Work | None:
        """Put messages for what follows; where this worker serves it, begin it in the same commit."""
        stage = posts[0].stage
        if stage not in self.serves or posts[0].priority >= HELD:
            put(connection, posts)
            return None
        if stage is Stage.INDEX:
            now = time.monotonic()
            if now - self._indexed_at < self._gather_seconds:
                put(connection, [post._replace(number=LAST) for post in posts])
                return None
            self._indexed_at = now
            put(connection, posts)
            return self._begin_index(connection)
        (post,) = posts
        work = self._inputs.work(connection, post)
        if work is None:
            return None
        (work,) = self._open(connection, [work], post.batch)
        given = {**post._asdict(), "me": self.owner, "of_run": work.run}
        if connection.execute(say.put_held(connection.dialect.name), given).first() is not None:
            return work
        connection.execute(say.DROP_RUN, {"of_run": work.run})  # there is such a message already
        return self._begin(connection, stage, post.subject)

    def _open(self, connection: Connection, works: Sequence[Work], *batches: str) -> list[Work]:
        """Open a run for each work, which is the moment the attempt counts."""
        rows = [
            {
                "stage": work.stage,
                "subject": work.subject,
                "revision": work.revision,
                "batch": of,
                "owner": self.owner,
                "started_at": self.catalog.now(),
            }
            for work, of in zip(works, batches, strict=True)
        ]
        runs = connection.execute(say.OPEN_RUN, rows).scalars()
        return [msgspec.structs.replace(work, run=run) for work, run in zip(works, runs, strict=True)]

    def _hold(self, connection: Connection, works: Sequence[Work], claimed: Sequence[Claimed]) -> list[Work]:
        """Open a run for each work, and let it hold the message that was claimed."""
        of = {row.subject: row for row in claimed}
        opened = self._open(connection, works, *(of[work.subject].batch for work in works))
        held = [{"of_message": of[work.subject].id, "of_run": work.run} for work in opened]
        connection.execute(say.HOLD, held)
        return opened

    def _settle_page(
        self, connection: Connection, work: Work, outcome: Outcome, follow: Follow
    ) -> Work | None:
        # With its document: two last pages must not both think that the other is open.
        row = connection.execute(say.PAGE_HELD, _its(work)).one_or_none()
        if row is None:
            self._close(connection, work, "stale")
            return None
        if self._goes_again(connection, work, outcome, row.revision):
            return None
        before = None if row.text_key is None else codec.Keys(row.prepared_key, row.text_key)
        self._end(connection, work, outcome, told(work, outcome, before))
        is_settled = write_page(connection, work, outcome, row.document, before)
        document_settled = (
            is_settled and not connection.execute(say.HAS_OPEN_PAGES, {"of": row.document}).scalar_one()
        )
        stage = follow(work.stage, is_settled, document_settled)
        if stage is None:
            return None
        subject, number = (row.document, 0) if stage is Stage.CLASSIFY else (work.subject, row.number)
        return self._go_on(connection, [Post(stage, subject, row.batch, row.priority, number, row.fresh)])

    def _settle_document(
        self, connection: Connection, work: Work, outcome: Outcome, follow: Follow
    ) -> Work | None:
        row = connection.execute(say.DOCUMENT_HELD, _its(work)).one_or_none()
        if row is None:
            self._close(connection, work, "stale")
            return None
        if self._goes_again(connection, work, outcome, row.revision):
            return None
        self._end(connection, work, outcome)
        write_document(connection, work, outcome)
        pages = connection.execute(say.NEXT_REVISION_OF_PAGES, {"of": work.subject}).all()
        stage = follow(work.stage, True, True)
        if stage is None or not pages:
            return None
        return self._go_on(
            connection, [Post(stage, each.id, row.batch, row.priority, each.number) for each in pages]
        )

    def _goes_again(self, connection: Connection, work: Work, outcome: Outcome, revision: int) -> bool:
        """Whether the subject has a newer revision, or failed and is to be tried again: its message stays."""
        if revision != work.revision:
            self._leave(connection, work, "stale")
            return True
        if isinstance(outcome, Failure) and (again := self._retry_at(connection, work, outcome)) is not None:
            self._leave(connection, work, "failed", due=again, failed=outcome)
            return True
        return False

    def _settle_index(self, connection: Connection, work: Work, outcome: Outcome) -> None:
        """Mark what the index took; a page that changed meanwhile keeps its message and goes again."""
        works = [work, *work.others]
        subjects = {"of_all": [each.subject for each in works]}
        held = {row.run: row.revision for row in connection.execute(say.INDEXED_HELD, subjects)}
        done, later = [], AT_ONCE
        for each in works:
            failed = _failure(each, outcome)
            changed = held.get(each.run, 0) > each.revision
            if each.run not in held:
                self._close(connection, each, "stale")
            elif failed is None and changed:
                connection.execute(say.INDEX_HAD_PAGE, {"of": each.subject, "of_revision": each.revision})
                self._leave(connection, each, "done")
            elif failed is None:
                done.append(each)
            elif (again := self._retry_at(connection, each, failed)) is not None:
                self._leave(connection, each, "failed", due=again, failed=failed)
                later = max(later, again)
            elif changed:
                self._leave(connection, each, "failed", failed=failed)
            else:
                self._end(connection, each, failed)
                connection.execute(stop(each, failed).where(~page.c.open))
        if done:
            subjects = {"of_all": [each.subject for each in done]}
            connection.execute(say.INDEX_HAS_PAGES, subjects)
            connection.execute(say.CLOSE_RUN, [self._closed(each, "done") for each in done])
            connection.execute(say.END_INDEX_MESSAGES, subjects)
        if isinstance(outcome, Failure) and outcome.fault is Fault.WORLD:
            connection.execute(say.PUT_OFF_INDEX, {"now": later})

    def _leave(
        self,
        connection: Connection,
        work: Work,
        ended: str,
        due: float = AT_ONCE,
        failed: Failure | None = None,
    ) -> None:
        """End the run and leave its message for anybody, from ``due`` on."""
        self._close(connection, work, ended, failed)
        connection.execute(say.LEAVE_MESSAGE, {**_its(work), "until": due})

    def _end(self, connection: Connection, work: Work, outcome: Outcome, tells: str | None = None) -> None:
        """End run and message, keep the result; ``tells`` is what its run has to tell of it."""
        if isinstance(outcome, Failure):
            self._close(connection, work, "stopped", outcome)
        else:
            self._close(connection, work, "done" if work.known is None else "reused", tells=tells)
            if work.known is None and not isinstance(outcome, Indexed):
                keep(connection, work.stage, work.key, outcome, self.catalog.now())
        connection.execute(say.END_MESSAGE, _its(work))

    def _close(
        self,
        connection: Connection,
        work: Work,
        ended: str,
        failed: Failure | None = None,
        tells: str | None = None,
    ) -> None:
        connection.execute(say.CLOSE_RUN, self._closed(work, ended, failed, tells))

    def _closed(
        self, work: Work, ended: str, failed: Failure | None = None, tells: str | None = None
    ) -> dict[str, object]:
        return {
            "of_run": work.run,
            "now": self.catalog.now(),
            "ended": ended,
            "why": None if failed is None else failed.cause,
            "facts": tells if failed is None else codec.details(failed),
        }

    def _retry_at(self, connection: Connection, work: Work, failed: Failure) -> float | None:
        """When a failed work is due again, ``None`` when it is set aside.

        The world's fault is tried again with a back-off that doubles from one second up to a minute; a page
        that killed its reader until the third one died; the file's own fault and what nobody expected never.
        """
        given = {**_its(work), "of_revision": work.revision}
        tries = connection.execute(say.TRIES, given).scalar_one()
        if failed.fault is Fault.WORLD:
            return self.catalog.now() + min(2.0 ** min(tries - 1, 10), LONGEST_WAIT_SECONDS)
        if failed.cause in KILLED_READER and tries < READERS_A_PAGE:
            return AT_ONCE
        return None


def _failure(work: Work, outcome: Outcome) -> Failure | None:
    """Why the index did not take one of the pages that were taken together."""
    if work.blocked is not None:
        return work.blocked
    if isinstance(outcome, Failure):
        return outcome
    return outcome.failed.get(work.subject) if isinstance(outcome, Indexed) else None


def _its(work: Work) -> dict[str, object]:
    """The stage, subject and run of a work, as ``statements`` name them."""
    return {"of": work.subject, "of_stage": work.stage, "of_run": work.run}
