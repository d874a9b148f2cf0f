"""The tables of the catalog: nine of them, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

HEAD = "0003"
"""The newest revision of the schema; a test holds it against the chain of migrations."""

metadata = MetaData()
# Partial indexes have their condition in the migration that makes them: said here, SQLAlchemy would load
# the dialects of both databases (a fifth of the time that a command takes to start).
# Text is compared byte by byte on both: an order by the rules of a language is another one on each server.
_Text = String().with_variant(String(collation="C"), "postgresql")
_Id = String(20).with_variant(String(20, collation="C"), "postgresql")
_Key = String(64).with_variant(String(64, collation="C"), "postgresql")
# SQLite only counts up by itself on a column that is INTEGER to the letter.
_Serial = BigInteger().with_variant(Integer, "sqlite")

batch = Table(
    "batch",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", _Text, nullable=False, unique=True),
    Column("priority", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("withdrawn_at", Double),
    Column("hours", String(9)),
)

blob = Table(
    "blob",
    metadata,
    Column("sha256", _Key, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("media_type", _Text, nullable=False),
    Column("frames", Integer, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("batch", _Id, ForeignKey("batch.id"), nullable=False),
    Column("root", _Text, nullable=False),
    Column("path", _Text, nullable=False),
    Column("fingerprint", _Key, nullable=False, index=True),
    Column("languages", _Text, nullable=False),
    Column("unit", _Text, nullable=False),
    Column("security", String(2), nullable=False),
    Column("box", _Text, nullable=False),
    Column("shelf", _Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("described_revision", Integer, nullable=False, server_default="0"),
    Column("description_key", _Key),
    Column("type", _Text, nullable=False, server_default=""),
    Column("date", String(10), nullable=False, server_default=""),
    Column("nomor", _Text, nullable=False, server_default=""),
    Column("hal", _Text, nullable=False, server_default=""),
    Column("stop_cause", _Text),
    Column("stop_details", _Text),
    Index("document_place", "batch", "path"),
)

page = Table(
    "page",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("document", _Id, ForeignKey("document.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("batch", _Id, ForeignKey("batch.id"), nullable=False, index=True),
    Column("blob", _Key, ForeignKey("blob.sha256"), nullable=False, index=True),
    Column("frame", Integer, nullable=False),
    Column("path", _Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("indexed_revision", Integer, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("blank", Boolean, nullable=False),
    Column("words", Integer, nullable=False),
    Column("confidence", Double),
    Column("prepared_key", _Key),
    Column("text_key", _Key),
    Column("stop_stage", String(10)),
    Column("stop_cause", _Text),
    Column("stop_details", _Text),
    Index("page_place", "document", "number"),
    Index("page_open", "document"),
)

sighting = Table(
    "sighting",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("batch", _Id, ForeignKey("batch.id"), nullable=False),
    Column("root", _Text, nullable=False),
    Column("path", _Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("rule", _Text),
    Column("cause", _Text),
    Column("details", _Text),
    Column("document", _Id, ForeignKey("document.id"), index=True),
    Column("blob", _Key),
    UniqueConstraint("batch", "root", "path", name="sighting_once"),
)

message = Table(
    "message",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("stage", String(10), nullable=False),
    Column("subject", _Id, nullable=False),
    Column("batch", _Id, nullable=False, index=True),
    Column("priority", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("due", Double, nullable=False),
    Column("fresh", Boolean, nullable=False),
    Column("owner", _Text),
    Column("run", BigInteger),
    Column("sent_at", Double),
    UniqueConstraint("subject", "stage", name="message_once"),
    Index("message_waiting", "stage", "priority", "number", "id"),
    Index("message_held", "owner"),
    # What a broker was told of and nobody has begun yet: a few of many.
    Index("message_sent", "stage", "sent_at"),
)

stage_run = Table(
    "stage_run",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("stage", String(10), nullable=False),
    Column("subject", _Id, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("batch", _Id, nullable=False, server_default=""),
    Column("owner", _Text, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("outcome", String(10)),
    Column("cause", _Text),
    Column("details", _Text),
    Index("stage_run_subject", "subject", "stage"),
    Index("stage_run_batch", "batch", "ended_at"),
)

worker = Table(
    "worker",
    metadata,
    Column("owner", _Text, primary_key=True),
    Column("stages", _Text, nullable=False),
    Column("threads", Integer, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    # By the monotonic clock of his machine, for those who share it.
    Column("awake_at", Double),
    Column("pages_an_hour", Integer, nullable=False),
)

result = Table(
    "result",
    metadata,
    Column("key", _Key, primary_key=True),
    Column("stage", String(10), nullable=False),
    Column("made_at", Double, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
