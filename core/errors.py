"""The errors a user can cause or mend: what was asked, what was found, what to do."""

from __future__ import annotations

import errno


class CitemeshError(Exception):
    """Base of every error shown to a user as one line, with exit code 1.

    Args:
        message: what was asked and what was found.
        hint: what to do next; printed after the message.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(CitemeshError):
    """A file or value that a user gave cannot be used."""


class SettingsError(CitemeshError):
    """Settings that cannot work together, refused before any work is done."""


class OutputExistsError(CitemeshError):
    """The output is there already and --force was not given."""


class MissingDependencyError(CitemeshError):
    """A command needs an extra that is not installed."""


class ServerError(CitemeshError):
    """The local Neo4j server could not be started, stopped or found."""


class ConnectionFailedError(CitemeshError):
    """A Neo4j server did not answer or refused the login."""


class NoSpaceError(CitemeshError):
    """The disk, or the user's share of it, is full."""


#: What the operating system says when nothing more can be written (errno.h: ENOSPC, EDQUOT, EFBIG).
NO_SPACE_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_no_space(error: BaseException) -> bool:
    """Whether an error says that no more can be written to the disk.

    Libraries wrap the operating system's error, so its causes are looked at too.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in NO_SPACE_ERRNOS:
            return True
        seen = seen.__cause__ or seen.__context__
    return False
