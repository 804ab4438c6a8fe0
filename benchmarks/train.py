"""Overhead of a training step: ours beside the bare sentence-transformers trainer, taking turns.

Both train MiniLM on the same rows, batches of the same size and length, in this one process. A
step is what lies between two entries into transformers' `training_step`, the first one left out:
start-up, the library's model card and our measurements at the end do not count. A round is a few
steps of each; the medians of the rounds' ratios are printed. Composed batches are timed by
themselves, as a share of the step that they feed.

    python -m benchmarks.train --workspace WORKSPACE --data EXPORT [--steps 6] [--rounds 5]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.training_args import BatchSamplers
from transformers import PrinterCallback, Trainer

from citemesh.demo import carried_model
from citemesh.graph.corpus import Corpus
from citemesh.training.batches.composed import ComposedBatches, Composition
from citemesh.training.batches.label_targets import LabelTargets
from citemesh.training.batches.label_vectors import LabelVectors
from citemesh.training.checkpoints import PartialRun
from citemesh.training.data.denied import Denied
from citemesh.training.data.documents import training_documents
from citemesh.training.data.export import load_texts, read_export
from citemesh.training.data.graph_arrays import open_graph_arrays
from citemesh.training.models.base import load_model
from citemesh.training.plan import TrainingPlan
from citemesh.training.prepare import prepare
from citemesh.training.recipes.settings import Settings
from citemesh.training.recipes.shelf import RECIPES
from citemesh.training.trainer import run_training
from citemesh.training.watch import quiet_libraries
from citemesh.workspace import Workspace

_BATCH, _TOKENS = 32, 96


@contextmanager
def entries() -> Iterator[list[float]]:
    """Note when each step begins."""
    times: list[float] = []
    step = Trainer.training_step

    def noted(self: Trainer, *words: Any, **named: Any) -> Any:
        times.append(time.perf_counter())
        return step(self, *words, **named)

    Trainer.training_step = noted
    try:
        yield times
    finally:
        Trainer.training_step = step


def median_step(times: list[float]) -> float:
    """Seconds between two steps, without the first, which warms up."""
    return statistics.median(np.diff(times)[1:].tolist())


def ours(workspace: Workspace, export: Path, recipe: str, steps: int) -> float:
    """Seconds of a step by a recipe."""
    changes = {
        "steps": steps, "batch_size": _BATCH, "mini_batch_size": None, "max_seq_length": _TOKENS,
        "precision": "bf16", "save_steps": 10_000, "eval_steps": 10_000,
    }  # fmt: skip
    settings = RECIPES[recipe].settings(None, changes)
    with tempfile.TemporaryDirectory() as folder, quiet_libraries():
        plan = TrainingPlan(settings, str(carried_model()), export)
        ready = prepare(PartialRun(Path(folder) / "run"), workspace, plan, plan.base_model)
        with entries() as times:
            run_training(ready.model, ready.run, None)
        return median_step(times)


def bare(export: Path, steps: int) -> float:
    """Seconds of a step by the library alone."""
    with tempfile.TemporaryDirectory() as folder, quiet_libraries():
        model = load_model(str(carried_model()))
        model.max_seq_length = _TOKENS
        trainer = SentenceTransformerTrainer(
            model=model,
            args=SentenceTransformerTrainingArguments(
                output_dir=folder, max_steps=steps, per_device_train_batch_size=_BATCH,
                learning_rate=2e-5, warmup_steps=0, bf16=True,
                use_cpu=not torch.cuda.is_available(), batch_sampler=BatchSamplers.NO_DUPLICATES,
                dataloader_drop_last=True, logging_steps=1, save_strategy="steps",
                save_steps=10_000, report_to="none", disable_tqdm=True,
            ),
            train_dataset=load_texts(read_export(export), Path(folder) / "cache"),
            loss=MultipleNegativesRankingLoss(model),
        )  # fmt: skip
        trainer.remove_callback(PrinterCallback)
        with entries() as times:
            trainer.train()
        return median_step(times)


def composed(workspace: Workspace, batches: int, batch: int) -> float:
    """Seconds per composed batch with its targets."""
    settings = Settings(source="documents", loss="biohicl", rows=20_000)
    labels = LabelVectors.of(open_graph_arrays(workspace), settings)
    with tempfile.TemporaryDirectory() as folder:
        rows = training_documents(
            Corpus(workspace.corpus), labels, settings, Denied().pmids, Path(folder)
        )
        sampler = ComposedBatches(
            rows.dataset, batch, composition=Composition(labels, rows.pmids, rows.partners, 8)
        )
        targets, made = LabelTargets(rows.pmids, labels), iter(sampler)
        targets.of(np.array(next(made)))
        begun = time.perf_counter()
        for _ in range(batches):
            targets.of(np.array(next(made)))
        return (time.perf_counter() - begun) / batches


def main() -> None:
    """Print a table of ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    workspace = Workspace(options.workspace.absolute())
    export = workspace.export(options.data)
    ratios: dict[str, list[float]] = {"plain": [], "citemesh": []}
    seconds = []
    for number in range(options.rounds):
        seconds.append(bare(export, options.steps))
        for recipe, found in ratios.items():
            found.append(ours(workspace, export, recipe, options.steps) / seconds[-1])
        told = ", ".join(f"{recipe} {found[-1]:.3f}" for recipe, found in ratios.items())
        print(f"round {number + 1}: bare {seconds[-1]:.2f} s a step, {told}")
    step = statistics.median(seconds)
    print(f"\nbare trainer: {step:.2f} s a step of {_BATCH} rows, {_TOKENS} tokens")
    for recipe, found in ratios.items():
        print(f"{recipe}: {statistics.median(found):.3f} of the bare trainer (median)")
    for batch in (32, 64):
        cost = composed(workspace, 50, batch)
        share = cost / (step * batch / _BATCH)
        print(f"composed batch of {batch} with labels: {1000 * cost:.1f} ms, {share:.2%} of a step")


if __name__ == "__main__":
    main()
