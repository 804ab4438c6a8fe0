"""Label files as people hand them in, merged over reviewers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.errors import InputError, SettingsError
from citemesh.mining.audit.labels.agreement import agreements, cohen_kappa
from citemesh.mining.audit.labels.decisions import (
    DISPUTED,
    LABELLED_RELEVANT,
    LABELLED_UNSURE,
    ApplySettings,
    decide,
)
from citemesh.mining.audit.labels.label_estimates import strategy_estimates
from citemesh.mining.audit.labels.label_files import (
    LABELS,
    NOT_RELEVANT,
    RELEVANT,
    UNSURE,
    Labels,
    read_labels,
)


def line(query_id="q1", pmid=5, label=RELEVANT, reviewer="ann", **more):
    row = {"query_id": query_id, "negative_pmid": pmid, "label": label, "reviewer": reviewer}
    return json.dumps({**row, "audit": "a", "strategy": "sibling", **more})


def written(path, *lines, end="\n"):
    path.write_bytes(end.join([*lines, ""]).encode())
    return path


def test_line_endings_of_windows_a_byte_order_mark_and_empty_lines_are_no_matter(tmp_path):
    path = tmp_path / "labels.jsonl"
    content = "\ufeff" + line() + "\r\n\r\n" + line(pmid=6, label=UNSURE) + "\r\n"
    path.write_bytes(content.encode())
    assert read_labels([path]).by_pair == {
        ("q1", 5): {"ann": RELEVANT}, ("q1", 6): {"ann": UNSURE}
    }  # fmt: skip


def test_a_file_that_is_not_there_is_named(tmp_path):
    there = written(tmp_path / "ann.jsonl", line())
    with pytest.raises(InputError, match=r"bo\.jsonl is not there"):
        read_labels([there, tmp_path / "bo.jsonl"])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (line()[:-9], "not JSON"),
        (line(label="maybe"), "'maybe' is no label"),
        (line(label=None), "'None' is no label"),
        (line(label=["relevant"]), "is no label"),
        (line(pmid="x5"), "'x5' in 'negative_pmid' is no PMID"),
        (line(pmid=True), "is no PMID"),
        (line(query_id=""), "cannot be the id of a query"),
        (line(reviewer=5), "'reviewer' is 5"),
        (line(stratum="s/clean", stratum_size="many"), "'stratum_size' is 'many'"),
        ("[]", "not a JSON object"),
    ],
)
def test_a_fault_is_told_with_file_and_line(tmp_path, wrong, told):
    path = written(tmp_path / "labels.jsonl", line(), wrong, line(pmid=7))
    with pytest.raises(InputError, match=r"labels\.jsonl, line 2: ") as error:
        read_labels([path])
    assert told in str(error.value)


def test_files_without_a_label_are_refused(tmp_path):
    with pytest.raises(InputError, match="There is no label in"):
        read_labels([written(tmp_path / "empty.jsonl")])


def test_a_later_word_of_the_same_reviewer_wins_over_lines_and_files(tmp_path):
    first = written(tmp_path / "1", line(), line(label=UNSURE), line(reviewer="bo"))
    second = written(tmp_path / "2", line(label=NOT_RELEVANT))
    found = read_labels([first, second])
    assert found.by_pair == {("q1", 5): {"ann": NOT_RELEVANT, "bo": RELEVANT}}
    assert found.replaced == 2
    assert read_labels([second, first]).by_pair["q1", 5]["ann"] == UNSURE


@pytest.mark.parametrize("nameless", ["", "  ", None, "anonymous"])
def test_two_files_without_a_name_are_of_two_people(tmp_path, nameless):
    one = written(tmp_path / "1", line(reviewer=nameless))
    two = written(tmp_path / "2", line(reviewer=nameless, label=NOT_RELEVANT))
    found = read_labels([one, two])
    assert found.replaced == 0
    assert list(found.conflicts()) == [("q1", 5)]


def test_a_name_cannot_write_to_the_terminal(tmp_path):
    found = read_labels([written(tmp_path / "1", line(reviewer="a\u001b[2Jn\u202en"))])
    assert found.reviewers == ["a [2Jn n"]


LABEL_MAPS = st.dictionaries(st.sampled_from("abcde"), st.sampled_from(LABELS), min_size=1)
SETTINGS = st.builds(
    ApplySettings, st.booleans(), st.sampled_from(["keep", "drop"]),
    st.sampled_from(["drop", "keep", "majority"]),
)  # fmt: skip


@given(LABEL_MAPS, SETTINGS)
def test_who_says_it_and_unsure_people_change_nothing(labels, settings):
    renamed = dict(zip("vwxyz", reversed(labels.values()), strict=False))
    assert decide(renamed, settings) == decide(labels, settings)
    if set(labels.values()) != {UNSURE}:
        assert decide({**labels, "one more": UNSURE}, settings) == decide(labels, settings)


@given(LABEL_MAPS, SETTINGS)
def test_nothing_is_promoted_against_a_voice_unless_the_majority_is_asked(labels, settings):
    made = decide(labels, settings)
    said = set(labels.values())
    assert not made.promote or (settings.promote and made.drop == LABELLED_RELEVANT)
    if made.promote and NOT_RELEVANT in said:
        assert settings.conflict == "majority"
    if said <= {NOT_RELEVANT, UNSURE} and NOT_RELEVANT in said:
        assert made.drop is None
        assert made.settled
    if RELEVANT in said and NOT_RELEVANT not in said:
        assert made.drop == LABELLED_RELEVANT


def test_doubt_is_settled_as_asked():
    dispute = {"a": RELEVANT, "b": NOT_RELEVANT}
    assert decide(dispute, ApplySettings()).drop == DISPUTED
    assert decide(dispute, ApplySettings(conflict="keep")).drop is None
    assert decide(dispute, ApplySettings(conflict="majority")).drop == DISPUTED
    most = {**dispute, "c": RELEVANT, "d": UNSURE}
    assert decide(most, ApplySettings(conflict="majority")).drop == LABELLED_RELEVANT
    assert decide({"a": UNSURE}, ApplySettings()).settled is False
    assert decide({"a": UNSURE}, ApplySettings(unsure="drop")).drop == LABELLED_UNSURE
    for wrong in ({"unsure": "x"}, {"conflict": "x"}, {"drop_verdicts": ("x",)}):
        with pytest.raises(SettingsError):
            ApplySettings(**wrong)


BOTH = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), max_size=30)


@given(BOTH)
def test_kappa_is_cohens(given_labels):
    """κ = (p_o - p_e) / (1 - p_e), from Cohen (1960)."""
    n = len(given_labels)
    found = cohen_kappa(given_labels)
    if n < 2:
        assert found is None
        return
    observed = sum(a == b for a, b in given_labels) / n
    first, second = zip(*given_labels, strict=True)
    expected = sum(first.count(name) * second.count(name) for name in LABELS) / n**2
    if expected == 1:
        assert found is None
    else:
        assert found == pytest.approx((observed - expected) / (1 - expected))


def test_every_two_reviewers_are_compared_on_what_both_labelled():
    labels = Labels({
        ("q", 1): {"b": RELEVANT, "a": RELEVANT, "c": UNSURE},
        ("q", 2): {"a": NOT_RELEVANT, "b": RELEVANT},
        ("q", 3): {"c": RELEVANT},
        ("q", 4): {"a": NOT_RELEVANT, "b": NOT_RELEVANT},
    })  # fmt: skip
    found = {(own.first, own.second): (own.pairs, own.agreed) for own in agreements(labels)}
    assert found == {("a", "b"): (3, 2), ("a", "c"): (1, 0), ("b", "c"): (1, 0)}
    assert {own.first + own.second: own.kappa is None for own in agreements(labels)} == {
        "ab": False, "ac": True, "bc": True
    }  # fmt: skip


def stratified(tmp_path, *lines):
    labels = read_labels([written(tmp_path / "labels", *lines)])
    return labels, set(labels.by_pair)


def test_strata_are_weighed_by_their_size(tmp_path):
    clean = {"stratum": "sibling/clean", "stratum_size": 90}
    likely = {"stratum": "sibling/likely_false_negative", "stratum_size": 10}
    lines = [
        line(pmid=1, **likely), line(pmid=2, **likely), line(pmid=3, label=NOT_RELEVANT, **clean),
        line(pmid=4, label=NOT_RELEVANT, **clean), line(pmid=5, label=UNSURE, **clean),
    ]  # fmt: skip
    labels, matched = stratified(tmp_path, *lines)
    labelled, rate = strategy_estimates(labels, matched, {"sibling": 100})["sibling"]
    assert labelled == 4
    assert rate.rate == pytest.approx(0.1)
    assert rate.low < 0.1 < rate.high
    # Nothing is said where a stratum was not drawn from, or the set is another one.
    assert strategy_estimates(labels, matched, {"sibling": 101}) == {}
    assert strategy_estimates(labels, {("q1", 1)}, {"sibling": 100}) == {}
    for more in (line(pmid=9, **{**clean, "stratum_size": 89}), line(pmid=9)):
        labels, matched = stratified(tmp_path, *lines, more)
        assert strategy_estimates(labels, matched, {"sibling": 100}) == {}
