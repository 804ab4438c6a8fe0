"""Files from Maven Central through jgo, each one checked and written whole or not at all.

jgo's own download writes straight to the final name, so a killed one leaves a half jar that is
trusted ever after, and only warns when a checksum does not match. Its choice of what is needed
(poms, versions, exclusions) is used as it is.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext, PythonResolver
from jgo.parse import Coordinate
from jgo.util import http

#: Bytes read at once.
_BLOCK = 1 << 16
_PARTIAL = ".partial"


class CheckedResolver(PythonResolver):  # type: ignore[misc]  # jgo ships no types
    """jgo's resolver with downloads that are checked and atomic.

    Args:
        on_file: called with the path of every file that has arrived.
    """

    def __init__(self, on_file: Callable[[Path], object]) -> None:
        super().__init__()
        self._on_file = on_file

    def download(self, artifact: Any) -> Path:
        """Fetch one file of an artifact and check it against its published SHA-1.

        Raises:
            RuntimeError: when the repository does not have it or the checksum does not match.
            requests.RequestException: when the network fails.
        """
        final: Path = artifact.cached_path
        path = artifact.component.path_prefix.as_posix()
        url = f"{MAVEN_CENTRAL_URL}/{path}/{artifact.filename}"
        timeout = artifact.context.timeout
        final.parent.mkdir(parents=True, exist_ok=True)
        partial = final.with_name(f".{final.name}.{os.getpid()}{_PARTIAL}")
        try:
            found = _stream(url, partial, timeout)
            expected = _get(f"{url}.sha1", timeout).text.split()
            if not expected or expected[0].lower() != found:
                raise RuntimeError(f"{url} arrived damaged (its SHA-1 does not match).")
            partial.replace(final)
        finally:
            partial.unlink(missing_ok=True)
        self._on_file(final)
        return final


def maven_context(
    repository: Path, timeout: int, on_file: Callable[[Path], object]
) -> MavenContext:
    """A jgo context that keeps its files in a folder of its own instead of the shared ``~/.m2``."""
    return MavenContext(
        resolver=CheckedResolver(on_file),
        repo_cache=repository,
        local_repos=[],
        remote_repos={"central": MAVEN_CENTRAL_URL},
        timeout=timeout,
    )


def resolve(context: MavenContext, coordinates: tuple[str, ...]) -> list[Any]:
    """The jgo artifacts of all jars that the coordinates need to run, themselves first."""
    wanted = [
        context.create_dependency(Coordinate.parse(f"{name}:compile")) for name in coordinates
    ]
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


def _stream(url: str, path: Path, timeout: int) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    response = _get(url, timeout, stream=True)
    with path.open("wb") as file:
        for block in response.iter_content(_BLOCK):
            file.write(block)
            digest.update(block)
    return digest.hexdigest()


def _get(url: str, timeout: int, **kwargs: Any) -> Any:
    response = http.get(url, timeout=timeout, **kwargs)
    if response.status_code != 200:
        raise RuntimeError(f"{url} answered with HTTP status {response.status_code}.")
    return response
