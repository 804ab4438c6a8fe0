"""FlagEmbedding: ``query``, ``pos`` and ``neg`` on a line (its AbsEmbedderTrainDataset reads them).

With ``knowledge_distillation`` it reads ``pos_scores`` and ``neg_scores`` too, lists of numbers as
long as ``pos`` and ``neg``, and refuses a file without them.

``--train_data`` takes the folder ``train``: the reader opens every ``.json`` file of a folder it is
given, so that no manifest may lie there.
"""

from __future__ import annotations

from citemesh.mining.export.items import Item
from citemesh.mining.export.lines import Passages
from citemesh.mining.export.parts import Row


def flagembedding_line(item: Item, passages: Passages) -> Row:
    """An anchor with the texts of all its positives and negatives, and their scores if known."""
    line = {
        "query": item.anchor.query,
        "pos": [passages[pmid].text for pmid in item.positives],
        "neg": [passages[negative.negative_pmid].text for negative in item.negatives],
    }
    return line | _scores(item)


def _scores(item: Item) -> Row:
    """What distillation needs, a score for every text; nothing where one is not known.

    The mined table holds the score of the best positive: where there are several, the others' are
    not known.
    """
    positive = [n.score_positive for n in item.negatives[:1]]
    negatives = [n.score_negative for n in item.negatives]
    if len(positive) != len(item.positives) or None in (*positive, *negatives):
        return {}
    return {"pos_scores": positive, "neg_scores": negatives}
