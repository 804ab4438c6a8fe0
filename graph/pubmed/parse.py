"""PubMed files → Parquet tables: side by side into the workspace, or as a folder of their own."""

from __future__ import annotations

import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from citemesh.errors import InputError, OutputExistsError
from citemesh.graph.pubmed.staging import StagedFile, stage_file
from citemesh.graph.pubmed.tables import SCHEMAS
from citemesh.graph.tasks.runner import open_runner
from citemesh.manifest import Manifest, read_manifest
from citemesh.outputs import new_folder
from citemesh.progress import QUIET_VARIABLE, progress_bar
from citemesh.workspace import Workspace

MANIFEST_KIND = "parse"
_MADE_BY = "citemesh graph parse FILE… --out DIR"


def stage_files(
    workspace: Workspace,
    files: Sequence[Path],
    workers: int | None = None,
    scheduler: str | None = None,
) -> list[StagedFile]:
    """Parse PubMed files into the workspace, several at a time; what is there is not parsed again.

    Args:
        workspace: where the staged tables lie.
        files: PubMed XML files; one given twice is parsed once.
        workers: as in `open_runner`.
        scheduler: as in `open_runner`.

    Returns:
        One staged file for each of `files`, in their order.

    Raises:
        InputError: for the first file found that cannot be used; what was finished is kept.
        CitemeshError: as in `open_runner`.
    """
    paths = [path.absolute() for path in files]
    if not paths:
        return []
    if len(set(paths)) == 1:
        return [stage_file(workspace, paths[0])] * len(paths)  # with its own bar
    tasks = _tasks(paths)
    staged: dict[Path, StagedFile] = {}
    with (
        progress_bar("Reading files", total=len(set(paths)), unit="file") as bar,
        open_runner(workers, scheduler) as runner,
    ):
        for index, found in runner.map(partial(_stage_quietly, workspace), tasks):
            staged.update(zip(tasks[index], found, strict=True))
            bar.update(len(found))
    return [staged[path] for path in paths]


def parse_files(
    workspace: Workspace,
    files: Sequence[Path],
    out: Path,
    force: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
) -> Manifest:
    """Parse PubMed files and give their tables a folder of their own, whole or not at all.

    ``out/articles.parquet`` and so on, one for each of `SCHEMAS`, are folders with one part per
    PubMed file, which `pandas.read_parquet` reads as one table. The parts are hard links to the
    workspace's where the file system allows it, and take no further space.

    Args:
        workspace: where the staged tables lie.
        files: PubMed XML files.
        out: the folder to make.
        force: replace what an earlier parse has put there.
        workers: as in `open_runner`.
        scheduler: as in `open_runner`.

    Raises:
        InputError: for a file that cannot be used, or an `out` that something else has made.
        OutputExistsError: when `out` is there and `force` is false.
    """
    _check_replaceable(out, force)
    staged = stage_files(workspace, files, workers, scheduler)
    distinct = list({file.folder: file for file in staged}.values())
    with new_folder(out.absolute(), force=force) as folder:
        for name in SCHEMAS:
            (folder / f"{name}.parquet").mkdir()
            for file in distinct:
                # "part-": readers pass over names that begin with a dot or an underscore.
                part = folder / f"{name}.parquet" / f"part-{file.folder.name}.parquet"
                _link(file.table(name), part)
        manifest = _manifest(files, staged, distinct)
        manifest.write(folder)
    return manifest


def _tasks(paths: Sequence[Path]) -> list[tuple[Path, ...]]:
    """Files to be parsed one after another: those of one size, largest first.

    Copies of one file are staged into the same folder, so no two of them may be parsed at once;
    they are equal in size. The largest come first, so that none is left over at the end.
    """
    by_size: defaultdict[int, list[Path]] = defaultdict(list)
    for path in dict.fromkeys(paths):
        by_size[path.stat().st_size if path.is_file() else 0].append(path)
    return [tuple(by_size[size]) for size in sorted(by_size, reverse=True)]


def _stage_quietly(workspace: Workspace, paths: Sequence[Path]) -> list[StagedFile]:
    with _quiet():
        return [stage_file(workspace, path) for path in paths]


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress in this block: the bar over all files is shown elsewhere."""
    before = os.environ.get(QUIET_VARIABLE)
    os.environ[QUIET_VARIABLE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[QUIET_VARIABLE]
        else:
            os.environ[QUIET_VARIABLE] = before


def _check_replaceable(out: Path, force: bool) -> None:
    """Never replace a folder that something else has made: a slip in DIR must not cost it."""
    if not out.exists():
        return
    if not force:
        raise OutputExistsError(
            f"The output {out} is there already.",
            "Add --force to replace it, or give another folder with --out.",
        )
    try:
        read_manifest(out, MANIFEST_KIND, _MADE_BY)
    except InputError as error:
        raise InputError(
            f"{out} was not made by `citemesh graph parse`, so --force does not replace it.",
            "Give another folder with --out.",
        ) from error


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or a file system without links; the copy names any real fault
        shutil.copyfile(source, target)


def _manifest(
    files: Sequence[Path], staged: Sequence[StagedFile], distinct: Sequence[StagedFile]
) -> Manifest:
    counts: Counter[str] = Counter(files=len(distinct))
    skipped: Counter[str] = Counter()
    for file in distinct:
        counts.update(file.counts)
        skipped.update(file.skipped)
    inputs = {str(path): file.sha256 for path, file in zip(files, staged, strict=True)}
    return Manifest(
        MANIFEST_KIND, {"files": [str(path) for path in files]}, inputs, dict(counts), dict(skipped)
    )
