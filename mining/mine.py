"""Mining: anchors → candidates by quota → guards → negatives with evidence, range by range."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import pyarrow.parquet as pq

from citemesh.errors import InputError
from citemesh.graph.client import GraphClient
from citemesh.graph.corpus import Corpus
from citemesh.graph.snapshot.snapshot import open_snapshot
from citemesh.graph.state import open_loaded_graph
from citemesh.graph.tasks.runner import open_runner
from citemesh.manifest import Manifest, file_sha256
from citemesh.mining.anchors import read_deny_list
from citemesh.mining.anchors.collect import collect_anchors
from citemesh.mining.anchors.left_out import LeftOut
from citemesh.mining.anchors.queries import read_positives
from citemesh.mining.miner import MinedSummary
from citemesh.mining.negatives import DROPS_FILE, MANIFEST_KIND, NEGATIVE_SCHEMA, MinedWriter
from citemesh.mining.ranges import (
    RANGE_ANCHORS,
    RangeTask,
    Source,
    mine_range,
    summary_of,
    write_ranges,
)
from citemesh.mining.settings import MiningSettings
from citemesh.mining.texts.prepare import Preparation
from citemesh.mining.work_folders import work_folder
from citemesh.outputs import check_free, new_folder, write_text
from citemesh.progress import progress_bar
from citemesh.workspace import Workspace

#: From so many anchors on, reading the graph into arrays first pays.
ARRAYS_FROM = 5_000
_ANCHORS_DONE = "anchors.done"


def mine(
    workspace: Workspace,
    settings: MiningSettings,
    name: str,
    force: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
) -> MinedSummary:
    """Mine negatives for anchors into ``mined/NAME``.

    Finished ranges of a killed run are kept: the same call goes on where it was.

    Raises:
        OutputExistsError, InputError, SettingsError, ConnectionFailedError: before anything is
            written.
    """
    final = workspace.mined(name)
    check_free(final, force=force)
    preparation = Preparation(workspace, settings)
    inputs = _input_hashes(settings)
    corpus = Corpus(workspace.corpus)
    with open_loaded_graph(workspace) as client:
        inputs |= preparation.indexes(corpus, client)
        job = {
            "range": RANGE_ANCHORS, "columns": NEGATIVE_SCHEMA.names,
            "inputs": list(inputs.values()), "settings": asdict(replace(settings, deny=())),
        }  # fmt: skip
        graph = corpus.manifest.settings["load_id"]
        with work_folder(workspace.root / "mining-work", graph, job) as work:
            left_out = _write_anchors(work, workspace, client, settings)
            ranges = sorted(work.glob("anchors-*.parquet"))
            total = sum(pq.read_metadata(path).num_rows for path in ranges)
            settings = replace(settings, engine=_chosen_engine(settings.engine, total))
            source, places = _source(workspace, client, settings.engine), preparation.queries(work)
            tasks = [
                RangeTask(path, settings, source, places, preparation.scores) for path in ranges
            ]
            _mine_ranges(tasks, total, workers if settings.engine == "arrays" else 1, scheduler)
            with new_folder(final, force=force) as folder:
                summary = _assemble(folder, tasks, corpus)
                summary.unknown, summary.unknown_count = left_out.listed, left_out.unknown
                summary.skipped = left_out.skipped
                _manifest(settings, inputs, summary, corpus).write(folder)
    return summary


def _chosen_engine(engine: str, anchors: int) -> str:
    if engine == "auto":
        return "arrays" if anchors >= ARRAYS_FROM else "cypher"
    return engine


def _source(workspace: Workspace, client: GraphClient, engine: str) -> Source:
    if engine == "arrays":
        return Source(snapshot=open_snapshot(workspace, client).folder)
    return Source(connection=client.connection)


def _input_hashes(settings: MiningSettings) -> dict[str, str]:
    """The files that are read, each with its hash."""
    queries = settings.anchor_settings.query_file()
    paths = (*settings.deny, *(queries.paths if queries else ()))
    # A fault in a file is told before anything is done.
    if settings.deny:
        read_deny_list(settings.deny)
    if queries:
        read_positives(queries)
    return {str(path): file_sha256(path) for path in paths}


def _write_anchors(
    work: Path, workspace: Workspace, client: GraphClient, settings: MiningSettings
) -> LeftOut:
    """Write the anchors by ranges, unless an earlier run has; returns what did not become one."""
    done = work / _ANCHORS_DONE
    if done.exists():
        return LeftOut(**json.loads(done.read_text(encoding="utf-8")))
    left_out = LeftOut()
    deny = read_deny_list(settings.deny) if settings.deny else None
    anchors = collect_anchors(workspace, client, settings.anchor_settings, left_out, deny)
    with (
        _gone_on_failure(work),
        progress_bar("Collecting anchors", unit="anchor", scale=True) as bar,
    ):
        for count in write_ranges(work, anchors):
            bar.update(count)
        if not any(work.glob("anchors-*.parquet")):
            raise _no_anchor(left_out)
    write_text(done, json.dumps(asdict(left_out)) + "\n")
    return left_out


@contextmanager
def _gone_on_failure(work: Path) -> Iterator[None]:
    """Remove the work folder when anchors cannot be had: a fault leaves nothing behind."""
    try:
        yield
    except Exception:
        shutil.rmtree(work, ignore_errors=True)
        raise


def _no_anchor(left_out: LeftOut) -> InputError:
    if left_out.unknown:
        shown = ", ".join(map(str, left_out.listed[:5]))
        return InputError(
            f"There is no anchor: {left_out.unknown:,} PMIDs are not in the graph: {shown}.",
            "Load the PubMed files that hold them: citemesh graph update FILE…",
        )
    return InputError(
        "There is no anchor: nothing is left after --filter, --deny and --limit.",
        "See how many documents there are: citemesh graph stats",
    )


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


def _manifest(
    settings: MiningSettings, inputs: dict[str, str], summary: MinedSummary, corpus: Corpus
) -> Manifest:
    dropped = {
        f"{strategy}: {guard}": count
        for strategy, drops in summary.drops.items()
        for guard, count in drops.dropped.items()
    }
    return Manifest(
        kind=MANIFEST_KIND,
        settings={"anchors": settings.anchors, "qrels": list(settings.qrels),
                  "filter": list(settings.filters), "strategies": dict(settings.quotas),
                  "parameters": [f"{s}.{p}={v}" for s, p, v in settings.parameters],
                  "max_siml": settings.max_siml, "max_cocitations": settings.max_cocitations,
                  "guards_off": sorted(settings.guards_off),
                  "limit": settings.limit, "engine": settings.engine, "model": settings.model,
                  "margin": settings.margin, "cross_encoder": settings.cross_encoder},
        inputs={"graph": corpus.manifest.settings["load_id"], **inputs},
        counts={"anchors": summary.anchors, "negatives": summary.negatives,
                "queries skipped": summary.skipped,
                "PMIDs not in the graph": summary.unknown_count,
                **{f"anchors short of {s}": d.short for s, d in summary.drops.items()}},
        dropped=dropped,
    )  # fmt: skip
