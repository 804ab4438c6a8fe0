"""The part of a file that has arrived, and where it came from; both outlive a kill."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import requests

from citemesh.outputs import write_text

#: What may be sent back in ``If-Range``; others, folded headers among them, are passed over.
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]*"')
_PRINTABLE = re.compile(r"[\x21-\x7e][\x20-\x7e]*")


@dataclass(frozen=True, slots=True)
class Origin:
    """Which version of a file an answer was.

    Args:
        url: what was asked for.
        etag: a strong ``ETag``; None for a weak one, which cannot stand in ``If-Range``
            (RFC 9110, 13.1.5).
        modified: ``Last-Modified`` as sent.
        total: bytes of the whole file; None when the server did not say.
    """

    url: str
    etag: str | None
    modified: str | None
    total: int | None

    @classmethod
    def of(cls, url: str, response: requests.Response, total: int | None) -> Origin:
        """Read it from an answer's headers."""
        etag = response.headers.get("ETag", "")
        modified = response.headers.get("Last-Modified", "")
        return cls(
            url,
            etag if _STRONG_ETAG.fullmatch(etag) else None,
            modified if _PRINTABLE.fullmatch(modified) else None,
            total,
        )

    @property
    def validator(self) -> str | None:
        """What ``If-Range`` may hold; None when the server gave nothing to go by."""
        return self.etag or self.modified

    def same_version(self, other: Origin) -> bool:
        """Whether nothing that both of them name differs."""
        pairs = (
            (self.etag, other.etag),
            (self.modified, other.modified),
            (self.total, other.total),
        )
        return all(None in pair or pair[0] == pair[1] for pair in pairs)


class Partial:
    """``NAME.partial`` with its bytes and ``NAME.partial.json`` with its origin.

    Args:
        final: the name that the finished file will have.
    """

    def __init__(self, final: Path) -> None:
        self.path = final.with_name(f"{final.name}.partial")
        self._origin = final.with_name(f"{final.name}.partial.json")

    @property
    def size(self) -> int:
        """Bytes that have arrived."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def origin(self, url: str) -> Origin | None:
        """Where the bytes came from; None when they cannot be continued from `url`."""
        try:
            origin = Origin(**json.loads(self._origin.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        continuable = self.size and origin.url == url and origin.validator is not None
        return origin if continuable else None

    def begin(self, origin: Origin) -> None:
        """Start an empty file; in this order a kill never leaves old bytes with a new origin."""
        self.path.unlink(missing_ok=True)
        write_text(self._origin, json.dumps(asdict(origin)) + "\n")

    def drop(self) -> None:
        """Remove what has arrived."""
        self.path.unlink(missing_ok=True)
        self._origin.unlink(missing_ok=True)

    def publish(self, final: Path) -> None:
        """Give the finished file its name."""
        self.path.replace(final)
        self._origin.unlink(missing_ok=True)
