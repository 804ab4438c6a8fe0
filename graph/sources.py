"""Opening the files that users bring, with one clear error for each way they can be broken."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

from lxml import etree

from citemesh.errors import InputError

_unpacker: ModuleType = gzip
_UnpackError: Any = zlib.error  # isal's stub takes its error class for an instance
try:  # isal unpacks several times as fast; the extra `fast` installs it
    from isal import igzip, isal_zlib
except ImportError:
    pass
else:
    _unpacker, _UnpackError = igzip, isal_zlib.IsalError

_GZIP_MAGIC = b"\x1f\x8b"
_HEAD_BYTES = 4096


@contextmanager
def open_source(path: Path, what: str) -> Iterator[BinaryIO]:
    """Open a plain or gzipped file for reading bytes.

    Args:
        path: the file.
        what: what it should be, such as ``a PubMed XML file``; used in messages.

    Raises:
        InputError: when it is missing, empty, truncated, not gzip where it says so, an HTML page,
            or not well-formed XML where it is parsed inside the block.
    """
    if not path.is_file():
        raise InputError(f"{path} is not there or is no file; {what} was asked for.")
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty; {what} was asked for.", "Download it again.")
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP_MAGIC
        with _unpacker.open(path) if packed else path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES).lstrip().lower()
            if head.startswith((b"<!doctype html", b"<html")):
                raise InputError(
                    f"{path} is an HTML page, not {what}: a server answered with a message.",
                    "Open it in a browser to see what it says, then download the file again.",
                )
            if not head:
                raise InputError(f"{path} is empty; {what} was asked for.", "Download it again.")
            stream.seek(0)
            yield stream
    except (EOFError, zlib.error, _UnpackError) as error:
        raise InputError(f"{path} is truncated ({error}).", "Download it again.") from error
    except gzip.BadGzipFile as error:
        message = f"{path} is not a whole gzip file ({error})."
        raise InputError(message, "Download it again.") from error
    except etree.XMLSyntaxError as error:
        raise InputError(f"{path} is not {what}: {error.msg}.", "Download it again.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text: {error}.", f"It should be {what}.") from error
