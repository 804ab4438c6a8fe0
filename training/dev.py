"""The dev part: the base first, then the run on schedule; the best weights are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator
from sentence_transformers.util.distributed import distributed_evaluation
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from citemesh.progress import say
from citemesh.training.data.dev_task import DevTask
from citemesh.training.log import DevLine, append_line, read_dev_log, write_log
from citemesh.training.processes import is_main, process_count
from citemesh.training.weights import keep_trained, load_trained


def best_line(lines: Sequence[DevLine]) -> DevLine | None:
    """The best evaluation of a run, the earlier of equals; the base is none of the run's."""
    run = [line for line in lines if line.step > 0 and not line.saved]
    return max(run, key=lambda line: (line.ndcg, -line.step), default=None)


def is_patience_spent(lines: Sequence[DevLine], patience: int | None) -> bool:
    """Whether so many evaluations in a row brought nothing better than the best before them."""
    best = best_line(lines)
    if patience is None or best is None:
        return False
    return sum(line.step > best.step and not line.saved for line in lines) >= patience


@dataclass(frozen=True)
class DevFiles:
    """Where a run keeps what the dev part showed.

    Args:
        log: ``dev_log.jsonl``.
        best: the trained weights of the best evaluation.
    """

    log: Path
    best: Path


class DevWatch(TrainerCallback):
    """Evaluates on schedule, keeps the best weights, and ends a run that no longer gets better.

    Measured is nDCG@10 with every relevant passage worth the same (sentence-transformers'
    `InformationRetrievalEvaluator`): enough to choose by; `citemesh evaluate` reports trec_eval's.

    Args:
        model: the one that is trained.
        task: queries and passages.
        files: where to keep it.
        every: steps between evaluations.
        patience: evaluations without a better one; None never ends a run.
        bf16: whether to compute in bfloat16.
    """

    def __init__(
        self, model: SentenceTransformer, task: DevTask, files: DevFiles, every: int,
        patience: int | None, *, bf16: bool,
    ) -> None:  # fmt: skip
        self._model = model
        self._files = files
        self._every = every
        self._patience = patience
        self._bf16 = bf16
        self._evaluator = InformationRetrievalEvaluator(
            dict(task.queries), dict(task.passages),
            {query: set(passages) for query, passages in task.relevant.items()},
            mrr_at_k=[10], ndcg_at_k=[10], accuracy_at_k=[10], precision_recall_at_k=[10],
            map_at_k=[10], write_csv=False, main_score_function=str(model.similarity_fn_name),
        )  # fmt: skip

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Measure the base, or take up the log where the checkpoint stands."""
        kept = [line for line in read_dev_log(self._files.log) if line.step <= state.global_step]
        if is_main():
            write_log(self._files.log, kept)
        if not kept:
            self.measure(0)

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Measure where it is due, and at the end."""
        step = state.global_step
        if step % self._every and step != state.max_steps:
            return
        lines = self.measure(step)
        best = best_line(lines)
        if best is not None and best.step == step and is_main():
            keep_trained(self._model, self._files.best)
        if is_patience_spent(lines, self._patience):
            control.should_training_stop = True

    def measure(self, step: int, *, saved: bool = False) -> list[DevLine]:
        """Evaluate now, and return all evaluations of the run so far.

        Args:
            step: after which it is.
            saved: whether the model is as it will be saved.
        """
        was_training = self._model.training
        self._model.eval()
        ndcg = 0.0
        device = torch.device(self._model.device).type
        with (
            torch.autocast(device, torch.bfloat16, enabled=self._bf16),
            distributed_evaluation(self._model) as is_asked,
        ):
            if is_asked:
                found: Mapping[str, float] = self._evaluator(self._model)
                ndcg = float(found[f"{self._model.similarity_fn_name}_ndcg@10"])
        ndcg = _from_first(ndcg)
        self._model.train(was_training)
        lines = [*read_dev_log(self._files.log), DevLine(step, ndcg, saved)]
        if is_main():
            append_line(self._files.log, lines[-1])
        said = "the untouched base" if step == 0 else "as saved" if saved else f"step {step}"
        say(f"Dev part, {said}: nDCG@10 {ndcg:.4f}")
        return lines


def load_best(model: SentenceTransformer, files: DevFiles) -> int | None:
    """Bring a model to the best weights of its run.

    Returns:
        The step that they are of; None when nothing was kept.
    """
    best = best_line(read_dev_log(files.log))
    if best is None or not files.best.is_file():
        return None
    load_trained(model, files.best)
    return best.step


def _from_first(value: float) -> float:
    """The first process's number, for all of several."""
    if process_count() == 1:
        return value
    from accelerate.utils import broadcast_object_list

    return float(broadcast_object_list([value])[0])
