"""Neo4j's jars: resolved and fetched from Maven Central through jgo, once per machine."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citemesh.errors import ServerError, is_no_space
from citemesh.graph.locks import exclusive_lock
from citemesh.outputs import write_text
from citemesh.progress import progress_bar, say

if TYPE_CHECKING:
    from tqdm import tqdm

#: The long-term support line; docker-compose.yml names the same version.
NEO4J_VERSION = "5.26.31"
#: What the Parquet reader of the import tool needs and Neo4j's own poms leave out.
PARQUET_JARS = (
    "org.apache.commons:commons-collections4:4.4",
    "org.apache.commons:commons-lang3:3.17.0",
    "org.apache.hadoop.thirdparty:hadoop-shaded-guava:1.4.0",
    "com.fasterxml.woodstox:woodstox-core:6.5.1",
    "org.codehaus.woodstox:stax2-api:4.2.1",
)
COORDINATES = (f"org.neo4j:neo4j:{NEO4J_VERSION}", *PARQUET_JARS)
#: Written last; names the jars in the order of the class path.
STAMP = "classpath.json"
BROWSER_VERSION = "5.24.0"
#: Jars fetched side by side.
PARALLEL_DOWNLOADS = 6


@dataclass(frozen=True, slots=True)
class JarSet:
    """Jars that are fetched together and used together.

    Args:
        title: what they are, for people.
        coordinates: what is asked for at Maven Central; what those need comes along.
        stamp: the file that a finished download leaves.
        size: how much is fetched, for people.
    """

    title: str
    coordinates: tuple[str, ...]
    stamp: str
    size: str


NEO4J = JarSet(f"Neo4j {NEO4J_VERSION}", COORDINATES, STAMP, "about 150 MB")
#: Neo4j's own page for looking at a graph; Neo4j serves it when it lies on the class path.
BROWSER = JarSet(
    f"Neo4j Browser {BROWSER_VERSION}",
    (f"org.neo4j.client:neo4j-browser:{BROWSER_VERSION}",),
    "browser.json",
    "about 15 MB",
)


def cache_folder() -> Path:
    """Where the jars lie, shared by all workspaces: ``~/.cache/citemesh/neo4j-VERSION``."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "citemesh" / f"neo4j-{NEO4J_VERSION}"


def neo4j_jars() -> tuple[Path, ...]:
    """The class path of Neo4j, fetched when it is not there yet (about 150 MB, once).

    Raises:
        ServerError: when Maven Central cannot be reached or sends a damaged file.
    """
    return _jars(NEO4J)


def browser_jars() -> tuple[Path, ...]:
    """The jars of Neo4j Browser, fetched by the first who asks for them.

    Raises:
        ServerError: when Maven Central cannot be reached or sends a damaged file.
    """
    return _jars(BROWSER)


def _jars(wanted: JarSet) -> tuple[Path, ...]:
    folder = cache_folder()
    jars = stamped_jars(folder, wanted)
    if jars:
        return jars
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(folder / "download.lock", "Another command is fetching Neo4j"):
        return stamped_jars(folder, wanted) or _fetch(folder, wanted)


def stamped_jars(folder: Path, wanted: JarSet = NEO4J) -> tuple[Path, ...]:
    """The jars that a finished download listed, or nothing when one of them is not whole."""
    sizes = recorded_sizes(folder, wanted)
    try:
        return tuple(sizes) if all(p.stat().st_size == size for p, size in sizes.items()) else ()
    except OSError:
        return ()


def recorded_sizes(folder: Path, wanted: JarSet = NEO4J) -> dict[Path, int]:
    """The bytes of each jar that a finished download listed; empty when it fetched others."""
    try:
        stamp = json.loads((folder / wanted.stamp).read_text(encoding="utf-8"))
        if stamp["coordinates"] != list(wanted.coordinates):
            return {}
        return {folder / name: int(size) for name, size in stamp["jars"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _fetch(folder: Path, wanted: JarSet) -> tuple[Path, ...]:
    from citemesh.graph.maven import remove_damaged

    say(f"Fetching {wanted.title} from Maven Central ({wanted.size}, once per machine)")
    remove_damaged(folder, recorded_sizes(folder, wanted))
    jars = _download_all(folder, wanted)
    sizes = {str(jar.relative_to(folder)): jar.stat().st_size for jar in jars}
    stamp = {"coordinates": list(wanted.coordinates), "jars": sizes}
    write_text(folder / wanted.stamp, json.dumps(stamp, indent=1) + "\n")
    return jars


def _download_all(folder: Path, wanted: JarSet) -> tuple[Path, ...]:
    from citemesh.graph.maven import maven_context, resolve

    with progress_bar(f"{wanted.title}: reading its list of jars", unit="file") as poms:
        context = maven_context(folder / "repository", lambda _: poms.update())
        with _in_words(wanted):
            artifacts = resolve(context, wanted.coordinates)
    bar = progress_bar(f"{wanted.title}: fetching jars", total=len(artifacts), unit="jar")
    with bar as fetched, _in_words(wanted):
        return _download_side_by_side(artifacts, fetched)


def _download_side_by_side(artifacts: list[Any], bar: tqdm[None]) -> tuple[Path, ...]:
    def fetch(artifact: Any) -> Path:
        path: Path = artifact.resolve()
        bar.update()
        return path

    with ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
        try:
            return tuple(pool.map(fetch, artifacts))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def _in_words(wanted: JarSet) -> Iterator[None]:
    """Say in one line why fetching failed and what helps."""
    try:
        yield
    except Exception as error:
        if is_no_space(error):
            raise
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ServerError(
            f"{wanted.title} could not be fetched from Maven Central: {reason}",
            "What has arrived is kept: run the same command again with a network, "
            "or set NEO4J_URI to a Neo4j server that you have.",
        ) from error
