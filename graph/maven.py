"""Files from Maven Central through jgo, each one checked and written whole or not at all.

jgo decides what is needed (poms, versions, exclusions). Its own download writes straight to the
final name, so that a killed one leaves a half jar that is trusted ever after, and only warns when a
checksum does not match; so this part is replaced.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests  # what jgo itself downloads with
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext, PythonResolver
from jgo.parse import Coordinate

#: How often a transfer is tried, and seconds without a byte after which it has failed.
ATTEMPTS = 4
TIMEOUT = 60
#: Seconds before the second attempt; doubled for each one after.
PAUSE = 1.0
#: Answers that another attempt may change: too many requests, and a server's own troubles.
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
#: Bytes read at once.
_BLOCK = 1 << 16
_PARTIAL = ".partial"


class CheckedResolver(PythonResolver):
    """jgo's resolver with downloads that are checked, atomic and tried again.

    Args:
        on_file: called with the path of every file that has arrived.
    """

    def __init__(self, on_file: Callable[[Path], object]) -> None:
        super().__init__()
        self._on_file = on_file
        self._session = requests.Session()

    def download(self, artifact: Any) -> Path:
        """Fetch one file of an artifact and check it against its published SHA-1.

        Raises:
            RuntimeError: when the repository does not have it or it arrives damaged.
            requests.RequestException: when the network fails again and again.
        """
        final: Path = artifact.cached_path
        path = artifact.component.path_prefix.as_posix()
        url = f"{next(iter(artifact.context.remote_repos.values()))}/{path}/{artifact.filename}"
        final.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                fetch_checked(self._session, url, final)
                break
            except (requests.RequestException, DamagedFileError):
                if attempt == ATTEMPTS:
                    raise
                time.sleep(PAUSE * 2 ** (attempt - 1))
        self._on_file(final)
        return final


class DamagedFileError(RuntimeError):
    """A file does not have the checksum that its repository publishes."""


def fetch_checked(session: requests.Session, url: str, final: Path) -> None:
    """Fetch one file that gets its name only when it is whole and its SHA-1 is right."""
    partial = final.with_name(f".{final.name}.{os.getpid()}{_PARTIAL}")
    try:
        found = _stream(session, url, partial)
        expected = _get(session, f"{url}.sha1").text.split()
        if not expected or expected[0].lower() != found:
            raise DamagedFileError(f"{url} arrived damaged (its SHA-1 does not match).")
        partial.replace(final)
    finally:
        partial.unlink(missing_ok=True)


def maven_context(
    repository: Path, on_file: Callable[[Path], object], url: str = MAVEN_CENTRAL_URL
) -> MavenContext:
    """A jgo context that keeps its files in a folder of its own instead of the shared ``~/.m2``."""
    return MavenContext(
        resolver=CheckedResolver(on_file),
        repo_cache=repository,
        local_repos=[],
        remote_repos={"central": url},
        timeout=TIMEOUT,
    )


def resolve(context: MavenContext, coordinates: tuple[str, ...]) -> list[Any]:
    """The jgo artifacts of all jars that the coordinates need to run, themselves first."""
    wanted = []
    for group, artifact, version in (name.split(":") for name in coordinates):
        coordinate = Coordinate(group, artifact, version, scope="compile")
        wanted.append(context.create_dependency(coordinate))
    inputs, transitive = context.resolver.resolve(wanted)
    needed = [*inputs, *(d for d in transitive if d.scope in ("compile", "runtime"))]
    return list({d.artifact.key: d.artifact for d in needed}.values())


def remove_damaged(folder: Path, sizes: dict[Path, int]) -> None:
    """Remove what a killed download left, and files that no longer have their recorded size."""
    for partial in folder.rglob(f".*{_PARTIAL}"):
        partial.unlink(missing_ok=True)
    for path, size in sizes.items():
        if path.exists() and path.stat().st_size != size:
            path.unlink()


def _stream(session: requests.Session, url: str, path: Path) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    with _get(session, url, stream=True) as response, path.open("wb") as file:
        for block in response.iter_content(_BLOCK):
            file.write(block)
            digest.update(block)
    return digest.hexdigest()


def _get(session: requests.Session, url: str, stream: bool = False) -> requests.Response:
    response = session.get(url, timeout=TIMEOUT, stream=stream)
    if response.status_code in _PASSING:
        response.raise_for_status()
    if response.status_code != 200:
        raise RuntimeError(f"{url} answered with HTTP status {response.status_code}.")
    return response
