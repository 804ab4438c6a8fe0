"""Is it the file that was asked for: checksum, first bytes, wholeness."""

from __future__ import annotations

import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from citemesh.graph.download.http import PassingError
from citemesh.outputs import write_text

_BLOCK = 1 << 20
_TAIL_BYTES = 4096
_PAGES = (b"<!doctype html", b"<html")
_UTF8_MARK = b"\xef\xbb\xbf"
#: NLM's ``MD5(NAME)= HEX`` and md5sum's ``HEX  NAME``.
_SIDECAR = re.compile(r"\s*(?:MD5\s*\((?P<name>[^)]*)\)\s*=\s*)?(?P<md5>[0-9a-fA-F]{32})\b")


class Form(Enum):
    """What a file must be, whatever its server calls it."""

    GZIP = "a gzip file"
    ZIP = "a zip archive"
    MESH_XML = "MeSH XML"


_MAGICS = {Form.GZIP: b"\x1f\x8b", Form.ZIP: b"PK\x03\x04", Form.MESH_XML: b"<"}


def begins_as(form: Form, head: bytes) -> bool:
    """Whether the first bytes are those of such a file and not of an HTML page."""
    text = head.removeprefix(_UTF8_MARK).lstrip() if form is Form.MESH_XML else head
    return text.startswith(_MAGICS[form]) and not _is_page(head)


def check_beginning(form: Form, head: bytes, url: str) -> None:
    """Refuse what does not begin as the file that was asked for; status and type prove nothing.

    Raises:
        PassingError: for an HTML page, an empty answer, and anything else.
    """
    if begins_as(form, head):
        return
    found = "an HTML page" if _is_page(head) else f"{head[:16]!r}" if head else "nothing"
    raise PassingError(f"{url} answered with {found} where {form.value} should be.")


def check_whole(path: Path, form: Form) -> None:
    """Look for signs that a file without a published checksum was cut off.

    A gzip file is unpacked to its end (its CRC is checked), a zip archive must have its list of
    members, which stands at its end, and XML its closing tag.

    Raises:
        PassingError: when it is not whole.
    """
    try:
        if form is Form.GZIP:
            with gzip.open(path) as stream:
                while stream.read(_BLOCK):
                    pass
        elif form is Form.ZIP:
            zipfile.ZipFile(path).close()
        elif not _tail(path).endswith(b"RecordSet>"):
            raise EOFError("its closing tag is missing")
    except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
        raise PassingError(f"{path.name} arrived damaged ({error}).") from error


def file_md5(path: Path, on_block: Callable[[int], object] = lambda _: None) -> str:
    """The MD5 of a file, read in blocks of 1 MiB.

    Args:
        path: the file.
        on_block: called with the bytes of each block.
    """
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            on_block(len(block))
    return digest.hexdigest()


def sidecar_md5(text: str, name: str) -> str | None:
    """The MD5 in a ``.md5`` file, or None when it holds none, or that of another file."""
    found = _SIDECAR.match(text)
    if found is None or found["name"] not in (None, name):
        return None
    return found["md5"].lower()


def recorded_md5(final: Path) -> str | None:
    """The MD5 that the ``.md5`` file beside a finished file names; None without one."""
    try:
        text = md5_path(final).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    return sidecar_md5(text, final.name)


def record_md5(final: Path, md5: str) -> None:
    """Write the ``.md5`` file beside a finished file, in NLM's form."""
    write_text(md5_path(final), f"MD5({final.name})= {md5}\n")


def md5_path(final: Path) -> Path:
    """Where the MD5 of a finished file lies."""
    return final.with_name(f"{final.name}.md5")


def _is_page(head: bytes) -> bool:
    return head.removeprefix(_UTF8_MARK).lstrip().lower().startswith(_PAGES)


def _tail(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return stream.read().rstrip()
