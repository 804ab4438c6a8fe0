"""The review page as a file: what is in it, what cannot get out of it, what is refused."""

import base64
import hashlib
import json
import re

import pytest
from click.testing import CliRunner

from citemesh.graph.corpus import Corpus, Document
from citemesh.mining.audit.page.items import page_items
from citemesh.mining.audit.page.page import as_json, render
from citemesh.mining.audit.page.page_command import page as page_command
from citemesh.mining.audit.page.sample import draw_sample
from citemesh.mining.audit.page.settings import PageSettings
from citemesh.workspace import Workspace
from tests.audit_pages import (
    HOSTILE,
    NEGATIVE,
    OTHER,
    POSITIVE,
    TREE,
    MadeUp,
    embedded,
    many,
    verdict,
    write_audit,
    write_page,
)
from tests.unit.mining_oracle import snapshot_of


def hostile(text):
    texts = {pmid: Document(pmid, text, f"{text} {pmid}") for pmid in (NEGATIVE, POSITIVE)}
    return MadeUp([verdict(sentence=text, reasons=[text])], text, texts=texts)


def plain_html(page):
    """The page without its data."""
    before, start, rest = page.partition('id="data">')
    data, end, after = rest.partition("</script>")
    assert start and end
    return before + after, data


@pytest.mark.parametrize("text", HOSTILE)
def test_what_records_say_is_data_and_nothing_else(tmp_path, text):
    path = write_page(tmp_path / "hostile", hostile(text))
    other = write_page(tmp_path / "plain", hostile("A title"))
    (html, data), (plain, _) = plain_html(path.read_text("utf-8")), plain_html(other.read_text())
    assert html == plain
    assert not set(data) & set("<>&\u2028\u2029")
    found = embedded(path)
    assert found["articles"][str(NEGATIVE)]["title"] == text
    assert found["queries"]["q1"]["query"] == text
    assert found["items"][0]["sentence"] == text


def test_a_page_allows_its_own_script_and_style_only(tmp_path):
    page = write_page(tmp_path, many(3)).read_text("utf-8")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    policy = policy.replace("&#39;", "'")
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["default-src"] == "'none'"
    assert "unsafe" not in policy
    assert "*" not in policy
    for kind, pattern in (
        ("script-src", r"<script>(.*?)</script>"),
        ("style-src", r"<style>(.*?)</style>"),
    ):
        (text,) = re.findall(pattern, page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert parts[kind] == f"'sha256-{digest}'"
    # A policy by hashes lets neither handlers nor styles in attributes through.
    html, _ = plain_html(page)
    body = re.sub(r"<(script|style)>.*?</\1>", "", html, flags=re.DOTALL)
    assert not re.search(r"\s(on\w+|style)=", body)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|fetch\(", script
    )


def test_json_for_a_script_element_is_the_same_json():
    content = {"title": "".join(HOSTILE), "number": 1.5, "none": None}
    assert json.loads(as_json(content)) == content
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"number": float("nan")})


def test_the_name_of_an_audit_is_escaped(tmp_path):
    content = embedded(write_page(tmp_path, many(3)))
    content["audit"]["name"] = "<b>&"
    assert "<title>Review of &lt;b&gt;&amp;</title>" in render(content)


def test_articles_are_there_once_with_headings_and_places(tmp_path):
    made_up = MadeUp(
        [verdict(), verdict(999, closest_pmid=None), verdict(strategy="sibling")],
        texts={NEGATIVE: Document(NEGATIVE, "T", "A")},
    )
    found = embedded(write_page(tmp_path, made_up))
    assert sorted(map(int, found["articles"])) == [NEGATIVE, POSITIVE, OTHER, 999]
    negative, other = found["articles"][str(NEGATIVE)], found["articles"][str(OTHER)]
    assert (negative["title"], negative["abstract"], negative["year"]) == ("T", "A", 1977)
    names = {n: d["name"] for n, d in found["descriptors"].items()}
    qualifiers = {0: [], **{int(n): names for n, names in found["qualifiers"].items()}}
    assert [(names[str(n)], major, qualifiers[q]) for n, major, q in negative["headings"]] == [
        ("Asthma", 1, []), ("Humans", 0, []), ("<b>Lung</b> & more", 0, ["blood", "therapy"]),
    ]  # fmt: skip
    assert (other["title"], other["year"], other["retracted"]) == (None, None, True)
    assert found["articles"]["999"]["headings"] == []
    # Every place of a heading here, and all above it.
    assert found["tree"] == {
        "C08": "Diseases", "C08.381": "Lung Diseases", "C08.381.1": "Asthma",
        "C08.381.2": "Pneumonia", "C01": "Infections", "C01.9": "Pneumonia", "B01": "Humans",
        "A04": "<b>Lung</b> & more",
    }  # fmt: skip
    assert found["queries"]["q1"] == {
        "query": "What helps?", "known": 2, "positives": [POSITIVE, OTHER],
    }  # fmt: skip
    assert found["items"][0]["siml"] is None


def test_a_page_holds_its_articles_however_many_the_audit_has(tmp_path):
    made_up = many(400)
    write_audit(tmp_path, made_up)
    asked = []

    class Asked(Corpus):
        def __init__(self):
            pass

        def documents(self, pmids):
            asked.extend(pmids)
            return {}

    sample = draw_sample(tmp_path, PageSettings(20))
    page_items(tmp_path, sample, snapshot_of(made_up.papers, TREE), Asked())
    assert len(asked) == 20 + 2


def test_labels_of_one_audit_belong_to_all_its_pages(tmp_path):
    def identity(root, made_up, settings):
        return embedded(write_page(tmp_path / root, made_up, settings))["audit"]["identity"]

    one = identity("a", many(50), PageSettings(10))
    assert one == identity("b", many(50), PageSettings(20, seed=3))
    assert one != identity("c", many(51), PageSettings(10))


def test_an_audit_without_the_query_of_a_verdict_is_refused(tmp_path):
    with pytest.raises(Exception, match="no query 'q2'"):
        write_page(tmp_path, MadeUp([verdict(), verdict(query_id="q2")]))


def run(root, *arguments):
    return CliRunner().invoke(page_command, arguments, obj=Workspace(root))


def test_what_is_wrong_is_said_before_the_graph_is_asked(tmp_path):
    assert "citemesh audit run" in str(run(tmp_path, "made-up").exception)
    write_audit(Workspace(tmp_path).audit("first"), many(20))
    write_audit(Workspace(tmp_path).audit("second"), many(20))
    assert "There are: first, second." in str(run(tmp_path, "made-up").exception)
    assert "It has: cited, sibling." in str(run(tmp_path, "first", "--strategy", "x").exception)
    assert "one of each of 8 strata" in str(run(tmp_path, "first", "--sample", "7").exception)
    out = tmp_path / "page.html"
    out.write_text("mine")
    assert "--force" in str(run(tmp_path, "first", "--out", str(out)).exception)
    assert out.read_text() == "mine"
    assert "no folder" in str(run(tmp_path, "first", "--out", str(tmp_path / "n/p.html")).exception)
    assert run(tmp_path, "first", "--verdict", "good").exit_code == 2
    assert run(tmp_path, "first", "--sample", "5001").exit_code == 2
    assert not list(tmp_path.rglob("*.partial"))
