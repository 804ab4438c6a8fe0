"""Lines of a MeSH file: where something stands, for messages, and what breaks a file off."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from citemesh.errors import InputError

#: What gzip and zlib raise when a packed file ends early or is damaged.
BROKEN_OFF = (EOFError, zlib.error, gzip.BadGzipFile)
AGAIN = "Download it again."


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file.

    Args:
        path: the file.
        line: from 1; in a packed file that of the text inside.
    """

    path: Path
    line: int

    def error(self, message: str, hint: str = AGAIN) -> InputError:
        """The error to raise for what is wrong at this place."""
        return InputError(f"{self.path}, line {self.line}: {message}.", hint)

    def broken_off(self, error: BaseException) -> InputError:
        """The error to raise where a packed file ends early or is damaged."""
        return self.error(f"the packed file is truncated or damaged here or soon after ({error})")


def text_lines(stream: BinaryIO, path: Path, ended: bool = True) -> Iterator[tuple[int, str]]:
    """Lines of UTF-8 text with their numbers, from 1, without their line breaks.

    Args:
        stream: the bytes of the file.
        path: the file, for messages.
        ended: whether a last line without a line break means that the rest is missing.

    Raises:
        InputError: with the line, for bytes that are not UTF-8 and for a truncated file.
    """
    number = 0
    raw = b"\n"
    try:
        for number, raw in enumerate(stream, start=1):
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            yield number, text.rstrip("\r\n")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} of the line is not UTF-8 text ({error.reason})"
        raise Place(path, number).error(message) from error
    except BROKEN_OFF as error:
        raise Place(path, number + 1).broken_off(error) from error
    if ended and not raw.endswith(b"\n"):
        raise Place(path, number).error("the last line has no end: the file is truncated")
