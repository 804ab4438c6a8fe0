"""The short card that a trained model gets."""

from __future__ import annotations

from pathlib import Path

from citemesh.manifest import Manifest
from citemesh.outputs import write_text


def write_model_card(folder: Path, name: str, manifest: Manifest) -> None:
    """Write a short README of a trained model, without any of the texts it was trained on.

    The card of sentence-transformers quotes training texts, and abstracts may be copyrighted.
    """
    settings, counts = manifest.settings, manifest.counts
    facts = {
        "base model": settings["base_model"],
        "loss": f"MultipleNegativesRankingLoss, scale {settings['scale']:g}",
        "steps": f"{counts['steps']:,} of {settings['batch_size']} rows",
        "rows seen": f"{counts['rows_seen']:,} ({counts['rows']:,} in the export)",
        "learning rate reached": f"{counts['max_learning_rate']:g}",
        "relative weight change": f"{counts['relative_weight_change']:.2e}",
        "precision": settings["precision"],
        "seed": manifest.seed,
    }
    lines = [
        "---", "library_name: sentence-transformers", "pipeline_tag: sentence-similarity",
        "tags: [sentence-transformers, dense-retrieval, citemesh]", "---", "",
        f"# {name}", "", "A dense retriever trained with `citemesh train`.", "",
        "| | |", "| --- | --- |", *(f"| {key} | {value} |" for key, value in facts.items()), "",
        *(f"**Warning.** {warning}\n" for warning in settings["warnings"]),
        "`manifest.json` has every setting, `training_log.jsonl` every step.", "",
    ]  # fmt: skip
    write_text(folder / "README.md", "\n".join(lines))
