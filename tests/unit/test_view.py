"""The page of a picture: what records say is text, and what is left out is said."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from citemesh.errors import MissingDependencyError
from citemesh.graph.view.neighbourhood import Heading, Neighbourhood, Paper, Ring
from citemesh.graph.view.page import draw, finish
from citemesh.graph.view.words import kinds, neighbourhood_picture, notes, summary

HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "<b>bold</b> & \"quoted\" 'quoted'",
    "<!--<script>alert(1)</script>",
    "mouseEventCallbacks:{ <title>neo4j-viz</title> <body> </body> </head>",
    "neo4j-viz-0123456789ab",
    "\u202e right to left \u2028 \\u003c",
]


def paper(pmid, hop=1, title="A title", **changes):
    values = {"year": 1999, "journal": "J", "record": True, "retracted": False, "cited": 2,
              "linked": 3}  # fmt: skip
    return Paper(pmid=pmid, hop=hop, title=title, **{**values, **changes})


def shown(title="A title", **changes):
    values = {
        "papers": (paper(1, 0, title), paper(2, title=title, journal=title), paper(3, title=None)),
        "citations": ((1, 2), (3, 1)),
        "headings": (Heading("D1", title, (1, 2)),),
        "rings": (Ring(1, 2, 2, 0),),
        "headings_found": 1, "asked_hops": 1, "kind": "major",
    }  # fmt: skip
    return Neighbourhood(**{**values, **changes})


def picture(title="A title", **changes):
    return neighbourhood_picture(shown(title, **changes))


class Elements(HTMLParser):
    """The elements of a page, and what stands in its data block."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.data, self._inside = [], "", False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, attrs))
        self._inside = tag == "script" and ("id", "neo4j-viz-data") in attrs

    def handle_data(self, text):
        if self._inside:
            self.data += text


@pytest.mark.parametrize("title", HOSTILE)
def test_what_records_say_makes_no_element_and_comes_through_unchanged(title):
    page, plain = Elements(draw(picture(title))), Elements(draw(picture()))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    nodes = json.loads(page.data)["nodes"]
    assert [node["properties"]["title"] for node in nodes] == [title, title, "no title", title]
    assert nodes[1]["properties"]["journal"] == title
    assert nodes[3]["caption"] == title


def test_the_page_may_run_its_own_two_scripts_and_ask_nobody():
    page = draw(picture())
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy.startswith("default-src 'none';") and "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    scripts = re.findall(r'<script(?: type="module" crossorigin)?>(.*?)</script>', page, re.DOTALL)
    assert len(scripts) == 2
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    elements = Elements(page).elements
    assert not [(tag, a) for tag, attrs in elements for a in attrs if a[0] in ("src", "href")]


def test_the_same_neighbourhood_is_the_same_page():
    assert draw(picture()) == draw(picture())


@pytest.mark.parametrize("gone", ["mouseEventCallbacks:{", "<title>neo4j-viz</title>", "<body>"])
def test_a_page_that_is_built_otherwise_is_refused_even_when_a_title_looks_like_it(gone):
    page = (
        '<head><title>neo4j-viz</title><script type="module" crossorigin>mouseEventCallbacks:{'
        '}</script><script type="application/json" id="neo4j-viz-data">X</script></head>'
        "<body></body>"
    )
    assert finish(page, picture())
    with pytest.raises(MissingDependencyError, match="pip install 'neo4j-viz"):
        finish(page.replace(gone, "").replace("X", gone.replace("<", "\\u003c")), picture())


def test_each_paper_has_the_kind_that_its_citations_give_it():
    papers = (
        paper(1, 0), paper(2), paper(3), paper(4), paper(5, 2), paper(6, record=False, title=None),
    )  # fmt: skip
    citations = ((2, 1), (1, 3), (4, 1), (1, 4), (5, 2), (1, 6))
    around = shown(papers=papers, citations=citations, headings=())
    names = [kinds(around)[p.pmid].name for p in papers]
    assert names == [
        "the paper asked for", "cites it", "cited by it", "cites it and is cited by it",
        "further away", "known by its PMID only, no record loaded",
    ]  # fmt: skip
    legend = list(neighbourhood_picture(around).legend())
    assert [(kind.name, count) for kind, count in legend] == [(name, 1) for name in names]
    colours = [kind.colour for kind, _ in legend]
    assert len(set(colours)) == len(colours)


def test_a_whole_picture_has_no_note_and_a_lone_paper_has_one():
    assert list(notes(shown())) == []
    lone = shown(papers=(paper(1, 0),), citations=(), headings=(), headings_found=0,
                 rings=(Ring(1, 0, 0, 0),))  # fmt: skip
    [note] = notes(lone)
    assert "Nothing in this graph cites this paper" in note
    assert summary(lone) == "1 hop · 1 paper · 0 citations · 0 major headings"


def test_all_that_is_left_out_is_said_with_its_number():
    cut = shown(rings=(Ring(1, 46_599, 2, 0),), headings_found=9, asked_hops=3)
    said = " ".join(notes(cut))
    assert "2 of 46,599 papers at hop 1 are shown, 46,597 left out" in said
    assert "further than 1 hop away" in said
    assert "1 of 9 headings are shown, 8 left out" in said
    hubs = shown(rings=(Ring(1, 2, 2, 0), Ring(2, 0, 0, 1)), asked_hops=2)
    assert list(notes(hubs)) == ["1 paper with more than 1,000 citations not followed to hop 2."]
