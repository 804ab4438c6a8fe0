"""Rows from the corpus: the right texts under the right numbers, and nothing that is denied."""

from typing import cast

import numpy as np
import pandas as pd
import pytest
from datasets.table import MemoryMappedTable
from hypothesis import given, settings
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import PmidSet, order_key
from citemesh.manifest import Manifest
from citemesh.training.batches.label_vectors import LabelVectors
from citemesh.training.data.documents import training_documents
from citemesh.training.data.graph_arrays import open_graph_arrays
from citemesh.training.data.titles import training_titles
from citemesh.training.recipes.settings import Settings
from citemesh.workspace import Workspace
from tests.unit.label_samples import drawn_papers, engine_of, label_vector, papers_with, siml

BETA = 0.3


class SmallCorpus:
    """Documents in parts, as a corpus streams them; the later part holds smaller PMIDs, too."""

    def __init__(self, titles):
        pmids = sorted(titles, key=lambda pmid: (pmid % 2, pmid))
        self.parts = [
            pd.DataFrame({"pmid": part, "title": [titles[pmid] for pmid in part],
                          "abstract": [f"Abstract of {pmid}." for pmid in part]})
            for part in np.array_split(np.array(pmids, np.int64), 3)
        ]  # fmt: skip
        self.order = pmids

    def stream(self, columns=("pmid", "title", "abstract")):
        yield from (part[list(columns)] for part in self.parts)


def corpus_of(titles):
    return cast(Corpus, SmallCorpus(titles))


def titles_of(papers):
    return {paper.pmid: f"Title {paper.pmid}." for paper in papers}


def pmid_set(pmids):
    found = PmidSet()
    found.add(np.array(sorted(pmids), np.int64))
    return found


def documents(papers, folder, denied=(), **settings):
    corpus, labels = corpus_of(titles_of(papers)), LabelVectors(engine_of(papers))
    given_settings = Settings(source="documents", loss="biohicl", **settings)
    return training_documents(corpus, labels, given_settings, pmid_set(denied), folder)


@settings(max_examples=40)
@given(drawn_papers(most=15), st.data())
def test_rows_are_the_documents_with_labels_and_a_partner(tmp_path_factory, papers, data):
    pmids = [paper.pmid for paper in papers]
    denied = data.draw(st.sets(st.sampled_from(pmids))) if pmids else set()
    limit = data.draw(st.none() | st.integers(1, 15))
    vectors = {paper.pmid: label_vector(paper) for paper in papers}
    allowed = [pmid for pmid in pmids if pmid not in denied and vectors[pmid]]
    chosen = sorted(allowed, key=lambda pmid: order_key(np.array([pmid])))[:limit]
    folder = tmp_path_factory.mktemp("rows")
    try:
        rows = documents(papers, folder, denied, rows=limit)
    except InputError:
        similar = [(a, b) for a in chosen for b in chosen if a < b
                   and siml(vectors[a], vectors[b]) > BETA]  # fmt: skip
        headings = {paper.pmid: set(paper.headings) for paper in papers}
        assert not [pair for pair in similar if headings[pair[0]] & headings[pair[1]]]
        return
    kept = rows.pmids.tolist()
    assert kept == [pmid for pmid in SmallCorpus(titles_of(papers)).order if pmid in set(kept)]
    assert set(kept) <= set(chosen)
    assert rows.dataset["anchor"][:] == [f"Title {pmid}. Abstract of {pmid}." for pmid in kept]
    assert rows.dataset["label"][:] == list(range(len(kept)))
    for row, pmid in enumerate(kept):
        others = [kept[other] for other in rows.partners.row(row)]
        assert others
        assert all(siml(vectors[pmid], vectors[other]) > BETA for other in others)
    assert rows.left_out == {
        "denied": len(denied),
        "without_labels": len([p for p in pmids if p not in denied and not vectors[p]]),
        "beyond_limit": len(allowed) - len(chosen),
        "without_partner": len(chosen) - len(kept),
    }


def test_texts_stay_on_disk_and_nothing_else_is_left_there(tmp_path):
    papers = papers_with(dict.fromkeys(range(1, 3000), "D11"))
    rows = documents(papers, tmp_path)
    assert isinstance(rows.dataset.data, MemoryMappedTable)
    assert (
        rows.dataset[2500]["anchor"] == f"Title {rows.pmids[2500]}. Abstract of {rows.pmids[2500]}."
    )
    assert sorted(path.name for path in (tmp_path / "documents").iterdir()) == [
        "partners.indices.npy", "partners.indptr.npy", "pmid.npy", "texts.arrow",
    ]  # fmt: skip


def test_the_same_folder_is_written_anew(tmp_path):
    papers = papers_with({1: "D11", 2: "D11", 3: "D11"})
    assert len(documents(papers, tmp_path).dataset) == 3
    assert documents(papers, tmp_path, denied={2}).dataset["label"][:] == [0, 1]


@pytest.mark.parametrize("papers", [{}, {1: ""}, {1: "D11", 2: "D21"}, {1: "D92", 2: "D92"}])
def test_no_document_with_a_partner_is_said_and_leaves_nothing(tmp_path, papers):
    with pytest.raises(InputError, match="None of"):
        documents(papers_with(papers), tmp_path)
    assert list(tmp_path.iterdir()) == []


TITLES = {
    3: "A title.", 4: "[A translated one].", 5: "[Not Available].", 6: "A title.", 8: "[].",
    9: "Later.", 12: "[Two] and [more].",
}  # fmt: skip


def test_titles_are_queries_of_their_abstracts(tmp_path):
    rows = training_titles(corpus_of(TITLES), Settings(source="titles"), pmid_set({9}), tmp_path)
    assert rows.dataset.column_names == ["anchor", "positive", "label"]
    assert rows.pmids.tolist() == [4, 6, 12, 3]
    assert rows.dataset["anchor"][:] == [
        "A translated one", "A title.", "Two] and [more", "A title.",
    ]  # fmt: skip
    assert rows.dataset["positive"][:] == [f"Abstract of {pmid}." for pmid in (4, 6, 12, 3)]
    assert rows.dataset["label"][:] == [0, 1, 2, 3]
    assert rows.left_out == {"denied": 1, "without_title": 2, "beyond_limit": 0}


def test_titles_are_limited_by_the_smallest_keys(tmp_path):
    settings = Settings(source="titles", rows=2)
    rows = training_titles(corpus_of(TITLES), settings, pmid_set(()), tmp_path)
    titled = [3, 4, 6, 9, 12]
    first = sorted(titled, key=lambda pmid: order_key(np.array([pmid])))[:2]
    assert sorted(rows.pmids.tolist()) == sorted(first)
    assert rows.left_out["beyond_limit"] == 3


def test_no_title_at_all_is_said(tmp_path):
    with pytest.raises(InputError, match="No document with a title"):
        training_titles(corpus_of({1: "[]."}), Settings(source="titles"), PmidSet(), tmp_path)


def test_a_missing_snapshot_names_the_command_that_makes_it(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.corpus.mkdir()
    Manifest("graph load", {"version": 1, "load_id": "made up", "files": []}).write(
        workspace.corpus
    )
    with pytest.raises(InputError) as raised:
        open_graph_arrays(workspace)
    assert "citemesh graph snapshot" in raised.value.hint
    assert "there is none yet" in raised.value.message
