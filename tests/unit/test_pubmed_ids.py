"""Ids in every form that records write them in."""

import pytest

from citemesh.graph.pubmed.ids import normal_doi, normal_pmc, parse_pmid, parse_version


@pytest.mark.parametrize("text", [None, "", "0", "12x", "-5", "1.5", "123456789", "٣", "9" * 40])
def test_what_is_no_pmid(text):
    assert parse_pmid(text) is None


@pytest.mark.parametrize(
    ("text", "version"),
    [(None, 1), ("1", 1), (" 2 ", 2), ("0", None), ("", None), ("-1", None), ("9" * 30, None)],
)
def test_versions(text, version):
    assert parse_version(text) == version


@pytest.mark.parametrize(
    "text",
    [
        "10.1000/Ab(1)", "doi:10.1000/ab(1)", "DOI: 10.1000/ab(1)", "http://dx.doi.org/10.1000/ab(1)",
        "https://doi.org/10.1000%2Fab%281%29", " 10.1000%252Fab(1)\n", "doi.org/10.1000/ab(1)",
        "https://www.doi.org/doi:10.1000/ab(1)",
    ],
)  # fmt: skip
def test_forms_of_one_doi(text):
    assert normal_doi(text) == "10.1000/ab(1)"


@pytest.mark.parametrize(
    "text", ["", "10.1000", "10.1000/", "10.1000/a b", "11.1000/a", "10.12/a", "10.1000/%0a", "x"]
)
def test_what_is_no_doi(text):
    assert normal_doi(text) is None


@pytest.mark.parametrize("text", ["123", "PMC123", "pmc123", " PMC00123 ", "PMC123.2"])
def test_forms_of_one_pmc_id(text):
    assert normal_pmc(text) == "PMC123"


@pytest.mark.parametrize("text", ["", "PMC", "0", "PMC1x", "NIHMS12", "١٢"])
def test_what_is_no_pmc_id(text):
    assert normal_pmc(text) is None
