"""Guards by scores: the rule for either sign, against all known positives, each text once."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from citemesh.mining.anchors import Anchor
from citemesh.mining.cases import Cases
from citemesh.mining.guards import LABELS, NO_OBJECTION, SCORE_LABELS
from citemesh.mining.score_guards import (
    MARGIN,
    ScoreGuard,
    ScoreSettings,
    ask_score_guards,
    open_score_guards,
)
from citemesh.mining.texts import scorers
from citemesh.mining.texts.scorers import CrossEncoderScorer, EncoderScorer
from tests.unit.text_index_samples import sample_corpus, word_encoder

#: PMID to a text that is its score.
TEXTS = {1: "t 1.0", 2: "t 0.5", 3: "t 0.96", 4: "t 0.94", 5: "t -0.5", 6: "t -0.51", 7: "t -0.6",
         8: "t 0.47", 9: "t 0.0"}  # fmt: skip


class Reader:
    """Takes the number in a text for its score."""

    def scores(self, queries, texts):
        return np.array([float(text) for text in texts])


def cases_of(*rows):
    """Candidates of anchors, from pairs of known positives and candidate."""
    anchors = [Anchor(str(i), "q", None, positives) for i, (positives, _) in enumerate(rows)]
    return cast(
        Cases,
        Held(
            anchors=SimpleNamespace(anchors=anchors),
            anchor=np.arange(len(rows)),
            candidates=SimpleNamespace(pmid=np.array([pmid for _, pmid in rows])),
        ),
    )


class Held(SimpleNamespace):
    def __len__(self):
        return len(self.anchor)


def guard(name="margin", limit=MARGIN, scorer=None):
    return ScoreGuard(name, limit, scorer or Reader(), sample_corpus(TEXTS))


@pytest.mark.parametrize(
    ("positives", "candidate", "dropped"),
    [
        ((1,), 3, True),
        ((1,), 4, False),
        ((1,), 1, True),
        ((2,), 4, True),
        ((2, 1), 4, False),  # the best of all known positives counts, wherever it stands
        ((1, 2), 4, False),
        ((5,), 6, True),  # a negative score: 0.95 of it would be a greater one
        ((5,), 7, False),
        ((5,), 2, True),
        ((9,), 2, True),
        ((9,), 5, False),
        ((77,), 1, False),  # no text of a positive: unknown, not too near
        ((77, 1), 3, True),
        ((1,), 77, False),
    ],
)
def test_the_margin_is_relative_to_the_best_positive(positives, candidate, dropped):
    cases = cases_of((positives, candidate))
    objected, scores = ask_score_guards([guard()], cases, np.full(1, NO_OBJECTION, np.int8))
    assert (objected.tolist() != [NO_OBJECTION]) == dropped
    if dropped:
        assert LABELS[objected[0]] == SCORE_LABELS["margin"]
    assert list(scores) == ["margin"]
    texts = [float(TEXTS[pmid][2:]) for pmid in positives if pmid in TEXTS]
    seen = [*scores["margin"].positive.tolist(), *scores["margin"].negative.tolist()]
    own = float(TEXTS[candidate][2:]) if candidate in TEXTS else np.nan
    assert seen == pytest.approx([max(texts, default=np.nan), own], nan_ok=True)


def test_the_share_is_the_quotient_of_positive_scores():
    scores = guard().scores(cases_of(((1,), 4), ((2,), 8), ((1, 2), 8)), np.arange(3))
    assert scores.shares == pytest.approx([0.94, 0.94, 0.47])


def test_only_what_no_guard_has_dropped_is_asked_about():
    cases = cases_of(((1,), 3), ((1,), 3), ((1,), 4))
    before = np.array([2, NO_OBJECTION, NO_OBJECTION], np.int8)
    both = [guard("margin"), guard("cross_encoder", limit=0.9)]
    after, scores = ask_score_guards(both, cases, before)
    assert [LABELS[place] if place >= 0 else None for place in after] == [
        LABELS[2], SCORE_LABELS["margin"], SCORE_LABELS["cross_encoder"],
    ]  # fmt: skip
    for seen in (lambda own: own.shares, lambda own: own.positive, lambda own: own.negative):
        assert np.isnan(seen(scores["margin"])).tolist() == [True, False, False]
        assert np.isnan(seen(scores["cross_encoder"])).tolist() == [True, True, False]
    assert before.tolist() == [2, NO_OBJECTION, NO_OBJECTION]


def test_nothing_is_asked_when_nothing_is_left():
    cases, before = cases_of(((1,), 3)), np.zeros(1, np.int8)
    objected, scores = ask_score_guards([guard(scorer=cast(Any, "never"))], cases, before)
    assert objected.tolist() == [0]
    assert np.isnan(scores["margin"].shares).all()


def test_without_a_model_there_is_no_guard():
    assert open_score_guards(ScoreSettings()) == []


def test_each_text_is_encoded_once_and_scores_are_those_of_the_model(tmp_path, monkeypatch):
    encoder = word_encoder()
    monkeypatch.setattr(scorers, "opened_encoder", lambda model: encoder)
    scorer = EncoderScorer("words", tmp_path)
    queries, texts = ["a b", "a b", "c", "d"], ["x y", "z", "x y", "x y"]
    first = scorer.scores(queries, texts)
    assert sorted(cast(Any, encoder.model).read) == ["a b", "c", "d", "x y", "z"]
    assert (scorer.scores(queries[::-1], texts[::-1]) == first[::-1]).all()
    assert len(cast(Any, encoder.model).read) == 5
    again = EncoderScorer("words", tmp_path)  # as after a kill: from the cache on disk
    assert (again.scores(queries, texts) == first).all()
    assert len(cast(Any, encoder.model).read) == 5
    model = cast(Any, encoder.model)
    expected = (model.encode_query(queries) * model.encode_document(texts)).sum(axis=1)
    assert first.tolist() == expected.tolist()
    assert scorer.scores([], []).tolist() == []


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory, minilm):
    """A small cross-encoder of random weights."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    folder = tmp_path_factory.mktemp("cross-encoder")
    tokenizer = AutoTokenizer.from_pretrained(minilm)
    config = cast(Any, BertConfig)(
        vocab_size=len(tokenizer), hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=8, num_labels=1, initializer_range=1.0,
    )  # fmt: skip
    torch.manual_seed(0)
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def test_a_cross_encoder_reads_each_pair_once_and_tells_them_apart(cross_encoder, monkeypatch):
    scorer = CrossEncoderScorer(cross_encoder)
    queries, texts = ["the lung", "the lung", "the heart"], ["one", "two", "one"]
    first = scorer.scores(queries, texts)
    assert len(set(first.tolist())) == 3
    monkeypatch.setattr(scorer._model, "predict", lambda *_, **__: pytest.fail("read again"))
    assert (scorer.scores(queries[::-1], texts[::-1]) == first[::-1]).all()
    assert scorer.scores([], []).tolist() == []
