"""Reading PubMed XML as a stream: some thousand records in memory at a time, nothing of it lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.parsers import expat

import pyarrow as pa

from citemesh.errors import InputError
from citemesh.graph.pubmed.plan import plan
from citemesh.graph.pubmed.record import RecordReader
from citemesh.graph.pubmed.walk import (
    EntityDeclaredError,
    OtherEncodingError,
    OtherRootError,
    Walker,
)
from citemesh.graph.sources import open_source

WHAT = "a PubMed XML file (root PubmedArticleSet)"
#: Records per batch: bounds the memory of a parse and of every later pass.
BATCH_RECORDS = 5_000
#: A batch ends early when it was read from this much XML: some records are a hundred times longer,
#: and Python's own memory stays as large as the largest batch was.
_BATCH_BYTES = 16 << 20
#: No real record comes near: this bounds the memory, and the time expat needs for endless tags.
_RECORD_BYTES = 32 << 20
_CHUNK_BYTES = 1 << 20

Tables = dict[str, pa.Table]


def read_pubmed(path: Path, dropped: Counter[str]) -> Iterator[Tables]:
    """Yield the records of a PubMed XML file, plain or gzipped, as tables of `SCHEMAS`.

    Nothing is fetched: pubmed.dtd is not needed to read a record.

    Args:
        path: the file.
        dropped: where what is left out is counted, by reason.

    Raises:
        InputError: for a missing, empty, truncated or malformed file, an HTML page, another root,
            entities that the file declares, a record longer than 32 MB.
    """
    reader = RecordReader(dropped)
    batch_bytes = 0
    for size in _feed(path, reader):
        batch_bytes += size
        if len(reader.batch) >= BATCH_RECORDS or batch_bytes >= _BATCH_BYTES:
            batch_bytes = 0
            yield reader.batch.take()
    if reader.batch:
        yield reader.batch.take()


def _feed(path: Path, reader: RecordReader) -> Iterator[int]:
    """Give the file to the reader; yield the bytes of each chunk after it was read."""
    walker = Walker(plan(reader), reader.damage)
    since_item = items = 0
    with open_source(path, WHAT) as stream, _clear_errors(path):
        while chunk := stream.read(_CHUNK_BYTES):
            walker.feed(chunk)
            since_item = since_item + len(chunk) if reader.items == items else 0
            items = reader.items
            if since_item > _RECORD_BYTES:
                raise InputError(
                    f"{path} holds a record of more than {_RECORD_BYTES >> 20} MB.",
                    "No PubMed record is that long; download the file again.",
                )
            yield len(chunk)
        walker.feed(b"", last=True)


@contextmanager
def _clear_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except expat.ExpatError as error:
        message = f"{expat.ErrorString(error.code)}, line {error.lineno}, column {error.offset + 1}"
        raise InputError(f"{path} is not {WHAT}: {message}.", "Download it again.") from error
    except OtherRootError as error:
        raise InputError(f"{path} is not {WHAT}: its root element is {str(error)[:80]}.") from error
    except OtherEncodingError as error:
        message = f"{path} says that its encoding is {str(error)[:40]!r}; PubMed writes UTF-8."
        raise InputError(message, "Download it again.") from error
    except EntityDeclaredError as error:
        raise InputError(
            f"{path} declares an entity of its own ({str(error)[:40]}), as no PubMed file does; "
            "such entities are neither expanded nor fetched.",
            "Download the file again.",
        ) from error
