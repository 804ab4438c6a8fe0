"""Evaluate a model beside its untouched base on tasks in BEIR layout."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from citemesh.encoding.embeddings import Texts, encode
from citemesh.encoding.encoder import Encoder, load_encoder
from citemesh.encoding.search import search
from citemesh.errors import InputError, SettingsError
from citemesh.evaluation.comparison import SEED, Difference, compare
from citemesh.evaluation.datasets import BeirTask, read_beir
from citemesh.evaluation.measures import MEASURES, PerQuery, evaluate_run, mean
from citemesh.evaluation.trec import Run, write_qrels, write_run
from citemesh.manifest import FILE_NAME as MANIFEST
from citemesh.manifest import Manifest, file_sha256, read_manifest
from citemesh.outputs import check_free, new_folder, write_text
from citemesh.progress import say, step
from citemesh.training.models.base import find_model
from citemesh.workspace import Workspace

BASE = "base"
TRAINED = "trained"
METRICS_FILE = "metrics.json"
#: R@100 needs a hundred results.
LEAST_TOP_K = 100
#: trec_eval's usual depth; AP counts only what is among the results.
TOP_K = 1_000


@dataclass(frozen=True)
class SystemResult:
    """What one system did on one task.

    Args:
        system: ``base`` or ``trained``.
        model: what is true of the model as it ran: precision, length, dimension, device.
        run: query id to document id to score.
        per_query: query id to measure to value, for every judged query.
    """

    system: str
    model: dict[str, Any]
    run: Run
    per_query: PerQuery


def evaluate(
    workspace: Workspace,
    model: str,
    tasks: Sequence[Path],
    name: str,
    base: str | None = None,
    precision: str = "auto",
    max_seq_length: int | None = None,
    top_k: int = TOP_K,
    force: bool = False,
) -> Path:
    """Evaluate a model and its base on every task, and write ``runs/NAME/``.

    Each system is loaded once; tasks with the same texts are encoded once (through the cache).

    Args:
        workspace: where models, cached embeddings and runs lie.
        model: a folder, the name of a trained model, or a hub name.
        tasks: folders in BEIR layout.
        name: of the output.
        base: the untouched model to compare with; None: the one that the model's manifest names. A
            model without a manifest of `citemesh train` is then itself evaluated as the base.
        precision: ``auto``, ``fp32`` or ``bf16``, the same for both systems.
        max_seq_length: tokens to read of a text; None: as each model says.
        top_k: results per query, at least 100; AP counts only these.
        force: replace an output of that name.

    Returns:
        The folder written.

    Raises:
        InputError: for a model or task that cannot be used.
        OutputExistsError: when the output is there and `force` is false.
    """
    final = workspace.run(name)
    check_free(final, force=force)
    if top_k < LEAST_TOP_K:
        raise SettingsError(f"--top-k {top_k} is too few: R@100 needs {LEAST_TOP_K} results.")
    systems = find_systems(workspace, model, base)
    read = _read_tasks(tasks)
    results: dict[str, list[SystemResult]] = {task_name: [] for task_name in read}
    for system, place in systems.items():
        encoder = load_encoder(place, precision, max_seq_length)
        for task_name, task in read.items():
            run = _run(encoder, task, f"{system}, {task_name}", workspace.embeddings, top_k)
            per_query = evaluate_run(task.qrels, run)
            results[task_name].append(SystemResult(system, _truth(encoder), run, per_query))
        del encoder  # before the next is loaded: two large models may not fit
    models = {result.system: result.model for result in next(iter(results.values()))}
    _say_if_unequal(models)
    settings = {
        "model": model, "base": base, "systems": systems, "name": name, "precision": precision,
        "max_seq_length": max_seq_length, "top_k": top_k,
    }  # fmt: skip
    with new_folder(final, force=force) as folder:
        rows = [
            _write_task(folder / task_name, task, results[task_name], top_k)
            for task_name, task in read.items()
        ]
        write_text(folder / METRICS_FILE, json.dumps({"tasks": rows}, indent=2) + "\n")
        _manifest(settings, read, models).write(folder)
    return final


def default_name(model: str) -> str:
    """A readable name for the evaluation of a model: the last part of its place."""
    last = Path(model).expanduser().resolve().name
    return re.sub(r"[^A-Za-z0-9._-]+", "-", last).lstrip("._-")[:100] or "model"


def read_metrics(folder: Path) -> dict[str, Any]:
    """Read ``metrics.json`` of a finished evaluation.

    Raises:
        InputError: when the folder holds no finished evaluation.
    """
    read_manifest(folder, "evaluate", "citemesh evaluate")
    metrics: dict[str, Any] = json.loads((folder / METRICS_FILE).read_text(encoding="utf-8"))
    return metrics


def find_systems(workspace: Workspace, model: str, base: str | None = None) -> dict[str, str]:
    """Which models stand for ``base`` and ``trained``: system to folder or hub name, base first.

    Raises:
        InputError: for a folder that is missing or holds no model.
    """
    place = find_model(model, workspace)
    if base is None and not (Path(place) / MANIFEST).is_file():
        say(f"{model} was not made by `citemesh train` and no --base is given: evaluated alone.")
        return {BASE: place}
    if base is None:
        manifest = read_manifest(Path(place), "train", "citemesh train")
        base = manifest.settings.get("base_model")
        if not base:
            raise InputError(f"{place} does not say what it was trained from.", "Give it: --base")
    return {BASE: find_model(str(base), workspace), TRAINED: place}


def _read_tasks(folders: Sequence[Path]) -> dict[str, BeirTask]:
    """Tasks under names that differ and can be folders."""
    if not folders:
        raise SettingsError("No task is given.", "Give a folder in BEIR layout with --on.")
    read: dict[str, BeirTask] = {}
    seen: Counter[Path] = Counter(folder.resolve() for folder in folders)
    for folder, times in seen.items():
        if times > 1:
            raise SettingsError(f"The task {folder} is given {times} times.")
        task = read_beir(folder)
        name = re.sub(r"[^\w.-]+", "-", task.name).lstrip(".-") or "task"
        if name in read:
            name = f"{folder.parent.name}-{name}"
        while name in read:
            name += "-2"
        read[name] = task
    return read


def _run(encoder: Encoder, task: BeirTask, title: str, cache: Path, top_k: int) -> Run:
    """Rank the documents of a task; a document with the query's own id is no hit, as in BEIR."""
    corpus = task.corpus
    texts = Texts(len(corpus), corpus.sha256, corpus.texts)
    documents = encode(encoder, texts, "document", cache, f"{title}: documents")
    questions = Texts.of(list(task.queries.values()))
    queries = encode(encoder, questions, "query", cache, f"{title}: queries")
    ranking = search(queries, documents, top_k + 1, order=corpus.order)
    run: Run = {}
    for query, rows, scores in zip(task.queries, ranking.rows, ranking.scores, strict=True):
        names = [name.decode() for name in corpus.ids[rows].tolist()]
        hits = zip(names, scores.tolist(), strict=True)
        run[query] = dict([hit for hit in hits if hit[0] != query][:top_k])
    return run


def _truth(encoder: Encoder) -> dict[str, Any]:
    """What is true of a loaded model, ready for JSON."""
    facts = {key: value for key, value in vars(encoder).items() if key not in ("model", "name")}
    return {"model": encoder.name, **facts}


def _say_if_unequal(models: dict[str, dict[str, Any]]) -> None:
    lengths = {system: facts["max_seq_length"] for system, facts in models.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{system} {length}" for system, length in lengths.items())
        say(
            f"The models read different numbers of tokens ({told}); --max-seq-length makes it fair."
        )


def _manifest(
    settings: dict[str, Any], read: dict[str, BeirTask], models: dict[str, dict[str, Any]]
) -> Manifest:
    inputs = {f"{system} weights": facts["weights"] for system, facts in models.items()}
    for name, task in read.items():
        inputs[f"{name} document texts"] = task.corpus.sha256
        inputs[f"{name} query texts"] = Texts.of(list(task.queries.values())).sha256
        inputs[f"{name} qrels"] = file_sha256(task.qrels_path)
    return Manifest(
        kind="evaluate",
        settings={**settings, "tasks": {name: str(task.folder) for name, task in read.items()}},
        inputs=inputs,
        counts={
            "tasks": len(read),
            "queries": sum(len(task.queries) for task in read.values()),
            "documents": sum(len(task.corpus) for task in read.values()),
        },
        dropped={"queries without judgment": sum(task.unjudged for task in read.values())},
        seed=SEED,
    )


def _write_task(
    folder: Path, task: BeirTask, results: Sequence[SystemResult], top_k: int
) -> dict[str, Any]:
    """Write runs, qrels and values per query of one task; its part of ``metrics.json``."""
    folder.mkdir()
    write_qrels(folder / "qrels.tsv", task.qrels)
    lines = ["\t".join(["query_id", "system", *MEASURES])]
    for result in results:
        write_run(folder / f"run-{result.system}.trec", result.run, result.system)
        for query, values in result.per_query.items():
            numbers = [f"{values[measure]:.6f}" for measure in MEASURES]
            lines.append("\t".join([query, result.system, *numbers]))
    write_text(folder / "per_query.tsv", "\n".join(lines) + "\n")
    differences: list[Difference] = []
    if len(results) > 1:
        with step(f"{folder.name}: compare over {len(task.queries):,} queries"):
            differences = compare(results[0].per_query, results[1].per_query)
    return {
        "task": folder.name,
        "folder": str(task.folder.resolve()),
        "queries": len(task.queries),
        "documents": len(task.corpus),
        "top_k": top_k,
        "systems": [
            {"system": result.system, "metrics": mean(result.per_query), **result.model}
            for result in results
        ],
        "differences": [asdict(difference) for difference in differences],
    }
