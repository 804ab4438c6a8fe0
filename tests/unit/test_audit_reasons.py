"""Codes and sentences of a row of the table of verdicts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.mining.audit.reasons import REASONS, reasons_of, sentence_of
from citemesh.mining.audit.verdicts import VERDICT_SCHEMA

COUNTS = ("shared_references", "shared_citers", "chains", "shared_headings", "shared_major",
          "qualifier_conflicts")  # fmt: skip
MARKS = ("cites", "cited_by", "same_work", "same_title", "retracted")


def row(**columns):
    """A negative that has nothing to do with the known positive 5."""
    return {
        "negative_pmid": 9, "closest_pmid": 5, **dict.fromkeys(COUNTS, 0),
        **dict.fromkeys(MARKS, False), "siml": 0.123, "years_later": 0, "probability": 0.456,
        **columns,
    }  # fmt: skip


def test_nothing():
    assert reasons_of(row()) == []
    assert sentence_of(row()) == (
        "Nearest in the graph is known positive 5. No reference, citing paper or heading in "
        "common. MeSH similarity 0.12. Probability of being relevant 0.46."
    )


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"cites": True}, "Cited by known positive 5. "),
        ({"cited_by": True}, "Cites known positive 5. "),
        ({"cites": True, "cited_by": True}, "It and known positive 5 cite each other. "),
        ({"same_work": True}, "Another form of the same work as known positive 5, or a notice"),
        ({"same_title": True}, "Has the title of known positive 5. "),
        ({"retracted": True}, "It is retracted. Nearest in the graph"),
        ({"retracted": True, "same_work": True}, "It is retracted. Another form"),
        ({"retracted": True, "closest_pmid": None}, "It is retracted. The graph does not know"),
        ({"shared_references": 1}, " In common: 1 reference. "),
        ({"shared_references": 2}, " In common: 2 references. "),
        ({"shared_citers": 1}, " In common: 1 paper that cites both. "),
        ({"shared_citers": 2}, " In common: 2 papers that cite both. "),
        ({"chains": 1}, " In common: 1 paper between them in a chain of citations. "),
        ({"chains": 2}, " In common: 2 papers between them in chains of citations. "),
        ({"shared_headings": 1}, " In common: 1 heading. "),
        ({"shared_references": 1, "shared_headings": 2, "shared_major": 1},
         " In common: 1 reference, 2 headings (1 major in both). "),
        ({"shared_headings": 3, "shared_major": 2, "qualifier_conflicts": 1},
         " In common: 3 headings (2 major in both, 1 under other qualifiers). "),
        ({"siml": None}, " One of the two at least has no MeSH topic: relatedness unknown. "),
        ({"probability": None}, " Judged by plain rules."),
    ],
)  # fmt: skip
def test_sentences(columns, words):
    assert words in sentence_of(row(**columns))


#: What each code stands for: a column, or several, and what it must be.
HOLDS = {
    "not_in_graph": lambda r: r["closest_pmid"] is None,
    "known_positive": lambda r: r["closest_pmid"] == 9,
    "citation": lambda r: r["cites"] or r["cited_by"],
    "mesh_similar": lambda r: r["siml"] is not None and r["siml"] > 0.3,
    "qualifier_conflict": lambda r: r["qualifier_conflicts"] > 0,
    "unknown_topic": lambda r: r["siml"] is None,
    "published_later": lambda r: r["years_later"] is not None and r["years_later"] > 0,
}


@given(
    columns=st.fixed_dictionaries({
        **{name: st.integers(0, 2) for name in COUNTS}, **{name: st.booleans() for name in MARKS},
        "closest_pmid": st.sampled_from([None, 5, 9]),
        "siml": st.sampled_from([None, 0.0, 0.3, 0.31, 1.0]),
        "years_later": st.sampled_from([None, -1, 0, 3]),
        "probability": st.sampled_from([None, 0.0, 1.0]),
    })
)  # fmt: skip
def test_codes_and_sentences_agree_with_the_columns(columns):
    own = row(**columns)
    holds = {code: HOLDS.get(code, lambda r, code=code: bool(r[code])) for code in REASONS}
    assert reasons_of(own) == [code for code in REASONS if holds[code](own)]
    said = sentence_of(own)
    assert re.fullmatch(r"[A-Z][^ ].*[^ ]\.", said)
    assert "  " not in said
    assert "None" not in said
    assert ("retracted" in said) == own["retracted"]
    if own["closest_pmid"] == 5:
        assert str(own["closest_pmid"]) in said
        shared = any(own[name] for name in COUNTS[:4])
        assert ("In common: " in said) == shared
        assert ("relatedness unknown" in said) == (own["siml"] is None)


def test_every_column_that_is_asked_is_in_the_table():
    assert {"negative_pmid", "closest_pmid", *COUNTS, *MARKS} <= set(VERDICT_SCHEMA.names)
