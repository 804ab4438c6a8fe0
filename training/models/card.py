"""The short card that a trained model gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from citemesh.manifest import Manifest
from citemesh.outputs import write_text
from citemesh.training.recipes.changes import shown

#: Counts of a run that every card tells, with their words.
_COUNTS = {
    "unique_anchors": "different queries seen",
    "duplicates": "papers repeated within a batch",
    "masked": "in-batch pairs masked as probably relevant",
    "best_step": "step of the weights kept",
    "dev_base": "dev nDCG@10 of the base",
    "dev_saved": "dev nDCG@10 of this model",
}


def write_model_card(folder: Path, name: str, manifest: Manifest) -> None:
    """Write a short README of a trained model, without any of the texts it was trained on.

    The card of sentence-transformers quotes training texts, and abstracts may be copyrighted.
    """
    settings = manifest.settings
    changed = ", ".join(f"{key}={shown(value)}" for key, value in settings["changed"].items())
    recipe = " ".join(filter(None, [settings["recipe"], settings["variant"]]))
    lines = [
        "---", "library_name: sentence-transformers", "pipeline_tag: sentence-similarity",
        "tags: [sentence-transformers, dense-retrieval, citemesh]", "---", "",
        f"# {name}", "",
        f"A dense retriever trained with `citemesh train --recipe {settings['recipe']}`"
        f" ({recipe}{'; changed: ' + changed if changed else ''}).", "",
        "| | |", "| --- | --- |",
        *(f"| {key} | {value} |" for key, value in _facts(manifest).items()), "",
        *(f"**Warning.** {warning}\n" for warning in settings["warnings"]),
        "`manifest.json` has every setting, `training_log.jsonl` every step.", "",
    ]  # fmt: skip
    write_text(folder / "README.md", "\n".join(lines))


def _facts(manifest: Manifest) -> dict[str, Any]:
    settings, counts = manifest.settings, manifest.counts
    told = {
        words: f"{counts[key]:.4f}" if isinstance(counts[key], float) else f"{counts[key]:,}"
        for key, words in _COUNTS.items()
        if key in counts
    }
    return {
        "base model": settings["base_model"],
        "loss": f"{settings['loss']}, {settings['similarity']}, scale {settings['scale']:g}",
        "steps": f"{counts['steps']:,} of {settings['batch_size']} rows",
        "rows seen": f"{counts['rows_seen']:,} ({counts['rows']:,} there)",
        "learning rate reached": f"{counts['max_learning_rate']:g}"
        f" of {settings['learning_rate']:g}",
        "relative weight change": f"{counts['relative_weight_change']:.2e}",
        "longest gradient": f"{counts['max_grad_norm']:.3g}",
        **told,
        "precision": settings["precision"],
        "seed": manifest.seed,
    }
