"""All causes of failure in one place: by who is at fault, with the exit code and the reader's next step.

A cause is a name that never changes; its texts are templates of the message catalogue. Details are a few
plain facts (a path, a limit, a language) and never text of a page.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from enum import StrEnum

from archive.messages import N_, _
from archive.types import Value

Detail = str | int | float


class Fault(StrEnum):
    """Who has to do something: the file's owner, the surroundings, the person at the keyboard, or we."""

    FILE = "file"
    WORLD = "world"
    PERSON = "person"
    OURS = "ours"


class Exit:
    """Exit codes of every command."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    INCOMPLETE = 3
    """Finished, but something was refused or stopped."""
    NOT_FOUND = 4
    WORLD = 5
    """Something around Arsip is missing or broken: Tesseract, a language, the disk, a server."""
    WAITING = 6
    """Finished, but some pages are not searchable yet."""
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Cause:
    """A named reason for a failure. ``says`` and ``advice`` are templates filled with the details."""

    code: str
    fault: Fault
    exit: int
    says: str
    advice: str


def _file(code: str, says: str, advice: str) -> Cause:
    return Cause(code, Fault.FILE, Exit.INCOMPLETE, says, advice)


def _world(code: str, says: str, advice: str) -> Cause:
    return Cause(code, Fault.WORLD, Exit.WORLD, says, advice)


def _person(code: str, exit_code: int, says: str, advice: str) -> Cause:
    return Cause(code, Fault.PERSON, exit_code, says, advice)


EMPTY_FILE = _file("empty-file", N_("the file is empty"), N_("scan it again"))
ENCRYPTED = _file(
    "encrypted-pdf",
    N_("the PDF is locked with a password"),
    N_("save it without a password and import it again"),
)
DAMAGED_FILE = _file(
    "damaged-file",
    N_("the file is damaged and cannot be opened"),
    N_("scan it again, or fetch an undamaged copy"),
)
DAMAGED_PAGE = _file(
    "damaged-page", N_("this page is damaged and cannot be drawn"), N_("scan this page again")
)
UNSUPPORTED = _file(
    "unsupported-format",
    N_("files of this kind ({format}) cannot be read"),
    N_("save it as PDF, TIFF, JPEG or PNG and import it again"),
)
NOT_AS_NAMED = _file(
    "not-as-named",
    N_("the file is not what its name says ({extension})"),
    N_("open it to see what it is, and give it its right name"),
)
PATH_TOO_LONG = _file(
    "path-too-long",
    N_("its path is longer ({bytes} bytes) than the limit ({limit})"),
    N_("give its folders shorter names, or import the folder that it lies in"),
)
NO_PAGES = _file("no-pages", N_("the file has no pages"), N_("fetch an undamaged copy"))
TOO_MANY_PIXELS = _file(
    "too-many-pixels",
    N_("the image is larger ({pixels} pixels) than the limit ({limit})"),
    N_("scan it again at a lower resolution"),
)
UNREADABLE = _file(
    "unreadable-file",
    N_("the file may not be read by this user"),
    N_("change its permissions and import it again"),
)
STILL_WRITTEN = _file(
    "still-written",
    N_("the file changed while it was copied"),
    N_("wait until the scanner is done with it and import it again"),
)
PAGE_TIMEOUT = _file(
    "page-timeout", N_("the page took longer than {seconds} seconds"), N_("look at the page; scan it again")
)
PAGE_MEMORY = _file(
    "page-memory",
    N_("the page needed more than {megabytes} MB of memory"),
    N_("scan it at a lower resolution"),
)
READER_DIED = _file(
    "reader-died",
    N_("the program that decodes and reads pages crashed on this page"),
    N_("look at the page; scan it again"),
)
LOST_TOO_OFTEN = _file(
    "worker-lost",
    N_("the worker went away {times} times while it had this page in hand"),
    N_("look at the page, then run: arsip reprocess --cause worker-lost"),
)
INKS_UNKNOWN = _file(
    "inks-unknown",
    N_("its colours are those of printing inks, and nothing says of which: it cannot be PDF/A as it is"),
    N_("export it with --pdf, or convert the image to RGB"),
)
CONTENTS_UNCHECKED = _file(
    "contents-unchecked",
    N_("the PDF holds more than scanned pages, which only a change would surely make PDF/A"),
    N_("export it with --pdf"),
)
JPEG2000_UNFIT = _file(
    "jpeg2000-unfit", N_("PDF/A has no JPEG 2000 images of its kind"), N_("export it with --pdf")
)
OUTPUT_TOO_LARGE = _file(
    "output-too-large", N_("it becomes larger than {megabytes} MB"), N_("export it in parts, by --pages")
)
CANCELLED = _person(
    "cancelled",
    Exit.INCOMPLETE,
    N_("its batch was cancelled before the page was done"),
    N_("nothing, if that was meant; else have it read after all"),
)

DISK_FULL = _world(
    "disk-full", N_("the disk is full ({path})"), N_("free some space and run the same command again")
)
NOT_WRITABLE = _world(
    "not-writable",
    N_("{path} cannot be written"),
    N_("change its permissions, or name another folder (that of the archive: ARSIP_HOME)"),
)
ORIGINAL_MISSING = _world(
    "original-missing",
    N_("the stored original {blob} is missing"),
    N_("restore the folder 'originals' from a backup"),
)
STORE_ELSEWHERE = _world(
    "store-elsewhere",
    N_("{path} holds none of this archive's originals that were looked for"),
    N_("mount the folder that all machines share, or correct store.path"),
)
NOT_SHARED = _world(
    "not-shared",
    N_("the {what} is a folder of one machine, and others work with it: {hosts}"),
    N_("end one of them, or set {setting} to what machines can share (docs/profiles.md)"),
)
TESSERACT_MISSING = _world(
    "tesseract-missing", N_("Tesseract is not installed"), N_("run: apt-get install tesseract-ocr")
)
LANGUAGE_MISSING = _world(
    "language-missing",
    N_("Tesseract does not know the language {language}"),
    N_("run: apt-get install tesseract-ocr-{language}"),
)
LARGER_MISSING = _world(
    "larger-missing",
    N_("there is no larger model {path}"),
    N_("put it there, or name another folder in ocr.careful_models (docs/settings.md says where to get it)"),
)
ENGINE_MISSING = _world(
    "engine-missing",
    N_("the OCR engine {engine} is not installed"),
    N_('set ocr.engine = "pytesseract" in arsip.toml, or install Arsip with its extra {engine}'),
)
FONTS_MISSING = _world(
    "fonts-missing",
    N_("the font {font}, which the samples are drawn with, is not installed"),
    N_("run: apt-get install fonts-liberation fonts-dejavu-core"),
)
INDEX_UNREACHABLE = _world(
    "index-unreachable",
    N_("the search index at {where} does not answer"),
    N_("start it and run the same command again; a running worker goes on by itself"),
)
INDEX_BROKEN = _world(
    "index-broken", N_("the search index at {where} cannot be used: {problem}"), N_("run: arsip doctor")
)
CATALOG_LOCKED = _world(
    "catalog-locked",
    N_("the catalog {path} is locked by another program"),
    N_("close the other program and run the same command again"),
)
CATALOG_BROKEN = _world(
    "catalog-broken",
    N_("the catalog {path} is damaged"),
    N_("restore it from a backup; then run: arsip doctor"),
)
CATALOG_NEWER = _world(
    "catalog-newer",
    N_("the catalog was made by a newer version of Arsip (schema {revision})"),
    N_("install the newer version; this one changes nothing"),
)
CATALOG_UNREACHABLE = _world(
    "catalog-unreachable",
    N_("the database server of the catalog ({where}) does not answer"),
    N_("start it and run the same command again; a running worker goes on by itself"),
)
CATALOG_REFUSED = _world(
    "catalog-refused",
    N_("the database server of the catalog ({where}) refuses the user, the password or the database"),
    N_("correct catalog.url and ARSIP_CATALOG_PASSWORD"),
)
CATALOG_UNTRUSTED = _world(
    "catalog-untrusted",
    N_("the certificate of the database server of the catalog ({where}) is missing or not trusted"),
    N_("correct sslmode and sslrootcert in catalog.url, or the server's certificate"),
)
CATALOG_UNFIT = _world(
    "catalog-unfit",
    N_("the database {where} cannot hold the catalog: {problem}"),
    N_("name another database in catalog.url"),
)
CATALOG_READ_ONLY = _world(
    "catalog-read-only",
    N_("the database server of the catalog ({where}) takes no changes: it is a standby"),
    N_("name the primary server in catalog.url"),
)
CATALOG_OVERLOADED = _world(
    "catalog-overloaded",
    N_("the database server of the catalog ({where}) has no connections or no memory left"),
    N_("start fewer workers, or raise max_connections of the server"),
)
BROKER_UNREACHABLE = _world(
    "broker-unreachable",
    N_("the message broker at {where} does not answer"),
    N_("start it and run the same command again; a running worker goes on by itself"),
)
BROKER_REFUSED = _world(
    "broker-refused",
    N_("the message broker at {where} refuses the user or the password"),
    N_("correct broker.url and ARSIP_BROKER_PASSWORD"),
)
BROKER_NO_VHOST = _world(
    "broker-no-vhost",
    N_("the message broker at {where} has no such virtual host, or does not let this user into it"),
    N_("correct the end of broker.url; or run there: rabbitmqctl add_vhost, rabbitmqctl set_permissions"),
)
BROKER_UNTRUSTED = _world(
    "broker-untrusted",
    N_("the certificate of the message broker at {where} is not trusted"),
    N_("have the system trust it, or correct broker.url"),
)
CATALOG_ON_NETWORK = _world(
    "catalog-on-network",
    N_("the catalog {path} lies on a network drive ({filesystem}), where SQLite loses data"),
    N_("set ARSIP_HOME to a folder on a local disk"),
)
WORKERS_DIED = _world(
    "workers-died", N_("the reader processes cannot be started: {problem}"), N_("run: arsip doctor")
)

PATH_MISSING = _person(
    "path-missing", Exit.USAGE, N_("there is no file or folder {path}"), N_("check the name")
)
NOTHING_TO_IMPORT = _person(
    "nothing-to-import", Exit.USAGE, N_("there is no file in {path}"), N_("check the folder")
)
BAD_QUERY = _person(
    "bad-query", Exit.USAGE, N_("the query cannot be understood: {problem}"), N_("see: arsip search --help")
)
BAD_SETTING = _person(
    "bad-setting", Exit.USAGE, N_("setting {name}: {problem}"), N_("correct arsip.toml or the environment")
)
BATCH_UNKNOWN = _person(
    "batch-unknown", Exit.NOT_FOUND, N_("there is no batch {name}"), N_("see: arsip batch list")
)
ID_UNKNOWN = _person(
    "id-unknown", Exit.NOT_FOUND, N_("no document or page has id {id}"), N_("find its id with: arsip search")
)
PAGE_UNKNOWN = _person(
    "page-unknown",
    Exit.NOT_FOUND,
    N_("there is no page {id}"),
    N_("find its id with: arsip search, or arsip show DOCUMENT"),
)
SEVERAL_PAGES = _person(
    "several-pages",
    Exit.USAGE,
    N_("the file has {pages} pages, and would take the place of one"),
    N_("give a file that has exactly one page"),
)
NOTHING_SELECTED = _person(
    "nothing-selected", Exit.NOT_FOUND, N_("no page fits all of that"), N_("see: arsip batch status NAME")
)
PAGES_LACKING = _person(
    "pages-lacking", Exit.NOT_FOUND, N_("no document has the pages chosen"), N_("see: arsip show DOCUMENT")
)
NO_ARCHIVE = _person(
    "no-archive", Exit.NOT_FOUND, N_("there is no archive in {path} yet"), N_("begin one with: arsip import")
)
BATCH_WITHDRAWN = _person(
    "batch-withdrawn",
    Exit.USAGE,
    N_("the batch {name} was withdrawn"),
    N_('use another batch name, or run: arsip batch withdraw "{name}" --restore'),
)

UNEXPECTED = Cause(
    "unexpected",
    Fault.OURS,
    Exit.UNEXPECTED,
    N_("something nobody expected happened ({kind} in {where})"),
    N_("run: arsip reprocess --cause unexpected; if it happens again, please report it"),
)

CAUSES = {cause.code: cause for cause in list(globals().values()) if isinstance(cause, Cause)}


class Failure(Value, frozen=True):
    """A failure as a value: the name of its cause and a few plain facts, safe to keep and to show."""

    cause: str
    details: dict[str, Detail] = {}  # noqa: RUF012 - msgspec copies the default

    @property
    def fault(self) -> Fault:
        """Who is at fault."""
        return CAUSES[self.cause].fault

    def message(self) -> str:
        """What happened, in the chosen language."""
        return _fill(CAUSES[self.cause].says, self.details)

    def advice(self) -> str:
        """What to do next, in the chosen language."""
        return _fill(CAUSES[self.cause].advice, self.details)


class ArsipError(Exception):
    """A failure on its way up. Its text is the code of the cause: details are for ``Failure`` alone."""

    def __init__(self, cause: Cause, **details: Detail) -> None:
        super().__init__(cause.code)
        self.failure = Failure(cause.code, details)

    @classmethod
    def of(cls, failure: Failure) -> ArsipError:
        """A failure that is a value already, on its way up again."""
        error = cls(CAUSES[failure.cause])
        error.failure = failure
        return error

    @property
    def exit(self) -> int:
        """The exit code of a command that ends with this."""
        return CAUSES[self.failure.cause].exit


def unexpected(error: BaseException) -> Failure:
    """What nobody expected, as a value: the exception's type, file and line, and never its text.

    The text of an exception may quote what stood on the page (promise 9), so it is dropped here.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = "?"
    if frames:
        parts = frames[-1].filename.replace("\\", "/").split("/")
        where = f"{'/'.join(parts[-2:])}:{frames[-1].lineno}"
    return Failure(UNEXPECTED.code, {"kind": type(error).__name__, "where": where})


def failure_of(error: BaseException) -> Failure:
    """The failure an exception stands for."""
    return error.failure if isinstance(error, ArsipError) else unexpected(error)


def _fill(template: str, details: dict[str, Detail]) -> str:
    try:
        return _(template).format_map(details)
    except (KeyError, IndexError):
        return _(template)
