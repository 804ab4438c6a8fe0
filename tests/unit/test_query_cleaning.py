"""What a model wrote becomes a query, or is dropped for a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citemesh.training.generation.cleaning import clean, normalised
from citemesh.training.generation.prompts import INSTRUCTIONS

ABSTRACT = " ".join(f"word{number}" for number in range(60)) + ". The end of it."
QUERY = "does amikacin help in cystic fibrosis"


@pytest.mark.parametrize(
    ("output", "query"),
    [
        (QUERY, QUERY),
        (f"\n\n  {QUERY}  \n", QUERY),
        (f"{QUERY}\nA second line.", QUERY),
        (f"Query: {QUERY}", QUERY),
        (f"**Question 1:** {QUERY}", QUERY),
        (f'Search query: "{QUERY}"', QUERY),
        (f"“Title: {QUERY}”", QUERY),
        (f"1. **{QUERY}**", QUERY),
        (f"- Claim: {QUERY}", QUERY),
        (f"Here is one possible question:\n\n{QUERY}", QUERY),
        # What only looks like decoration is part of the query.
        ("5' untranslated region of the 'long' gene", "5' untranslated region of the 'long' gene"),
        ('"Mad" cows and "mad" sheep', '"Mad" cows and "mad" sheep'),
        ("2.5 mg of digoxin a day", "2.5 mg of digoxin a day"),
        ("Questions of dosage", "Questions of dosage"),
        ("a\x00b\x1bc\ttab � rest", "a b c tab rest"),
    ],
)
def test_the_query_is_taken_out(output, query):
    assert clean(output, True, ABSTRACT) == (query, None)


@pytest.mark.parametrize(
    ("output", "finished", "reason"),
    [
        ("", True, "empty"),
        (" \n\t\n", True, "empty"),
        ('""', True, "empty"),
        ("Query:", True, "empty"),
        ("Keywords:\n", False, "empty"),
        ("a?", True, "too short"),
        ("... --- ...", True, "too short"),
        (" ".join(str(number) for number in range(51)), True, "too long"),
        (ABSTRACT, True, "copied"),
        (ABSTRACT.upper() + "\n", False, "copied"),
        (" ".join(ABSTRACT.split()[20:32]), True, "copied"),
        (QUERY, False, "unfinished"),
        ("Here you are:\n" + QUERY, False, "unfinished"),
        (" ".join(INSTRUCTIONS["claim"].text.split()[:8]), True, "echoed"),
    ],
)
def test_what_is_no_query_is_dropped_with_its_reason(output, finished, reason):
    text, found = clean(output, finished, ABSTRACT, INSTRUCTIONS["claim"].text)
    assert found == reason
    assert len(text) <= 300
    assert "\n" not in text


def test_a_short_phrase_of_the_abstract_is_no_copy_but_a_short_abstract_is():
    phrase = " ".join(ABSTRACT.split()[20:31])
    assert clean(phrase, True, ABSTRACT) == (phrase, None)
    assert clean("Reply to a letter.", True, "Reply to a letter")[1] == "copied"


def test_a_first_line_that_others_follow_was_finished():
    assert clean(f"{QUERY}\nand because of th", False, ABSTRACT) == (QUERY, None)


@given(st.text(max_size=200), st.booleans())
def test_what_is_kept_is_one_clean_line(output, finished):
    query, reason = clean(output, finished, ABSTRACT)
    if reason is None:
        assert query == " ".join(query.split())
        assert query.isprintable() or all(c.isprintable() or ord(c) > 127 for c in query)
        # Cleaning is done when it is done.
        assert clean(query, True, ABSTRACT) == (query, None)
    query.encode()


@given(st.lists(st.sampled_from(["Query: {}", '"{}"', "**{}**", "- {}", "“{}”"]), unique=True))
def test_wrappings_come_off_in_any_order(wrappings):
    wrapped = QUERY
    for wrapping in wrappings:
        wrapped = wrapping.format(wrapped)
    assert clean(wrapped, True, ABSTRACT) == (QUERY, None)


def test_texts_are_compared_without_what_does_not_matter():
    assert normalised("  What is\tCF? ") == normalised("what IS cf") == "what is cf"
    assert normalised("Na\u207a") == normalised("na+")
    assert normalised("Na+") != normalised("Na-")
