"""Anchors of every kind on the real file, against the parsed tables."""

import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from citemesh.graph.corpus import Corpus
from citemesh.graph.mesh.read import carried_mesh_table, read_mesh
from citemesh.graph.pmid_set import PmidSet, order_key
from citemesh.graph.state import open_loaded_graph
from citemesh.mining.anchors import plain_title
from citemesh.mining.anchors.collect import AnchorSettings, collect_anchors
from citemesh.mining.anchors.filters import parse_filter
from citemesh.mining.anchors.headings import MAX_POSITIVES
from citemesh.mining.anchors.left_out import LeftOut
from citemesh.mining.negatives import read_mined
from tests.support import one_clear_line, run_citemesh


@pytest.fixture(scope="module")
def client(real_workspace):
    with open_loaded_graph(real_workspace) as client:
        yield client


@pytest.fixture(scope="module")
def tables(real_workspace):
    folder = next(path for path in real_workspace.staged.iterdir() if "pubmed" in path.name)
    names = ("articles", "headings", "references")
    return {name: pq.read_table(folder / f"{name}.parquet").to_pandas() for name in names}


@pytest.fixture(scope="module")
def titles(real_workspace):
    parts = pd.concat(list(Corpus(real_workspace.corpus).stream(["pmid", "title"])))
    return dict(parts.itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def cited(tables, titles):
    """Documents to the documents that they cite."""
    lists = tables["references"].groupby("pmid")["cited_pmid"].agg(set)
    cited = {p: sorted((set(lists[p]) & titles.keys()) - {p}) for p in titles if p in lists.index}
    return {pmid: own for pmid, own in cited.items() if own}


def collected(workspace, client, kind, deny=None, filters=(), limit=None):
    settings = AnchorSettings(kind, wanted=parse_filter(filters), limit=limit)
    return list(collect_anchors(workspace, client, settings, LeftOut(), deny))


def denied(pmids):
    deny = PmidSet()
    deny.add(np.array(list(pmids), np.int64))
    return deny


def test_citation_anchors_are_the_documents_that_cite_documents(
    real_workspace, client, titles, cited
):
    found = collected(real_workspace, client, "citations")
    assert len(found) == len(cited) > 300
    for anchor in found:
        own = anchor.anchor_pmid
        assert (anchor.query_id, anchor.query) == (str(own), plain_title(titles[own]))
        assert list(anchor.positive_pmids) == cited[own]
        assert own not in anchor.positive_pmids
        assert anchor.start_pmids == (own,)
    few = collected(real_workspace, client, "citations", limit=25)
    pmids = np.array(sorted(cited))
    first = pmids[np.argsort(order_key(pmids))][:25]
    assert {a.anchor_pmid for a in few} == set(first.tolist())


def test_denied_documents_are_neither_anchors_nor_positives(real_workspace, client, cited):
    # Of one paper all that it cites is denied, of another one of several.
    alone = next(pmid for pmid, own in cited.items() if len(own) == 1)
    several = next(pmid for pmid, own in cited.items() if len(own) > 1 and pmid != alone)
    gone = {cited[alone][0], cited[several][0]}
    found = collected(real_workspace, client, "citations", deny=denied(gone))
    by_pmid = {anchor.anchor_pmid: anchor.positive_pmids for anchor in found}
    assert alone not in by_pmid
    assert by_pmid.get(several, ()) == tuple(cited[several][1:]) or several in gone
    assert not gone & ({p for own in by_pmid.values() for p in own} | by_pmid.keys())


FILTERS = [
    (["year=1978"], lambda a: a.year == 1978),
    (["year=:1976", "year=1979:"], lambda a: a.year <= 1976 or a.year >= 1979),
    (["language=fre", "language=GER"], lambda a: bool({"fre", "ger"} & set(a.languages))),
    (["publication-type=review"], lambda a: "Review" in a.publication_types),
    (["language=eng", "publication-type=Review", "year=1977"],
     lambda a: "eng" in a.languages and "Review" in a.publication_types and a.year == 1977),
]  # fmt: skip


@pytest.mark.parametrize(("filters", "passes"), FILTERS, ids=lambda v: str(v)[:60])
def test_a_filter_keeps_the_articles_that_the_parsed_file_says(
    real_workspace, client, tables, titles, filters, passes
):
    articles = tables["articles"][tables["articles"]["pmid"].isin(titles)]
    expected = {a.pmid for a in articles.itertuples() if passes(a)}
    found = {a.anchor_pmid for a in collected(real_workspace, client, "titles", filters=filters)}
    assert 0 < len(expected) < len(titles)
    assert found == expected


def test_a_journal_is_given_as_pubmed_writes_it_but_for_capitals(
    real_workspace, client, tables, titles
):
    articles = tables["articles"][tables["articles"]["pmid"].isin(titles)]
    journal = articles["journal"].value_counts().index[0]
    found = collected(real_workspace, client, "titles", filters=[f"journal={journal.upper()}"])
    assert {a.anchor_pmid for a in found} == set(articles[articles["journal"] == journal]["pmid"])


def test_a_heading_filter_takes_the_whole_subtree(real_workspace, client, tables, titles):
    mesh = read_mesh(carried_mesh_table())
    below = {ui for ui in mesh.descriptors if ui == "D009369" or "D009369" in mesh.ancestors(ui)}
    headings = tables["headings"]
    expected = set(headings[headings["ui"].isin(below)]["pmid"]) & titles.keys()
    exact = set(headings[headings["ui"] == "D009369"]["pmid"]) & titles.keys()
    for given in ("D009369", "neoplasms"):
        found = collected(real_workspace, client, "titles", filters=[f"heading={given}"])
        assert {a.anchor_pmid for a in found} == expected
    assert len(expected) > 2 * len(exact) > 0


def test_heading_anchors_are_papers_mainly_about_a_narrowest_heading(
    real_workspace, client, tables, titles
):
    mesh = read_mesh(carried_mesh_table())
    headings = tables["headings"]
    major = headings[headings["major"] & headings["pmid"].isin(titles)]
    about = major.groupby("ui")["pmid"].agg(set).to_dict()
    found = collected(real_workspace, client, "mesh", limit=400)
    assert len(found) == 400
    full = 0
    for anchor in found:
        descriptor = mesh.descriptors[anchor.query_id]
        assert anchor.query == descriptor.name
        assert not mesh.children.get(anchor.query_id)
        assert not descriptor.check_tag
        pmids = np.array(sorted(about[anchor.query_id]))
        first = pmids[np.argsort(order_key(pmids))][:MAX_POSITIVES]
        assert anchor.positive_pmids == tuple(first.tolist())
        full += len(pmids) > MAX_POSITIVES
    assert full
    assert [a.query_id for a in found] == [
        a.query_id for a in collected(real_workspace, client, "mesh", limit=500)[:400]
    ]


def mine(workspace, *arguments):
    return run_citemesh(workspace.root, "mine", "--strategy", "sibling=3", *arguments)


def test_no_paper_about_the_heading_becomes_a_negative(real_workspace, tables):
    done = mine(real_workspace, "--anchors", "mesh", "--limit", 40, "--name", "about")
    assert done.returncode == 0, done.stderr
    headings = tables["headings"]
    about = headings[headings["major"]].groupby("ui")["pmid"].agg(set).to_dict()
    found = 0
    for anchor, negatives in read_mined(real_workspace.mined("about")):
        found += len(negatives)
        assert not {n.negative_pmid for n in negatives} & about[anchor.query_id]
    assert found > 30


def test_own_queries_are_mined_and_what_is_unknown_is_told(real_workspace, titles, cited, tmp_path):
    bare = sorted(set(find_bare(real_workspace, titles)))[:1]
    first, second = list(titles)[:2]
    path = tmp_path / "own.tsv"
    path.write_text(
        f"q1\tone query\t{first}\nq1\tone query\t99999998\nq2\tOne  Query\t{second}\n"
        f"q3\tunknown to the graph\t99999999\nq4\tno text\t{bare[0]}\n"
    )
    done = mine(real_workspace, "--anchors", path, "--no-guard", "unknown_topic", "--name", "own")
    assert done.returncode == 0, done.stderr
    assert "2 PMIDs are not in the graph: 99999998, 99999999" in done.stdout
    assert "1 queries were skipped" in done.stdout
    mined = {a.query_id: (a, own) for a, own in read_mined(real_workspace.mined("own"))}
    assert list(mined) == ["q1", "q2", "q4"]
    for query_id in ("q1", "q2"):
        anchor, negatives = mined[query_id]
        assert anchor.positive_pmids == tuple(sorted((first, second)))
        assert anchor.anchor_pmid is None
        assert not {n.negative_pmid for n in negatives} & {first, second}
    assert mined["q4"][0].positive_pmids == tuple(bare)  # no document, still known
    manifest = json.loads((real_workspace.mined("own") / "manifest.json").read_text())
    assert manifest["counts"]["anchors"] == 3
    assert manifest["counts"]["PMIDs not in the graph"] == 2
    assert manifest["counts"]["queries skipped"] == 1
    assert str(path) in manifest["inputs"]


def find_bare(workspace, titles):
    """Articles of the graph that are no documents."""
    folder = next(path for path in workspace.staged.iterdir() if "pubmed" in path.name)
    articles = pq.read_table(folder / "articles.parquet", columns=["pmid"])["pmid"].to_pylist()
    return [pmid for pmid in articles if pmid not in titles]


def test_another_file_of_that_name_is_another_job(real_workspace, titles, tmp_path):
    path = tmp_path / "own.tsv"
    for pmid in list(titles)[:2]:
        path.write_text(f"q\tsome query\t{pmid}\n")
        done = mine(real_workspace, "--anchors", path, "--name", "changed", "--force")
        assert done.returncode == 0, done.stderr
        ((anchor, _),) = read_mined(real_workspace.mined("changed"))
        assert anchor.positive_pmids == (pmid,)


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("q\ttext\t1\nq\ttext\n", (), "line 2: 2 columns"),
        ("q\ttext\t99999999\n", (), "1 PMIDs are not in the graph: 99999999"),
        (None, ("--filter", "heading=Neoplasmata"), "Near it: Neoplasms"),
        (None, ("--filter", "year=1850"), "nothing is left after --filter"),
        (None, ("--anchors", "title"), "Did you mean titles?"),
    ],
)
def test_a_fault_leaves_nothing_behind(real_workspace, tmp_path, content, arguments, words):
    if content is not None:
        (tmp_path / "own.tsv").write_text(content)
        arguments = ("--anchors", tmp_path / "own.tsv")
    work = real_workspace.root / "mining-work"  # other tests stop commands in mid-job
    before = sorted(work.glob("*"))
    refused = mine(real_workspace, *arguments, "--name", "refused")
    assert words in one_clear_line(refused)
    assert not real_workspace.mined("refused").exists()
    assert sorted(work.glob("*")) == before
