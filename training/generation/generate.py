"""Query generation: documents → candidates → repeats out → round trip → ``queries/NAME``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import partial

from citemesh.errors import InputError, SettingsError
from citemesh.graph.corpus import Document
from citemesh.graph.pmid_set import PmidSet
from citemesh.manifest import Manifest
from citemesh.mining.anchors.chosen import chosen_documents, not_denied
from citemesh.mining.work_folders import work_folder
from citemesh.outputs import check_free, new_folder, write_text
from citemesh.progress import progress_bar, say
from citemesh.training.generation.candidates import Candidate, CandidateFile
from citemesh.training.generation.fates import settle_repeats
from citemesh.training.generation.job import CHUNK, Job, prepare
from citemesh.training.generation.round_trip import RoundTrip, open_passages
from citemesh.training.generation.settings import GenerationSettings
from citemesh.training.generation.sources import (
    ModelQueries,
    document_chunks,
    title_queries,
)
from citemesh.training.generation.statistics import STATISTICS_FILE, TypeStatistics, write_queries
from citemesh.workspace import Workspace

MANIFEST_KIND = "queries generate"
_FILE = "candidates.jsonl"


def generate_queries(
    workspace: Workspace, settings: GenerationSettings, name: str, force: bool = False
) -> dict[str, TypeStatistics]:
    """Generate queries from documents into ``queries/NAME``.

    Finished chunks of a killed run are kept: the same call goes on where it was, and ends with the
    same bytes. Memory is bounded by the models, a row group of the corpus, and 18 bytes a query.

    Returns:
        What became of the queries, by type.

    Raises:
        OutputExistsError, InputError, SettingsError: before anything is generated.
    """
    final = workspace.queries(name)
    check_free(final, force=force)
    job = prepare(workspace, settings)
    trip = _round_trip(workspace, job)
    chosen = _chosen(job)
    graph = job.corpus.manifest.settings["load_id"]
    with work_folder(workspace.root / "query-work", graph, job.identity) as work:
        candidates = CandidateFile(work / _FILE)
        _generate(job, chosen, candidates)
        fates = settle_repeats(candidates.read())
        if trip is not None:
            title_types = frozenset(own.name for own in job.types if own.is_title)
            trip.settle(candidates.read, fates, title_types)
        with new_folder(final, force=force) as folder:
            names = [own.name for own in job.types]
            statistics = write_queries(folder, candidates.read(), fates, names)
            counts = {name: own.as_json() for name, own in statistics.items()}
            write_text(folder / STATISTICS_FILE, json.dumps(counts, indent=2) + "\n")
            _manifest(job, statistics).write(folder)
    return statistics


def _round_trip(workspace: Workspace, job: Job) -> RoundTrip | None:
    if job.encoder is None:
        return None
    passages = open_passages(workspace, job.corpus)
    if job.settings.keep_top >= len(passages.pmid):
        raise SettingsError(
            f"--keep-top {job.settings.keep_top} keeps every query: there are"
            f" {len(passages.pmid):,} documents.",
            "Lower it, or give --no-filter.",
        )
    return RoundTrip(job.encoder, passages, workspace.embeddings, job.settings.keep_top)


def _chosen(job: Job) -> PmidSet:
    """The documents that get queries; none when all queries are a user's own."""
    if all(own.way == "file" for own in job.types):
        return PmidSet()
    tests = [not_denied(job.deny)] if job.settings.deny else []
    chosen = chosen_documents(job.corpus, tests, job.settings.limit)
    if not len(chosen):
        raise InputError(
            "There is no document to write queries for.",
            "See how many there are (citemesh graph stats), and what --deny holds.",
        )
    return chosen


def _generate(job: Job, chosen: PmidSet, candidates: CandidateFile) -> None:
    """Add the chunks that are not there yet."""
    done = candidates.chunks
    if done:
        say(f"Going on after {done:,} finished chunks.")
    with progress_bar("Generating queries", total=len(chosen), unit="document") as bar:
        for number, (documents, written) in enumerate(_chunks(job, chosen)):
            if number >= done:
                candidates.append(written())
            bar.update(documents)


def _chunks(job: Job, chosen: PmidSet) -> Iterator[tuple[int, Callable[[], Iterable[Candidate]]]]:
    """How many documents each chunk has, and what writes its queries."""
    if len(chosen):
        for documents in document_chunks(job.corpus, chosen, job.chunk):
            yield len(documents), partial(_written, job, documents)
    for file in job.files:
        for queries in file.chunks(CHUNK):
            yield 0, partial(iter, queries)


def _written(job: Job, documents: list[Document]) -> Iterator[Candidate]:
    """The queries of all types of some documents."""
    for own in job.types:
        if own.way == "titles":
            yield from title_queries(own, documents)
        elif own.way != "file":
            loaded = job.models[own.way]
            number, seed = job.settings.per_document, job.settings.seed
            yield from ModelQueries(own, loaded, number, seed).of(documents)


def _manifest(job: Job, statistics: dict[str, TypeStatistics]) -> Manifest:
    settings = asdict(job.settings)
    settings["deny"] = [str(path) for path in job.settings.deny]
    return Manifest(
        kind=MANIFEST_KIND,
        settings=settings,
        inputs={"graph": job.corpus.manifest.settings["load_id"], **job.inputs},
        counts={"generated": sum(own.generated for own in statistics.values()),
                "kept": sum(own.kept for own in statistics.values()),
                **{f"kept of {name}": own.kept for name, own in statistics.items()}},
        dropped={f"{name}: {reason}": count for name, own in statistics.items()
                 for reason, count in own.dropped.items()},
        seed=job.settings.seed,
    )  # fmt: skip
