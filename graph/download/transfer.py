"""Bringing one file: continued where it broke off, checked, and named only when it is right."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from enum import Enum
from itertools import chain
from pathlib import Path

import requests

from citemesh.graph.download.checks import (
    Form,
    check_beginning,
    check_whole,
    file_md5,
    record_md5,
    recorded_md5,
    sidecar_md5,
)
from citemesh.graph.download.http import (
    NotThereError,
    PassingError,
    Web,
    beginning,
    blocks,
    persist,
)
from citemesh.graph.download.meter import Meter
from citemesh.graph.download.partial import Origin, Partial

#: ``bytes FIRST-LAST/TOTAL`` and, with status 416, ``bytes */TOTAL`` (RFC 9110, 14.4).
_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,18})-\d{1,18}|\*)/(\d{1,18}|\*)")
_LENGTH = re.compile(r"\d{1,18}")


@dataclass(frozen=True, slots=True)
class Remote:
    """A file on a server.

    Args:
        name: the name it gets in the folder; ours, never the server's.
        url: its address.
        form: what it must be.
        sidecar: its MD5 may lie beside it, at the address with ``.md5`` after it.
        md5: its MD5 where that was published elsewhere.
    """

    name: str
    url: str
    form: Form
    sidecar: bool = False
    md5: str | None = None


class State(Enum):
    """How a file came to lie in the folder."""

    FETCHED = "fetched"
    UNCHANGED = "unchanged on the server"
    KEPT = "there already"


class StoppedError(Exception):
    """The work was called off; what has arrived is kept."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Brings files into a folder, one at a time.

    Args:
        folder: where they go.
        web: connections of this thread.
        meter: is told of bytes that arrive.
        stop: set when the work is called off.
    """

    folder: Path
    web: Web
    meter: Meter
    stop: threading.Event

    def fetch(self, remote: Remote, held_md5: str | None = None) -> State:
        """Bring one file, with as many attempts as patience allows.

        Args:
            remote: the file.
            held_md5: the MD5 of what lies there under its name; None when nothing does.

        Raises:
            DownloadError: when it cannot be had.
            StoppedError: when the work was called off.
        """
        partial = Partial(self.folder / remote.name)
        return persist(
            lambda: self._attempt(remote, partial, held_md5),
            self.web.patience,
            lambda: partial.size,
        )

    def _attempt(self, remote: Remote, partial: Partial, held_md5: str | None) -> State:
        if self.stop.is_set():
            raise StoppedError
        final = self.folder / remote.name
        # Asked for in each attempt: a file that was republished meanwhile has a new one.
        expected = remote.md5 or self._sidecar(remote)
        if held_md5 is not None and self._is_current(remote, final, held_md5, expected):
            record_md5(final, held_md5)
            return State.UNCHANGED
        self._receive(remote, partial)
        self.meter.check(remote.name, partial.size)
        md5 = _checked_md5(remote, partial, expected)
        origin = partial.origin(remote.url)
        # First the record, then the name: a file under its name is never without its record.
        record_md5(final, md5)
        _keep_time(partial.path, origin.modified if origin else None)
        partial.publish(final)
        return State.FETCHED

    def _sidecar(self, remote: Remote) -> str | None:
        """The MD5 beside a file; None where its server has none."""
        if not remote.sidecar:
            return None
        url = f"{remote.url}.md5"
        try:
            text = self.web.text(url)
        except NotThereError:
            return None
        md5 = sidecar_md5(text, remote.name)
        if md5 is None:
            raise PassingError(f"{url} holds no MD5 of {remote.name}.")
        return md5

    def _is_current(self, remote: Remote, final: Path, held: str, expected: str | None) -> bool:
        """Whether what lies there is what the server has."""
        if expected is not None:
            return held == expected
        if held != recorded_md5(final):
            return False
        since = {"If-Modified-Since": formatdate(final.stat().st_mtime, usegmt=True)}
        with self.web.ask(remote.url, since, frozenset({200, 304})) as response:
            return response.status_code == 304

    def _receive(self, remote: Remote, partial: Partial) -> None:
        """One attempt to bring the rest of a file."""
        origin = partial.origin(remote.url)
        if origin is not None and origin.total == partial.size:
            return
        accept = frozenset({200, 206, 416} if origin else {200})
        with self.web.ask(remote.url, _rest(origin, partial), accept) as response:
            if response.status_code == 416:
                _check_nothing_is_left(response, partial)
                return
            if origin is not None and response.status_code == 206:
                arriving = _continued(response, origin, partial)
                body = blocks(response)
            else:
                arriving, body = _begun(response, remote, partial)
            self.meter.expect(remote.name, partial.size, arriving.total)
            self._write(remote.name, body, partial)
        if arriving.total is not None and partial.size < arriving.total:
            raise PassingError(
                f"{remote.url} broke off after {partial.size:,} of {arriving.total:,} bytes."
            )

    def _write(self, name: str, body: Iterator[bytes], partial: Partial) -> None:
        size = partial.size
        with partial.path.open("ab") as file:
            for block in body:
                if self.stop.is_set():
                    raise StoppedError
                file.write(block)
                size += len(block)
                self.meter.reach(name, size)


def _rest(origin: Origin | None, partial: Partial) -> dict[str, str]:
    """The headers that ask for the rest of the same version, or else for all of the new one."""
    if origin is None or origin.validator is None:
        return {}
    return {"Range": f"bytes={partial.size}-", "If-Range": origin.validator}


def _begun(
    response: requests.Response, remote: Remote, partial: Partial
) -> tuple[Origin, Iterator[bytes]]:
    """Begin a file anew, unless its first bytes are those of something else."""
    body = blocks(response)
    head = beginning(body)
    check_beginning(remote.form, head, remote.url)
    length = response.headers.get("Content-Length", "")
    origin = Origin.of(remote.url, response, int(length) if _LENGTH.fullmatch(length) else None)
    partial.begin(origin)
    return origin, chain([head], body)


def _continued(response: requests.Response, origin: Origin, partial: Partial) -> Origin:
    """What is arriving, if it is the rest of what is there."""
    first, total = _content_range(response)
    arriving = Origin.of(origin.url, response, total)
    if first != partial.size or not origin.same_version(arriving):
        partial.drop()
        raise PassingError(f"{origin.url} has changed since its first part arrived.")
    return arriving


def _check_nothing_is_left(response: requests.Response, partial: Partial) -> None:
    """Status 416 says that all has arrived, or that the file has become shorter."""
    total = _content_range(response)[1]
    if total != partial.size:
        partial.drop()
        raise PassingError(f"{response.url} has changed since its first part arrived.")


def _content_range(response: requests.Response) -> tuple[int | None, int | None]:
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if found is None:
        return None, None
    first, total = found.groups()
    return int(first) if first else None, int(total) if total != "*" else None


def _checked_md5(remote: Remote, partial: Partial, expected: str | None) -> str:
    """The MD5 of what has arrived; damaged bytes are dropped, so that the next attempt is new."""
    md5 = file_md5(partial.path)
    try:
        if expected is None:
            check_whole(partial.path, remote.form)
        elif md5 != expected:
            raise PassingError(f"{remote.name} arrived damaged (its MD5 does not match).")
    except PassingError:
        partial.drop()
        raise
    return md5


def _keep_time(path: Path, modified: str | None) -> None:
    """Give a file the time that its server gave it; a later ``If-Modified-Since`` asks with it."""
    if modified is None:
        return
    try:
        time = parsedate_to_datetime(modified).timestamp()
        os.utime(path, (time, time))
    except (OverflowError, ValueError):
        # No date: the file keeps the time of its arrival, and is asked for without one.
        return
