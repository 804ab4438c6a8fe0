"""Whose weights training judges evidence by: an audit's, else the corpus's own, else the package's.

The weights of an audit with an encoder weigh cosines of texts, and those of plain rules give no
probability: neither serves here.
"""

from __future__ import annotations

import json
from pathlib import Path

from citemesh.errors import InputError
from citemesh.graph.corpus import Corpus
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.audit.score.combiner import Combiner, read_combiner
from citemesh.mining.audit.score.features import TEXT_FEATURES
from citemesh.mining.audit.score.open_scorer import learnt_combiner, training_sample
from citemesh.mining.audit.verdicts import SCORER_FILE
from citemesh.progress import say


def evidence_scorer(engine: ArrayEngine, corpus: Corpus, audit: Path | None) -> Combiner:
    """Weights that judge pairs of papers by the graph alone.

    Args:
        engine: the graph.
        corpus: its texts.
        audit: the folder of the audit of the mined set that is trained on; None without one.

    Raises:
        InputError: when the audit's weights cannot be read.
    """
    found = None if audit is None else _of_audit(audit)
    return found or learnt_combiner(engine, training_sample(engine, encoded=False), corpus)


def _of_audit(audit: Path) -> Combiner | None:
    """The weights of an audit; None where it has none that judge by the graph alone."""
    path = audit / SCORER_FILE
    if not path.is_file():
        return None
    text = path.read_text("utf-8", errors="replace")
    try:
        features = json.loads(text).get("features")
    except (ValueError, AttributeError) as error:
        raise InputError(
            f"{path} holds no weights of evidence ({error}).", "Audit again: citemesh audit run"
        ) from error
    if not features:
        reason = "judged by plain rules"
    elif set(features) & set(TEXT_FEATURES):
        reason = "weighs an encoder's cosines"
    else:
        return read_combiner(text, str(path))
    say(f"The audit {audit.name} {reason}: its weights are not used.")
    return None
