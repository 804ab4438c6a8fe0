"""Rows taken from the corpus: which documents, and their texts as a data set mapped from disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import Pmids, PmidSet
from citemesh.graph.snapshot.arrays import ArrayFile, map_array
from citemesh.mining.anchors.chosen import Test, chosen_documents

if TYPE_CHECKING:
    import pandas as pd
    from datasets import Dataset

#: Makes the texts of some documents (columns ``pmid``, ``title``, ``abstract``), column by column.
Texts = Callable[["pd.DataFrame"], Mapping[str, "pd.Series[str]"]]
#: Name of the array of PMIDs, one per row.
PMID = "pmid"
BEYOND_LIMIT = "beyond_limit"
_TEXTS_FILE = "texts.arrow"
#: Rows that lie together; a random row costs about one disk page all the same.
_TOGETHER = 1_000


@dataclass(frozen=True)
class CorpusRows:
    """Rows to train on, taken from the corpus.

    Args:
        dataset: text columns and ``label``, the number of the row.
        pmids: of the rows' documents, shape (rows,), mapped from disk.
        left_out: how many documents were left out, by reason.
    """

    dataset: Dataset
    pmids: Pmids
    left_out: Mapping[str, int]


def choose(
    corpus: Corpus, tests: Mapping[str, Test], limit: int | None
) -> tuple[PmidSet, dict[str, int]]:
    """Choose documents.

    Args:
        corpus: the documents.
        tests: by the reason for leaving out what fails; each is asked of what passed those before.
        limit: at most this many, those with the smallest ``h``; all when None.

    Returns:
        The chosen, and how many were left out by reason.
    """
    left_out = dict.fromkeys([*tests, BEYOND_LIMIT], 0)

    def counted(reason: str, passes: Test) -> Test:
        def count(pmids: Pmids) -> NDArray[np.bool_]:
            passed = passes(pmids)
            left_out[reason] += int((~passed).sum())
            return passed

        return count

    # Without the limit first: with it, tests are not asked of what comes too late by its key.
    passed = chosen_documents(corpus, [counted(*test) for test in tests.items()], None)
    if limit is None or len(passed) <= limit:
        return passed, left_out
    left_out[BEYOND_LIMIT] = len(passed) - limit
    return chosen_documents(corpus, [passed.contains], limit), left_out


def write_pmids(corpus: Corpus, chosen: PmidSet, folder: Path, name: str = PMID) -> Pmids:
    """The chosen PMIDs in the order of the corpus, shape (rows,), mapped from a file."""
    with ArrayFile(folder / f"{name}.npy", "<i8") as file:
        for part in corpus.stream(["pmid"]):
            pmids = part["pmid"].to_numpy()
            file.append(pmids[chosen.contains(pmids)])
    return map_array(folder, name)


def write_texts(
    corpus: Corpus, chosen: PmidSet, texts: Texts, columns: Sequence[str], folder: Path
) -> None:
    """Write the texts of the chosen documents in the order of the corpus, never all in memory.

    Args:
        corpus: the documents.
        chosen: PMIDs of those wanted.
        texts: makes their text columns.
        columns: names of these columns.
        folder: for `open_texts`.
    """
    schema = pa.schema([*((name, pa.string()) for name in columns), ("label", pa.int64())])
    path, rows = folder / _TEXTS_FILE, 0
    with pa.ipc.new_stream(path, schema) as stream:
        for part in _chosen_parts(corpus, chosen):
            table: dict[str, object] = dict(texts(part))
            table["label"] = np.arange(rows, rows + len(part))
            stream.write_table(pa.table(table, schema), max_chunksize=_TOGETHER)
            rows += len(part)


def open_texts(folder: Path) -> Dataset:
    """The texts that `write_texts` wrote, mapped from disk."""
    from datasets import Dataset

    return Dataset.from_file(str(folder / _TEXTS_FILE))


def _chosen_parts(corpus: Corpus, chosen: PmidSet) -> Iterator[pd.DataFrame]:
    for documents in corpus.stream():
        wanted = documents[chosen.contains(documents["pmid"].to_numpy())]
        if len(wanted):
            yield wanted
