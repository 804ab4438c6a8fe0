"""Citation files → batches of (citing, cited) PMIDs, streamed; the format is seen in the file.

Read are the CSV of NIH's iCite Open Citation Collection (header ``citing,referenced``; plain,
gzipped or inside its zip), plain edge lists of two or more columns, and the ``DIRECTED.cites.tab``
of LINQS (Namata et al. 2012; first paper cites second). Blank lines and # comments are skipped.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from citemesh.errors import InputError
from citemesh.graph.pubmed.ids import MAX_PMID
from citemesh.graph.sources import open_source
from citemesh.manifest import file_sha256
from citemesh.progress import step

#: About half a million rows of two eight-digit PMIDs.
_BLOCK_BYTES = 8 << 20
#: Comments and header lie in these first bytes; no line may be longer.
_HEAD_BYTES = 1 << 16
#: Bytes whose hash takes over two seconds.
_LARGE = 1 << 30
_WHAT = "a citation file (CSV, TSV or iCite's zip)"
#: A zip with members, and one without (APPNOTE.TXT 4.3.7 and 4.3.16).
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
_COLUMNS_HINT = "Each line needs two PMIDs: the citing one, then the cited one."
_SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]*")
_SUFFIXES = re.compile(r"(\.(csv|tsv|tab|txt))?(\.(gz|zip))?$", re.IGNORECASE)
_ICITE = [b"citing", b"referenced"]
_LINQS = [[b"DIRECTED", b"cites"], [b"NO_FEATURES"]]
#: How the first column is called where the cited PMID comes first.
_CITED_FIRST = re.compile(rb"cited(?!.?by)|referenced|target|to(?![a-z])", re.IGNORECASE)

Pmids = NDArray[np.int64]
Rows = tuple[Pmids, Pmids]


@dataclass(frozen=True, slots=True)
class CitationFile:
    """A file of citations and the name that its edges get.

    Args:
        path: the file.
        source: what its edges are tagged with, such as ``icite``.
        sha256: of the file.
    """

    path: Path
    source: str
    sha256: str


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the lines of a file are to be read.

    Args:
        delimiter: tab, comma or space; a space stands for any run of blanks.
        skip: lines before the first row.
        header: the names of the columns; empty without a header.
        linqs: rows are ``id, paper:PMID, |, paper:PMID``.
    """

    delimiter: bytes
    skip: int
    header: list[bytes]
    linqs: bool = False

    def fields(self, line: bytes) -> list[bytes]:
        if self.delimiter == b" ":
            return line.split()
        return [field.strip(b" \t") for field in line.split(self.delimiter)]


def citation_file(text: str) -> CitationFile:
    """Understand ``[SOURCE=]FILE`` as typed on the command line, and look into the file.

    Args:
        text: without SOURCE= the source is ``icite`` for a file with iCite's header, else the plain
            name of the file. A file whose name has a ``=`` is written ``./NAME``.

    Raises:
        InputError: for a source that is no name, or a file that is no citation file.
    """
    source, given, rest = text.partition("=")
    if not given or "/" in source:
        path = Path(text)
        source = _default_source(path)
    else:
        path = Path(rest)
        if not _SOURCE.fullmatch(source):
            raise InputError(
                f"{source!r} in {text!r} cannot name a source of citations.",
                "Use a to z, 0 to 9, dash, underscore and dot: SOURCE=FILE.",
            )
        _layout_of(path)
    if source == "pubmed":
        message = f"{text!r} would call its citations pubmed, the name of PubMed's own references."
        raise InputError(message, f"Give another name: SOURCE={path}")
    with step(f"Hashing {path.name}") if path.stat().st_size > _LARGE else nullcontext():
        return CitationFile(path, source, file_sha256(path))


def read_citations(path: Path) -> Iterator[Rows]:
    """Stream the citations of a file, as they are: repeated and self-citations included.

    Yields:
        citing and cited PMIDs, each int64 of shape (n,), n about half a million at most.

    Raises:
        InputError: naming file and line, when it is not one of the formats, is broken or empty.
    """
    with _open(path) as (stream, name):
        head = _head(stream)
        layout = _layout(head, name)
        found = False
        for line, block in _blocks(stream, head, name):
            skip = layout.skip if line == 1 else 0
            rows = b"".join(block.split(b"\n", skip)[skip:]) if skip else block
            batch = _plain_rows(rows, layout)
            if batch is None:
                batch = _rows_by_line(rows, layout, name, line + skip)
            if len(batch[0]):
                found = True
                yield batch
        if not found:
            raise InputError(f"{name} holds no citation, only a header or comments.", _COLUMNS_HINT)


def _default_source(path: Path) -> str:
    if _layout_of(path).header == _ICITE:
        return "icite"
    plain = _SUFFIXES.sub("", path.name).lower()
    source = re.sub(r"[^a-z0-9._-]+", "-", plain).lstrip("._-")
    if not source:
        raise InputError(f"{path} has no name to call its citations by.", f"Write: SOURCE={path}")
    return source


def _layout_of(path: Path) -> _Layout:
    with _open(path) as (stream, name):
        return _layout(_head(stream), name)


def _head(stream: BinaryIO) -> bytes:
    return stream.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf")


@contextmanager
def _open(path: Path) -> Iterator[tuple[BinaryIO, str]]:
    """The bytes of a plain or gzipped file or of the one CSV in a zip, and a name for messages."""
    with open_source(path, _WHAT) as stream:
        packed = stream.read(4) in _ZIP_MAGICS
        stream.seek(0)
        if not packed:
            yield stream, str(path)
            return
        try:
            with zipfile.ZipFile(stream) as archive:
                member = _only_csv(archive, path)
                with archive.open(member) as inside:
                    yield inside, f"{member.filename} in {path}"  # type: ignore[misc]  # as above
        except (zipfile.BadZipFile, NotImplementedError) as error:
            message = f"{path} is not a whole zip file that can be read ({error})."
            raise InputError(message, "Download it again.") from error


def _only_csv(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    found = [
        member
        for member in archive.infolist()
        if member.filename.lower().endswith(".csv") and not member.filename.startswith("__MACOSX/")
    ]
    if len(found) != 1:
        names = ", ".join(member.filename for member in (found or archive.infolist())[:3])
        raise InputError(
            f"{path} should hold one CSV, but holds {len(found):,} (among: {names or 'nothing'}).",
            "Unpack it and give the files that hold citations.",
        )
    if found[0].flag_bits & 1:
        raise InputError(f"{path} is locked with a password.", "Unpack it and give the CSV.")
    return found[0]


def _layout(head: bytes, name: str) -> _Layout:
    """See in the first lines of a file how it is to be read."""
    lines = head.split(b"\n")
    marks = [line.lstrip(b"#").split() for line in lines[:2]]  # both are seen with a # and without
    if marks[0][:1] in ([b"DIRECTED"], [b"UNDIRECTED"]):
        if marks != _LINQS:
            raise InputError(f"{name} should begin as LINQS do: DIRECTED cites, then NO_FEATURES.")
        return _Layout(b"\t", 2, marks[0], linqs=True)
    content = [(n, line.strip()) for n, line in enumerate(lines, 1) if not _is_void(line)]
    if not content:
        raise InputError(f"{name} holds no citation in its first lines.", _COLUMNS_HINT)
    number, first = content[0]
    choices = [_Layout(mark, number - 1, []) for mark in (b"\t", b",", b" ") if mark in first]
    for layout in choices:
        if all(field.isdigit() for field in layout.fields(first)[:2]):
            return layout
    if not choices:
        raise _fault(name, number, first, "is not two columns")
    if re.match(rb"[-+\d]", first):
        return choices[0]  # a row with a fault, which its reader will name
    header = [field.strip(b"\"'") for field in choices[0].fields(first)]
    if _CITED_FIRST.match(header[0]):
        raise _fault(name, number, first, "is a header with the cited PMID first")
    return _Layout(choices[0].delimiter, number, header)


def _blocks(stream: BinaryIO, head: bytes, name: str) -> Iterator[tuple[int, bytes]]:
    """Whole lines, many at a time, with the number of the first; `head` was read before."""
    line, rest = 1, head
    while chunk := stream.read(_BLOCK_BYTES):
        lines = rest + chunk
        end = lines.rfind(b"\n") + 1
        if len(lines) - end > _HEAD_BYTES:
            number = line + lines.count(b"\n")
            raise _fault(name, number, lines[end:], f"is a line of over {_HEAD_BYTES:,} bytes")
        if end:
            yield line, lines[:end]
        line += lines.count(b"\n", 0, end)
        rest = lines[end:]
    if rest:
        yield line, rest


def _plain_rows(block: bytes, layout: _Layout) -> Rows | None:
    """Read lines that all have the same columns, numbers first; None when they do not.

    What it reads, `_rows_by_line` reads alike; it knows no comments and cannot name a line.
    """
    # Arrow takes 0x1F for a number; its parser is not asked about such lines.
    if layout.linqs or b"0x" in block or b"0X" in block:
        return None
    try:
        table = csv.read_csv(
            pa.BufferReader(block),
            csv.ReadOptions(autogenerate_column_names=True),
            csv.ParseOptions(delimiter=layout.delimiter.decode(), quote_char=False),
            csv.ConvertOptions(
                column_types={"f0": pa.int64(), "f1": pa.int64()},
                include_columns=["f0", "f1"],
                null_values=[],
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    citing, cited = table["f0"].to_numpy(), table["f1"].to_numpy()
    fine = all(len(ids) and ids.min() >= 1 and ids.max() <= MAX_PMID for ids in (citing, cited))
    return (citing, cited) if fine else None


def _rows_by_line(block: bytes, layout: _Layout, name: str, first: int) -> Rows:
    """Read lines one by one, with comments and any number of columns, naming what is wrong."""
    citing: list[int] = []
    cited: list[int] = []
    for number, line in enumerate(block.splitlines(), first):
        if _is_void(line):
            continue
        fields = layout.fields(line)
        if layout.linqs:
            fields = _linqs_fields(fields)
        if len(fields) < 2:
            raise _fault(name, number, line, "is not two columns")
        for field, column in zip(fields[:2], (citing, cited), strict=True):
            digits = field.lstrip(b"0")
            if not field.isdigit() or not 1 <= len(digits) <= len(str(MAX_PMID)):
                raise _fault(name, number, field, f"is no PMID (1 to {MAX_PMID:,})")
            column.append(int(digits))
    return np.array(citing, np.int64), np.array(cited, np.int64)


def _linqs_fields(fields: list[bytes]) -> list[bytes]:
    """Both PMIDs of ``id, paper:PMID, |, paper:PMID``; nothing for another row."""
    if len(fields) != 4 or fields[2] != b"|":
        return []
    return [field.removeprefix(b"paper:") for field in (fields[1], fields[3])]


def _is_void(line: bytes) -> bool:
    bare = line.strip()
    return not bare or bare.startswith(b"#")


def _fault(name: str, line: int, text: bytes, what: str) -> InputError:
    shown = text[:40].decode("utf-8", "replace") + ("…" if len(text) > 40 else "")
    return InputError(f"{name}, line {line}: {shown!r} {what}.", _COLUMNS_HINT)
