"""Documents with MeSH labels as training data, for losses over label vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from citemesh.errors import InputError
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import PmidSet
from citemesh.graph.snapshot.arrays import Csr, map_array, map_csr
from citemesh.mining.anchors.chosen import not_denied
from citemesh.outputs import new_folder
from citemesh.training.batches.label_vectors import LabelVectors
from citemesh.training.batches.partners import PARTNERS, PartnerSearch, find_partners
from citemesh.training.data.corpus_rows import (
    PMID,
    CorpusRows,
    choose,
    open_texts,
    write_pmids,
    write_texts,
)
from citemesh.training.recipes.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

_CANDIDATES = "candidates"


@dataclass(frozen=True)
class DocumentRows(CorpusRows):
    """Documents to train on; the text column is ``anchor``.

    Args:
        partners: each row to rows that are similar to it by MeSH.
    """

    partners: Csr


def training_documents(
    corpus: Corpus, labels: LabelVectors, settings: Settings, denied: PmidSet, cache: Path
) -> DocumentRows:
    """Title and abstract of the documents that have labels and a partner.

    Args:
        corpus: the documents.
        labels: of the documents.
        settings: of the run: `rows` (partners are looked for among these), `beta`, `seed`.
        denied: PMIDs of evaluation sets.
        cache: a folder for the files that the rows are mapped from; the caller removes it.

    Raises:
        InputError: when no document is left.
    """
    tests = {"denied": not_denied(denied), "without_labels": labels.labelled}
    chosen, left_out = choose(corpus, tests, settings.rows)
    cache.mkdir(parents=True, exist_ok=True)
    with new_folder(cache / "documents", force=True) as folder:
        candidates = write_pmids(corpus, chosen, folder, _CANDIDATES)
        search = PartnerSearch(settings.beta, settings.seed)
        kept = find_partners(labels, candidates, search, folder).kept
        left_out["without_partner"] = int((~kept).sum())
        if not kept.any():
            raise InputError(
                f"None of {len(candidates)} documents with MeSH labels has another that is more"
                f" similar than {settings.beta:g}.",
                "Take more rows, or a lower beta.",
            )
        paired = PmidSet()
        paired.add(candidates[kept])
        (folder / f"{_CANDIDATES}.npy").unlink()
        write_pmids(corpus, paired, folder)
        write_texts(corpus, paired, _title_and_abstract, ("anchor",), folder)
    final = cache / "documents"
    return DocumentRows(
        open_texts(final), map_array(final, PMID), left_out, map_csr(final, PARTNERS)
    )


def _title_and_abstract(documents: pd.DataFrame) -> Mapping[str, pd.Series[str]]:
    return {"anchor": documents["title"] + " " + documents["abstract"]}
