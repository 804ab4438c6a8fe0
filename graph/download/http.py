"""Asking a server over HTTP: which answers are final, which may pass, how long to wait."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import requests
from requests import exceptions
from urllib3.exceptions import HTTPError, InvalidHeader
from urllib3.util import Retry

from citemesh import __version__
from citemesh.errors import CitemeshError

#: Bytes read at once.
BLOCK = 1 << 16
#: Bytes that tell what a file is.
_HEAD_BYTES = 512
#: Redirects followed for one request.
MAX_REDIRECTS = 5
_GONE = frozenset({404, 410})
#: Answers that another attempt may change: too many requests, and a server's own troubles.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
#: What no second attempt mends: a bad certificate, redirects without end, and (requests and urllib3
#: say ValueError) an address that is none or is not HTTP.
_FINAL = (exceptions.SSLError, exceptions.TooManyRedirects, ValueError)
#: A listing of PubMed's 1,600 files is some 200 KB.
_MAX_TEXT = 32 << 20
_GO_ON = "What has arrived is kept: run the same command again to go on."

_T = TypeVar("_T")


class DownloadError(CitemeshError):
    """A file could not be fetched."""


class NotThereError(DownloadError):
    """The server says that it does not have what was asked for (HTTP 404, 410)."""


class PassingError(Exception):
    """A failure that another attempt may mend.

    Args:
        message: what happened.
        retry_after: seconds that the server asks to wait; None when it does not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how slowly a failed transfer is tried again.

    Args:
        attempts: failures in a row after which it is given up.
        first_pause: seconds before the second attempt; doubled for each one after.
        longest_pause: seconds that no pause of ours exceeds.
        longest_wait: seconds that a server may ask for in ``Retry-After`` (RFC 9110, 10.2.3).
        connect_timeout: seconds until a connection stands.
        read_timeout: seconds without a byte after which a transfer has stalled.
        worthwhile: bytes gained in an attempt that make its failure the first of a new row.
        sleep: waits a number of seconds.
        dice: gives a number in [0, 1); a pause is its share between a half and the whole.
    """

    attempts: int = 6
    first_pause: float = 1.0
    longest_pause: float = 60.0
    longest_wait: float = 600.0
    connect_timeout: float = 15.0
    read_timeout: float = 60.0
    worthwhile: int = 1 << 20
    sleep: Callable[[float], object] = time.sleep
    dice: Callable[[], float] = random.random

    def wait(self, failures: int, error: PassingError) -> None:
        """Pause after a failure: exponential with jitter, and never less than the server asked.

        Raises:
            DownloadError: when the server asks for more than `longest_wait`.
        """
        asked = error.retry_after or 0.0
        if asked > self.longest_wait:
            raise DownloadError(
                f"{error} The server asks to wait {asked:,.0f} s.", f"Wait as long. {_GO_ON}"
            ) from error
        pause = min(self.longest_pause, self.first_pause * 2.0 ** (failures - 1))
        self.sleep(max(asked, pause * (0.5 + self.dice() / 2)))


def persist(
    attempt: Callable[[], _T], patience: Patience, reached: Callable[[], int] = lambda: 0
) -> _T:
    """Try until it works, or fails too often in a row.

    Args:
        attempt: raises PassingError for what may pass.
        patience: how often, and with which pauses.
        reached: bytes held so far; attempts that gain some do not use patience up.

    Raises:
        DownloadError: when patience has run out.
    """
    failures, highest = 0, reached()
    while True:
        try:
            return attempt()
        except PassingError as error:
            size = reached()
            failures = 1 if size >= highest + patience.worthwhile else failures + 1
            highest = max(highest, size)
            if failures >= patience.attempts:
                raise DownloadError(f"{error} Tried {failures} times.", _GO_ON) from error
            patience.wait(failures, error)


class Web:
    """One thread's connections.

    Args:
        patience: how failures are met.
    """

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self._session = requests.Session()
        self._session.max_redirects = MAX_REDIRECTS
        # identity: files are to arrive byte for byte, so that ranges and checksums mean them.
        self._session.headers.update(
            {"User-Agent": f"citemesh/{__version__}", "Accept-Encoding": "identity"}
        )

    def ask(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        accept: frozenset[int] | None = None,
    ) -> requests.Response:
        """Send one GET request; the body is left to be read.

        Args:
            url: an http or https address; redirects are followed to no others.
            headers: more headers.
            accept: statuses to give back; 200 alone when left out.

        Raises:
            PassingError: when another attempt may do better.
            NotThereError: for 404 and 410.
            DownloadError: for other statuses, too many redirects, addresses that are not HTTP.
        """
        timeout = (self.patience.connect_timeout, self.patience.read_timeout)
        try:
            response = self._session.get(url, headers=headers, stream=True, timeout=timeout)
        except _FINAL as error:
            raise DownloadError(f"{url} cannot be fetched: {_reason(error)}.") from error
        except requests.RequestException as error:
            raise PassingError(f"{url} cannot be reached: {_reason(error)}.") from error
        if response.status_code in (accept or {200}):
            return response
        with response:
            raise _refusal(url, response)

    def text(self, url: str) -> str:
        """The text of a small page, with as many attempts as patience allows.

        Raises:
            DownloadError: when it cannot be had.
        """

        def attempt() -> str:
            with self.ask(url) as response:
                text = bytearray()
                for block in blocks(response, decode=True):
                    text += block
                    if len(text) > _MAX_TEXT:
                        raise DownloadError(f"{url} is no listing: over {_MAX_TEXT:,} bytes.")
                return text.decode("utf-8", "replace")

        return persist(attempt, self.patience)


def blocks(response: requests.Response, decode: bool = False) -> Iterator[bytes]:
    """The body in blocks, as sent; with `decode` a content encoding is undone.

    Raises:
        PassingError: when the connection drops, stalls, or ends before the length it promised.
    """
    try:
        # read1: what has arrived before a stall is given out, not lost with the rest of its block.
        while block := response.raw.read1(BLOCK, decode_content=decode):
            yield block
    except HTTPError as error:
        raise PassingError(f"{response.url} broke off: {_reason(error)}.") from error


def beginning(body: Iterator[bytes]) -> bytes:
    """The first block or blocks, enough of them to tell what a file is."""
    head = b""
    while len(head) < _HEAD_BYTES and (block := next(body, b"")):
        head += block
    return head


def _refusal(url: str, response: requests.Response) -> Exception:
    status = response.status_code
    message = f"{url} answered with HTTP status {status}."
    if status in _PASSING:
        return PassingError(message, _retry_after(response))
    if status in _GONE:
        return NotThereError(message)
    return DownloadError(message)


def _retry_after(response: requests.Response) -> float | None:
    """Seconds from a ``Retry-After`` in seconds or as a date; None where it says nothing."""
    value = response.headers.get("Retry-After")
    try:
        return Retry().parse_retry_after(value) if value else None
    except (InvalidHeader, OverflowError, ValueError):
        return None


def _reason(error: Exception) -> str:
    """The innermost cause in words, without the wrapping of two libraries."""
    inner: BaseException = error
    while inner.__context__ is not None:
        inner = inner.__context__
    text = " ".join(str(inner).split()).rstrip(".")
    return text or type(inner).__name__
