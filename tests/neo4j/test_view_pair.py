"""The picture of a pair of real papers, against the parsed tables and in a real browser."""

from itertools import pairwise

import pytest

from citemesh.errors import InputError, SettingsError
from citemesh.graph.query.query import open_for_queries
from citemesh.graph.view.page import draw
from citemesh.graph.view.pair import read_pair
from citemesh.graph.view.pair_picture import pair_picture
from tests.neo4j.oracle import Oracle
from tests.neo4j.test_view import under_the_pointer, where_circles_are
from tests.support import one_clear_line, run_citemesh

PAIRS = [
    (407250, 412786), (404244, 429553), (418173, 418174), (415009, 404387), (402220, 424303),
    (407446, 411782),
]  # fmt: skip


@pytest.fixture(scope="module")
def oracle(real_workspace):
    return Oracle(real_workspace)


@pytest.fixture(scope="module")
def client(real_workspace):
    with open_for_queries(real_workspace) as client:
        yield client


def between(oracle, first, second):
    refs, citers = (
        [near.get(p, set()) for p in (first, second)] for near in (oracle.cites, oracle.cited_by)
    )
    return {
        "chain": refs[0] & citers[1] | refs[1] & citers[0],
        "citer": citers[0] & citers[1], "reference": refs[0] & refs[1],
    }  # fmt: skip


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_all_that_ties_a_pair_is_shown(client, oracle, first, second):
    pair = read_pair(client, first, second, 300)
    expected = between(oracle, first, second)
    assert {kind.kind: kind.found for kind in pair.between} == {
        kind: len(pmids) for kind, pmids in expected.items() if pmids
    }
    shown = [paper.pmid for kind in pair.between for paper in kind.papers]
    assert len(shown) == len(set(shown)) and set(shown) == set().union(*expected.values())
    ends = {first, second}
    assert set(pair.citations) == {
        (a, b)
        for a in ends | set(shown) for b in oracle.cites.get(a, set()) & (ends | set(shown))
        if {a, b} & ends
    }  # fmt: skip
    topics = oracle.topics(first) & oracle.topics(second)
    assert {shared.heading.ui for shared in pair.headings} == topics
    for shared in pair.headings:
        ui = shared.heading.ui
        assert set(shared.major_in) == {p for p in (first, second) if ui in oracle.majors(p)}


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_ways_up_meet_where_the_fewest_steps_lead(client, oracle, first, second):
    meeting = read_pair(client, first, second, 300).meeting
    majors = [oracle.majors(pmid) for pmid in (first, second)]
    ways = [steps for a in majors[0] for b in majors[1] for steps, _ in oracle.meetings(a, b)]
    if majors[0] & majors[1] or not ways:
        assert meeting is None
        return
    assert meeting is not None
    assert len(meeting.first) + len(meeting.second) - 2 == min(ways)
    assert meeting.first[-1].ui == meeting.second[-1].ui
    for way, own in zip((meeting.first, meeting.second), majors, strict=True):
        assert way[0].ui in own
        for narrow, broad in pairwise(way):
            above = {n.rpartition(".")[0] for n in oracle.mesh[narrow.ui].tree_numbers}
            assert above & set(oracle.mesh[broad.ui].tree_numbers)


def test_the_pairs_show_ways_of_both_kinds(client):
    meetings = [read_pair(client, *pair, 300).meeting for pair in PAIRS]
    assert None in meetings and any(meetings)


@pytest.mark.parametrize("limit", [2, 3, 6, 9, 12])
def test_the_limit_holds_and_each_kind_gets_its_share(client, limit):
    pair = read_pair(client, 404244, 412786, limit)
    papers = [len(kind.papers) for kind in pair.between]
    found = [kind.found for kind in pair.between]
    circles = pair_picture(pair).circles
    assert len(circles) <= limit
    assert sum(papers) > 0 or limit < 4
    assert all(n == has or n >= max(papers) - 1 for n, has in zip(papers, found, strict=True))
    assert sum(found) > 10  # more than any of these limits leaves room for


def test_a_way_that_does_not_fit_is_left_out_whole_and_said(client):
    cut, whole = (read_pair(client, 404244, 429553, limit) for limit in (6, 60))
    assert whole.meeting and not whole.meeting_left_out
    assert cut.meeting is None and cut.meeting_left_out


def test_a_tie_of_the_same_work_is_drawn(client):
    pair = read_pair(client, 423962, 7350521, 300)
    assert pair.same_work == ("RetractionIn",)
    assert not pair.indexed and "the same work" in pair_picture(pair).summary


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((407250, 407250, 300), SettingsError), ((407250, 412786, 1), SettingsError),
        ((407250, 412786, 10**6), SettingsError), ((407250, 999_999_999, 300), InputError),
        ((999_999_999, 407250, 300), InputError),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(client, arguments, error):
    with pytest.raises(error):
        read_pair(client, *arguments)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--pair", 407250, 999999999], "999999999 is not in the graph"),
        (["--pair", 407250, 407250], "407250 was given twice"),
        ([407250, "--pair", 407250, 412786], "Both a PMID and --pair"),
        (["--pair", 407250, 412786, "--hops", 1], "--hops is for one paper"),
        (["--pair", 407250, 412786, "--headings", "all"], "--headings is for one paper"),
        ([], "No paper was given"),
    ],
)
def test_the_command_says_what_is_wrong_and_writes_nothing(real_workspace, tmp_path, words, said):
    refused = run_citemesh(
        real_workspace.root, "graph", "view", *words, "--out", tmp_path / "page.html"
    )
    assert said in one_clear_line(refused)
    assert not list(tmp_path.iterdir())


def test_the_command_writes_the_page(real_workspace, client, tmp_path):
    out = tmp_path / "page.html"
    done = run_citemesh(
        real_workspace.root, "graph", "view", "--pair", 404244, 429553, "--out", out
    )
    assert done.returncode == 0, done.stderr
    page = out.read_text(encoding="utf-8")
    assert page == draw(pair_picture(read_pair(client, 404244, 429553, 300)))


@pytest.mark.browser
def test_the_picture_stands_as_it_was_placed(browser, client, tmp_path):
    picture = pair_picture(read_pair(client, 404244, 429553, 300))
    (tmp_path / "page.html").write_text(draw(picture), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True)
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_selector("main canvas")
    page.wait_for_timeout(3500)
    # Where the middle of each colour is, in the legend's order.
    first, second, chains, references, shared, _ = where_circles_are(page)
    assert first[0] < chains[0] < second[0] and first[1] == pytest.approx(second[1], abs=2)
    assert shared[1] < first[1] < chains[1] < references[1]
    for place, pmid in ((first, 404244), (second, 429553)):
        [title] = (c.facts["title"] for c in picture.circles if c.facts.get("PMID") == str(pmid))
        assert under_the_pointer(page, *place) == title
    assert page.locator("header li").count() == 7
    assert said == []
    context.close()
