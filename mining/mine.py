"""Mining: anchors → candidates by quota → guards → negatives with evidence, range by range."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pyarrow.parquet as pq

from citemesh.errors import InputError
from citemesh.graph.client import GraphClient
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import PmidSet
from citemesh.graph.snapshot.snapshot import open_snapshot
from citemesh.graph.state import open_loaded_graph
from citemesh.graph.tasks.runner import open_runner
from citemesh.manifest import Manifest, file_sha256
from citemesh.mining.anchors import count_title_anchors, read_deny_list, title_anchors
from citemesh.mining.miner import MinedSummary
from citemesh.mining.negatives import DROPS_FILE, MANIFEST_KIND, MinedWriter
from citemesh.mining.ranges import (
    RANGE_ANCHORS,
    RangeTask,
    Source,
    mine_range,
    summary_of,
    write_ranges,
)
from citemesh.mining.settings import MiningSettings
from citemesh.outputs import check_free, new_folder, write_text
from citemesh.progress import progress_bar
from citemesh.workspace import Workspace

#: From so many anchors on, reading the graph into arrays first pays.
ARRAYS_FROM = 5_000
_KEY_FILE = "key.json"
_ANCHORS_DONE = "anchors.done"


def mine(
    workspace: Workspace,
    settings: MiningSettings,
    name: str,
    force: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
) -> MinedSummary:
    """Mine negatives for title anchors into ``mined/NAME``.

    Finished ranges of a killed run are kept: the same call goes on where it was.

    Raises:
        OutputExistsError, InputError, SettingsError, ConnectionFailedError: before anything is
            written.
    """
    final = workspace.mined(name)
    check_free(final, force=force)
    settings.strategies()
    deny = read_deny_list(settings.deny) if settings.deny else None
    corpus = Corpus(workspace.corpus)
    with open_loaded_graph(workspace) as client:
        total = count_title_anchors(corpus, deny, settings.limit)
        if not total:
            raise InputError(
                "There is no anchor: no document is left after --deny and --limit.",
                "See how many documents there are: citemesh graph stats",
            )
        settings = replace(settings, engine=_chosen_engine(settings.engine, total))
        source = _source(workspace, client, settings.engine)
        work = _work_folder(workspace, settings, corpus)
        _write_anchors(work, corpus, settings, deny, total)
        tasks = [
            RangeTask(path, settings, source) for path in sorted(work.glob("anchors-*.parquet"))
        ]
        _mine_ranges(tasks, total, workers if settings.engine == "arrays" else 1, scheduler)
        with new_folder(final, force=force) as folder:
            summary = _assemble(folder, tasks, corpus)
            _manifest(settings, summary, corpus).write(folder)
    shutil.rmtree(work)
    return summary


def _chosen_engine(engine: str, anchors: int) -> str:
    if engine == "auto":
        return "arrays" if anchors >= ARRAYS_FROM else "cypher"
    return engine


def _source(workspace: Workspace, client: GraphClient, engine: str) -> Source:
    if engine == "arrays":
        return Source(snapshot=open_snapshot(workspace, client).folder)
    return Source(connection=client.connection)


def _work_folder(workspace: Workspace, settings: MiningSettings, corpus: Corpus) -> Path:
    """The folder of the ranges of exactly this job, with what an earlier run has finished."""
    key = json.dumps(
        {"graph": corpus.manifest.settings["load_id"], "range": RANGE_ANCHORS,
         "deny": [file_sha256(path) for path in settings.deny],
         "settings": asdict(replace(settings, deny=()))},
        sort_keys=True, default=sorted,
    )  # fmt: skip
    work = workspace.root / "mining-work" / hashlib.sha256(key.encode()).hexdigest()[:16]
    work.mkdir(parents=True, exist_ok=True)
    write_text(work / _KEY_FILE, key + "\n")
    return work


def _write_anchors(
    work: Path, corpus: Corpus, settings: MiningSettings, deny: PmidSet | None, total: int
) -> None:
    if (work / _ANCHORS_DONE).exists():
        return
    with progress_bar("Collecting anchors", total=total, unit="anchor", scale=True) as bar:
        for count in write_ranges(work, title_anchors(corpus, deny, settings.limit)):
            bar.update(count)
    write_text(work / _ANCHORS_DONE, "")


def _mine_ranges(
    tasks: Sequence[RangeTask], total: int, workers: int | None, scheduler: str | None
) -> None:
    waiting = [task for task in tasks if not task.summary.exists()]
    with (
        progress_bar("Mining", total=total, unit="anchor", scale=True) as bar,
        open_runner(workers, scheduler) as runner,
    ):
        bar.update(total - sum(pq.read_metadata(task.anchors).num_rows for task in waiting))
        for _, done in runner.map(mine_range, waiting):
            bar.update(done)


def _assemble(folder: Path, tasks: Sequence[RangeTask], corpus: Corpus) -> MinedSummary:
    """Put the ranges together in their order; a row group at a time is held."""
    summary: MinedSummary | None = None
    with MinedWriter(folder) as writer:
        for task in tasks:
            writer.write(pq.read_table(task.anchors), pq.read_table(task.negatives))
            if summary is None:
                summary = summary_of(task)
            else:
                summary.merge(summary_of(task))
    assert summary is not None
    named = {e["pmid"] for d in summary.drops.values() for own in d.examples.values() for e in own}
    titles = {pmid: document.title for pmid, document in corpus.documents(named).items()}
    drops = {strategy: d.as_json(titles) for strategy, d in summary.drops.items()}
    (folder / DROPS_FILE).write_text(json.dumps(drops, indent=2) + "\n", encoding="utf-8")
    return summary


def _manifest(settings: MiningSettings, summary: MinedSummary, corpus: Corpus) -> Manifest:
    dropped = {
        f"{strategy}: {guard}": count
        for strategy, drops in summary.drops.items()
        for guard, count in drops.dropped.items()
    }
    return Manifest(
        kind=MANIFEST_KIND,
        settings={"anchors": "titles", "strategies": dict(settings.quotas),
                  "parameters": [f"{s}.{p}={v}" for s, p, v in settings.parameters],
                  "max_siml": settings.max_siml, "max_cocitations": settings.max_cocitations,
                  "guards_off": sorted(settings.guards_off),
                  "limit": settings.limit, "engine": settings.engine},
        inputs={"graph": corpus.manifest.settings["load_id"],
                **{str(path): file_sha256(path) for path in settings.deny}},
        counts={"anchors": summary.anchors, "negatives": summary.negatives,
                "anchors not in the graph": len(summary.unknown),
                **{f"anchors short of {s}": d.short for s, d in summary.drops.items()}},
        dropped=dropped,
    )  # fmt: skip
