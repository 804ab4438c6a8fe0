"""Strategies of the text: what they find, in which order, and that batches do not matter."""

import math
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from bm25s.stopwords import STOPWORDS_EN

from citemesh.encoding.embeddings import Texts, encode
from citemesh.errors import MissingDependencyError, SettingsError
from citemesh.graph.pmid_set import order_key
from citemesh.mining.anchors import Anchor
from citemesh.mining.engine import Engine
from citemesh.mining.settings import MiningSettings
from citemesh.mining.strategies import STRATEGIES, TextStrategy
from citemesh.mining.strategies.windows import Windows
from citemesh.mining.texts.dense_index import embeddings_file, encode_queries
from citemesh.mining.texts.documents import document_texts, prepare_documents
from citemesh.mining.texts.indexes import Indexes, IndexPlaces
from citemesh.mining.texts.lexical_index import prepare_lexical
from citemesh.mining.texts.prepare import Preparation
from citemesh.mining.texts.store import require
from citemesh.workspace import Workspace
from tests.unit.text_index_samples import sample_corpus, word_encoder

WORDS = [
    "lung", "heart", "vessel", "gland", "mouse", "rabbit", "culture", "growth", "enzyme", "light",
    "the", "of",
]  # fmt: skip
NO_ENGINE = cast(Engine, None)


def some_texts(count, seed=0):
    """Texts of few words, so that scores tie, under PMIDs that do not rise."""
    random = np.random.default_rng(seed)
    pmids = random.permutation(np.arange(100, 100 + count)).tolist()
    return {
        pmid: " ".join(random.choice(WORDS, size=random.integers(1, 9)).tolist()) for pmid in pmids
    }


@pytest.fixture(scope="module")
def texts():
    return some_texts(60)


@pytest.fixture(scope="module")
def anchors(texts):
    own = [Anchor(str(pmid), f"{text} lung", pmid, (pmid,)) for pmid, text in texts.items()]
    stranger = Anchor("q", "heart vessel", None, (101, 102))
    return [*own[:20], stranger, Anchor("nothing to start from", "heart", None, ())]


@pytest.fixture(scope="module")
def indexes(tmp_path_factory, texts, anchors):
    workspace = Workspace(tmp_path_factory.mktemp("workspace"))
    corpus, encoder, cache = sample_corpus(texts), word_encoder(), workspace.embeddings
    documents = prepare_documents(workspace, corpus)
    encoded = encode(encoder, document_texts(corpus, documents), "document", cache, None)
    queries = Texts.of([anchor.query for anchor in anchors])
    return Indexes(
        IndexPlaces(
            documents,
            prepare_lexical(workspace, corpus),
            embeddings_file(encoded),
            encode_queries(encoder, queries, workspace.root / "queries", cache),
        )
    )


def fresh(indexes):
    """The same indexes, remembering nothing."""
    return Indexes(indexes._places)


def found_by(strategy, indexes, anchors, limit):
    """PMIDs by the anchor's id."""
    found = strategy.find(NO_ENGINE, indexes, anchors, limit)
    assert (np.diff(found.anchor) >= 0).all()
    lists: dict[str, list[int]] = {anchor.query_id: [] for anchor in anchors}
    for index, pmid in zip(found.anchor.tolist(), found.candidates.pmid.tolist(), strict=True):
        lists[anchors[index].query_id].append(pmid)
    return lists


def bm25(texts, query):
    """Lucene's formula, written out (Kamphuis et al., ECIR 2020, table 1)."""
    split = {
        pmid: [w for w in re.findall(r"\w\w+", text) if w not in STOPWORDS_EN]
        for pmid, text in texts.items()
    }
    mean = sum(map(len, split.values())) / len(split)
    frequency = Counter(word for words in split.values() for word in set(words))
    scores = {}
    for pmid, words in split.items():
        counts = Counter(words)
        scores[pmid] = sum(
            math.log(1 + (len(split) - frequency[w] + 0.5) / (frequency[w] + 0.5))
            * counts[w] / (counts[w] + 1.5 * (0.25 + 0.75 * len(words) / mean))
            for w in re.findall(r"\w\w+", query) if counts[w]
        )  # fmt: skip
    return scores


def test_lexical_ranks_as_the_formula_of_bm25_and_settles_ties_by_pmid(texts, indexes):
    query = "lung heart of rabbit lung unheard"
    rows, scores = indexes.lexical.nearest(query, 25)
    expected = bm25(texts, query)
    pmids = indexes.pmid[rows]
    assert scores == pytest.approx([expected[pmid] for pmid in pmids.tolist()], rel=1e-5)
    assert np.sort(scores) == pytest.approx(sorted(expected.values())[-25:], rel=1e-5)
    tied = scores[1:] == scores[:-1]
    assert tied.any()
    assert (np.diff(pmids)[tied] > 0).all()


@pytest.mark.parametrize("query", ["", "unheard", "the of", "x y"])
def test_lexical_finds_nothing_without_a_word_in_common(indexes, query):
    assert len(indexes.lexical.nearest(query, 10)[0]) == 0


def test_dense_finds_the_nearest_and_settles_ties_by_pmid(indexes, anchors):
    queries = [anchor.query for anchor in anchors]
    ranking = indexes.dense.nearest(queries, 30)
    scores = indexes.dense.queries(queries) @ indexes.dense.documents.T
    for row, line in enumerate(scores):
        order = sorted(range(len(line)), key=lambda r: (-line[r], indexes.pmid[r]))
        near = ranking.rows[row].tolist()
        assert near == order[:30]
        assert (ranking.scores[row] == line[near]).all()
    assert (np.diff(ranking.scores) == 0).any()


def test_what_dense_remembers_is_what_it_would_find_anew(indexes, anchors):
    queries = [anchor.query for anchor in anchors]
    dense = fresh(indexes).dense
    for some, top in ((queries, 20), (queries[3:9], 20), (queries[8:4:-1], 5), (queries, 25)):
        remembered, anew = dense.nearest(some, top), fresh(indexes).dense.nearest(some, top)
        assert remembered.rows.tolist() == anew.rows.tolist()
        assert (remembered.scores == anew.scores).all()


def test_documents_are_found_by_pmid_and_others_are_not(indexes, texts):
    pmids = np.array([*texts, 5, 99_999_999])
    assert indexes.dense.rows(pmids).tolist() == [*range(len(texts)), -1, -1]


@pytest.mark.parametrize("name", ["lexical", "dense", "discordant"])
def test_starts_are_no_candidates_and_nothing_is_found_without_one(indexes, anchors, name):
    strategy = replace(cast(Any, STRATEGIES[name]), top=12)
    found = found_by(strategy, indexes, anchors, 100)
    assert found["nothing to start from"] == []
    assert not {101, 102} & set(found["q"])
    for anchor in anchors[:-1]:
        assert anchor.anchor_pmid not in found[anchor.query_id]
        assert len(set(found[anchor.query_id])) == len(found[anchor.query_id])
        assert len(found[anchor.query_id]) == 12 or name == "lexical"
    given = strategy.find(NO_ENGINE, indexes, anchors, 100)
    known = [set(anchors[i].known_pmids) for i in given.anchor.tolist()]
    assert all(start in own for start, own in zip(given.start.tolist(), known, strict=True))


@pytest.mark.parametrize("name", ["lexical", "dense", "discordant"])
def test_a_larger_limit_and_other_batches_change_nothing(indexes, anchors, name):
    strategy = replace(cast(Any, STRATEGIES[name]), top=12)
    whole = found_by(strategy, indexes, anchors, 100)
    for limit in (1, 5, 12):
        few = strategy.find(NO_ENGINE, indexes, anchors, limit)
        lists = found_by(strategy, indexes, anchors, limit)
        for index, anchor in enumerate(anchors):
            assert lists[anchor.query_id] == whole[anchor.query_id][:limit]
            assert few.more[index] == (len(whole[anchor.query_id]) > limit)
    for anchor in anchors:  # alone, by indexes that remember nothing
        assert (
            found_by(strategy, fresh(indexes), [anchor], 100)[anchor.query_id]
            == (whole[anchor.query_id])
        )


def test_dense_draws_from_the_window_that_discordant_gives_hardest_first(indexes, anchors):
    drawn = found_by(replace(cast(Any, STRATEGIES["dense"]), top=12), indexes, anchors, 100)
    in_turn = replace(cast(Any, STRATEGIES["dense"]), top=12, sample=False)
    hardest = replace(cast(Any, STRATEGIES["discordant"]), top=12)
    nearest = found_by(hardest, indexes, anchors, 100)
    assert found_by(in_turn, indexes, anchors, 100) == nearest
    assert {q: set(own) for q, own in drawn.items()} == {q: set(own) for q, own in nearest.items()}
    assert drawn != nearest
    found = hardest.find(NO_ENGINE, indexes, anchors, 100)
    same = np.diff(found.anchor) == 0
    assert (np.diff(found.candidates.score)[same] <= 0).all()


def test_the_order_of_a_drawn_window_is_that_of_the_fixed_key():
    anchors = [Anchor("a", "", 7, (7,)), Anchor("b", "", None, (9, 7))]
    pmid = np.array([1, 2, 3, 1, 2, 3, 7, 9])
    windows = Windows.of(anchors, np.array([0, 0, 0, 1, 1, 1, 1, 1]), pmid, np.zeros(8))
    drawn = windows.shuffled()
    assert drawn.anchor.tolist() == [0] * 3 + [1] * 3
    for index, start in enumerate((7, 9)):
        own = drawn.pmid[drawn.anchor == index]
        keys = (order_key(np.array([start])) + order_key(own)) % 2**31
        assert (np.diff(keys) > 0).all()


@pytest.mark.parametrize(("text", "value"), [("false", False), ("true", True)])
def test_a_switch_is_read_as_it_is_written(text, value):
    made = MiningSettings((("dense", 1),), (("dense", "sample", text),)).strategies()
    assert cast(Any, made["dense"]).sample is value


def test_a_switch_that_is_neither_is_refused():
    wrong = MiningSettings((("dense", 1),), (("dense", "sample", "no"),))
    with pytest.raises(SettingsError, match=r"dense\.sample='no' is no bool"):
        wrong.strategies()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (MiningSettings((("walk", 1),)), "The strategy walk needs a model"),
        (MiningSettings((("cited", 1),), margin=0.9), "The guard --margin needs a model"),
        (MiningSettings((("cited", 1),), model="some"), "nothing encodes texts"),
    ],
)
def test_a_model_is_asked_for_where_it_is_needed(tmp_path, asked, words):
    with pytest.raises(SettingsError, match=words):
        Preparation(Workspace(tmp_path), asked)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_is_told_with_its_extra():
    with pytest.raises(MissingDependencyError, match=r"citemesh\[text\]"):
        require("no_such_package_here", "The strategy lexical")


def test_graph_strategies_need_no_package_of_the_extra():
    code = (
        "import sys\n"
        "for name in ('torch', 'bm25s', 'sentence_transformers', 'sklearn', 'transformers'):\n"
        "    sys.modules[name] = None\n"
        "import citemesh.mining.mine, citemesh.mining.texts.prepare\n"
        "from citemesh.mining.settings import MiningSettings\n"
        "from citemesh.workspace import Workspace\n"
        "from pathlib import Path\n"
        "citemesh.mining.texts.prepare.Preparation("
        "Workspace(Path('nowhere')), MiningSettings((('cited', 1),)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_strategy_of_the_text_says_what_it_needs():
    texts = {name for name, own in STRATEGIES.items() if isinstance(own, TextStrategy)}
    assert texts == {"lexical", "dense", "discordant", "band", "walk"}
