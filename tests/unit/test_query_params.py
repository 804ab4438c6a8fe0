"""Parameters that people type: the declared type or a clear refusal, never a silent guess."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.errors import InputError
from citemesh.graph.cypher import NamedQuery
from citemesh.graph.query.params import (
    example_params,
    free_params,
    split_assignments,
    typed_params,
)

KINDS = {
    "i": "integer", "f": "float", "s": "string", "b": "boolean",
    "li": "list<integer>", "ls": "list<string>",
}  # fmt: skip


def query(params, defaults=None, example=""):
    return NamedQuery("asked", "A.", params, "", "none", "", "", defaults or {}, example)


def typed(kind, text):
    return typed_params(query({"p": kind}), {"p": text})["p"]


@given(st.integers(-(2**63), 2**63 - 1), st.lists(st.integers(-9, 9)), st.booleans(), st.text())
def test_what_is_typed_comes_back(number, numbers, flag, text):
    assert typed("integer", str(number)) == number
    assert typed("list<integer>", ",".join(map(str, numbers))) == numbers
    assert typed("boolean", str(flag)) is flag
    assert typed("string", text) == text  # even one that looks like a number or is empty
    assert typed("list<string>", json.dumps([text, text])) == [text, text]


@pytest.mark.parametrize(
    ("kind", "text"),
    [("integer", text) for text in ("", "x", "1.0", "1e3", "1_0", "²", "None", str(2**63))]
    + [("float", "x"), ("boolean", "1"), ("boolean", ""), ("list<integer>", "1,,2"),
       ("list<integer>", "[1, 2.5]"), ("list<string>", "[1"), ("integer", "null")],
)  # fmt: skip
def test_another_type_is_refused_with_what_the_query_takes(kind, text):
    with pytest.raises(InputError, match=r"as .*, not .* It takes: p "):
        typed("list<integer>" if kind == "list<integer>" else kind, text)


def test_unknown_and_missing_parameters_are_named_with_what_the_query_takes():
    asked = query(KINDS, {"f": "0.5"})
    with pytest.raises(InputError, match=r"'pmd'.*It takes: i integer, f float = 0.5"):
        typed_params(asked, {"pmd": "1"})
    with pytest.raises(InputError, match=r"needs --param i=.*It takes"):
        typed_params(asked, {"f": "1"})


def test_a_default_counts_unless_another_value_is_given_and_null_is_none():
    asked = query({"n": "integer", "m": "integer"}, {"n": "10", "m": "null"})
    assert typed_params(asked, {}) == {"n": 10, "m": None}
    assert typed_params(asked, {"n": "3"}) == {"n": 3, "m": None}


def test_a_list_of_names_with_commas_can_be_given():
    assert typed("list<string>", '["Anemia, Sickle Cell", "Lung"]') == [
        "Anemia, Sickle Cell", "Lung",
    ]  # fmt: skip
    assert typed("list<string>", "Lung, Liver") == ["Lung", "Liver"]
    assert typed("list<string>", "") == []


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "D008168", "[1,", "01", ""])
def test_what_is_no_json_stays_text(text):
    assert free_params({"p": text}) == {"p": text}


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(), st.lists, max_leaves=5
))  # fmt: skip
def test_json_is_read_as_json(value):
    assert free_params({"p": json.dumps(value)}) == {"p": value}


@pytest.mark.parametrize("text", [str(2**63), f"[1, {-(2**63) - 1}]", f'{{"a": {2**70}}}'])
def test_an_integer_that_neo4j_cannot_hold_is_refused(text):
    with pytest.raises(InputError, match="64 bits"):
        free_params({"p": text})


def test_assignments_split_at_their_first_equals_sign():
    assert split_assignments(["a=b=c", "d="]) == {"a": "b=c", "d": ""}
    for wrong, reason in ((["a"], "NAME=VALUE"), (["=1"], "NAME=VALUE"), (["a=1", "a=2"], "twice")):
        with pytest.raises(InputError, match=reason):
            split_assignments(wrong)


def test_an_example_may_hold_names_with_commas():
    asked = query(KINDS, example="s=Anemia, Sickle Cell, b=true")
    assert example_params(asked) == {"s": "Anemia, Sickle Cell", "b": "true"}
