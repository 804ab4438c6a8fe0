"""Pictures of a real graph, read with oracles in Python and looked at in a real browser."""

import random

import pytest

from citemesh.errors import InputError, SettingsError
from citemesh.graph import server
from citemesh.graph.client import GraphClient
from citemesh.graph.schema import apply_schema
from citemesh.graph.view.neighbourhood import HUB, read_neighbourhood
from citemesh.graph.view.page import draw
from citemesh.graph.view.view import view
from citemesh.graph.view.words import neighbourhood_picture
from citemesh.workspace import Workspace
from tests.support import one_clear_line, run_citemesh
from tests.unit.test_view import HOSTILE, paper, shown

PAPERS = 60
#: A paper that many cite, the one that it cites, one alone, and one with headings.
CITERS, HUB_PMID, BEYOND, ALONE, WITH_HEADINGS = HUB + 500, 5_000, 5_001, 6_000, 7_000


def random_citations():
    """Citations among papers 1 to 60, some of which have no record or no abstract."""
    draws = random.Random(7)
    pairs = {(draws.randint(1, PAPERS), draws.randint(1, PAPERS)) for _ in range(110)}
    return {(a, b) for a, b in pairs if a != b}


CITATIONS = random_citations()
DOCUMENTS = {pmid for pmid in range(1, PAPERS + 1) if pmid % 3}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("view") / "citemesh-data")
    try:
        with GraphClient(server.ensure_running(workspace)) as client:
            apply_schema(client)
            fill(client._driver)
            yield client
    finally:
        server.stop(workspace)


def fill(driver):
    def write(text, **params):
        driver.execute_query(text, params)

    article = "CREATE (a:Article {pmid: pmid, title: 'Title', year: 2000, file: 'f', h: pmid})"
    write(f"UNWIND $ids AS pmid {article}", ids=[*range(1, PAPERS + 1), ALONE, *range(7000, 7004)])
    write("MATCH (a:Article) WHERE a.pmid IN $ids SET a:Document", ids=sorted(DOCUMENTS))
    write(
        "UNWIND $pairs AS p MATCH (a:Article {pmid: p[0]}), (b:Article {pmid: p[1]})"
        " CREATE (a)-[:CITES]->(b)",
        pairs=[list(pair) for pair in sorted(CITATIONS)],
    )
    write(
        "CREATE (h:Article {pmid: $hub}), (b:Article {pmid: $beyond}) CREATE (h)-[:CITES]->(b)"
        " WITH h UNWIND range(10001, 10000 + $n) AS pmid"
        " CREATE (:Article {pmid: pmid})-[:CITES]->(h)",
        hub=HUB_PMID, beyond=BEYOND, n=CITERS,
    )  # fmt: skip
    write(
        "UNWIND [[7000, 'Own'], [7000, 'Shared'], [7001, 'Shared'], [7001, 'Aaa'], [7001, 'Often'],"
        " [7002, 'Often'], [7003, 'Often'], [7000, 'Human']] AS p"
        " MATCH (a:Article {pmid: p[0]}) MERGE (d:Descriptor {ui: p[1]})"
        " SET d.name = p[1], d.check_tag = p[1] = 'Human'"
        " CREATE (a)-[:HAS_MESH]->(d) CREATE (a)-[:HAS_MAJOR]->(d)"
        " WITH DISTINCT a WHERE a.pmid > 7000 MATCH (b:Article {pmid: 7000})"
        " CREATE (a)-[:CITES]->(b)"
    )


def expected(pmid, hops, room):
    """What is shown of the random graph, by its definition: shown papers, and the rings."""
    near = {p: {b for a, b in CITATIONS if a == p} | {a for a, b in CITATIONS if b == p}
            for p in range(1, PAPERS + 1)}  # fmt: skip
    cited = {p: sum(b == p for _, b in CITATIONS) for p in near}
    known, edge, rings = [pmid], [pmid], []
    for _ in range(hops):
        reached = {q for p in edge for q in near[p]} - set(known)
        ties = {
            q: sum(((p, q) in CITATIONS) + ((q, p) in CITATIONS) for p in edge) for q in reached
        }
        ranked = sorted(reached, key=lambda q: (q not in DOCUMENTS, -ties[q], -cited[q], q))
        edge = ranked[: room - len(known)]
        known += edge
        rings.append((len(ranked), len(edge)))
        if len(edge) < len(ranked):
            break
    return known, rings


@pytest.mark.parametrize("hops", [1, 2, 3])
@pytest.mark.parametrize("limit", [2, 5, 12, 200])
@pytest.mark.parametrize("pmid", [1, 17, 30])
def test_the_papers_shown_are_those_of_the_rule(client, pmid, hops, limit):
    picture = read_neighbourhood(client, pmid, hops, limit, "none")
    papers, rings = expected(pmid, hops, limit)
    assert [p.pmid for p in picture.papers] == papers
    assert [(ring.found, ring.shown) for ring in picture.rings] == rings
    assert set(picture.citations) == {p for p in CITATIONS if {*p} <= {*papers}}
    assert len(picture.citations) == len(set(picture.citations))


def test_of_a_hub_no_more_leaves_the_server_than_is_shown(client, monkeypatch):
    received = []
    rows = GraphClient.rows

    def counted(self, query, **params):
        answer = rows(self, query, **params)
        received.append(
            sum(len(v) if isinstance(v, list) else 1 for r in answer for v in r.values())
        )
        return answer

    monkeypatch.setattr(GraphClient, "rows", counted)
    picture = read_neighbourhood(client, HUB_PMID, 1, 30, "major")
    [ring] = picture.rings
    assert (ring.found, ring.shown) == (CITERS + 1, 19)  # a third of 30 is kept for headings
    assert picture.papers[1].pmid == BEYOND  # cited by the hub; the citers are cited by nobody
    assert max(received) < 30 * 8


def test_a_hub_that_was_not_asked_for_is_shown_and_not_followed(client):
    picture = read_neighbourhood(client, BEYOND, 2, 300, "none")
    assert [p.pmid for p in picture.papers] == [BEYOND, HUB_PMID]
    assert [(ring.found, ring.hubs) for ring in picture.rings] == [(1, 0), (0, 1)]


def test_headings_of_the_paper_come_first_and_then_the_shared_ones(client):
    picture = read_neighbourhood(client, WITH_HEADINGS, 1, 300, "all")
    names = [heading.name for heading in picture.headings]
    assert names == ["Shared", "Own", "Often", "Aaa"]  # check tags say nothing
    assert picture.headings[2].papers == (7001, 7002, 7003)
    cut = read_neighbourhood(client, WITH_HEADINGS, 1, 6, "major")
    assert (len(cut.papers), len(cut.headings), cut.headings_found) == (4, 2, 5)
    assert read_neighbourhood(client, WITH_HEADINGS, 1, 300, "none").headings == ()


def test_a_paper_alone_is_a_page_with_a_note(client):
    assert "Nothing in this graph cites this paper" in view(client, ALONE)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((999_999,), InputError), ((1, 0), SettingsError), ((1, 4), SettingsError),
        ((1, 1, 1), SettingsError), ((1, 1, 10**6), SettingsError),
        ((1, 1, 300, "x} MATCH (n) DETACH DELETE n"), SettingsError),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(client, arguments, error):
    with pytest.raises(error):
        view(client, *arguments)


def test_the_command_writes_once_and_says_what_is_wrong(real_workspace, tmp_path):
    out = tmp_path / "page.html"

    def draw_to(path, pmid, *more):
        return run_citemesh(real_workspace.root, "graph", "view", pmid, "--out", path, *more)

    assert "999999999 is not in the graph" in one_clear_line(draw_to(out, 999999999))
    assert not list(tmp_path.iterdir())
    assert draw_to(out, 407250).returncode == 0
    first = out.read_bytes()
    assert "--force" in one_clear_line(draw_to(out, 404244))
    assert out.read_bytes() == first
    assert draw_to(out, 407250, "--force").returncode == 0
    assert out.read_bytes() == first  # the same graph gives the same page
    assert "no folder" in one_clear_line(draw_to(tmp_path / "no" / "page.html", 407250))
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_hostile_titles_are_text_in_a_browser_without_network_and_webgl(
    browser, tmp_path, width, height
):
    titles = HOSTILE[:3]
    papers = [paper(1, 0, titles[0]), paper(2, title=titles[1]), paper(3, title=titles[2])]
    picture = shown(titles[0], papers=tuple(papers))
    (tmp_path / "page.html").write_text(draw(neighbourhood_picture(picture)), encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    def dismiss(dialog):
        said.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_selector("main canvas")
    page.wait_for_timeout(3500)  # the layout comes to rest
    circles = where_circles_are(page)
    assert len(circles) == 4
    assert [under_the_pointer(page, *place) for place in circles] == [*titles_by_kind(titles)]
    (x1, y1), (x2, y2) = circles[0], circles[1]
    assert under_the_pointer(page, (x1 + x2) / 2, (y1 + y2) / 2) == "3 cites 1"
    page.get_by_label("Toggle graph details panel").click()
    page.mouse.click(*where_circles_are(page)[0])
    page.get_by_text(titles[0]).first.wait_for()
    assert page.locator("img, b, iframe").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("header li").count() == 5
    assert not page.locator("#failed").is_visible()
    assert said == []
    assert len(asked) == 1
    context.close()


def titles_by_kind(titles):
    """In the legend's order: asked for, citing, cited, heading."""
    return titles[0], titles[2], titles[1], titles[0]


def under_the_pointer(page, x, y):
    page.mouse.move(x, y)
    page.mouse.move(x + 1, y + 1)
    page.locator("#tip").wait_for(state="visible")
    return page.evaluate("document.querySelector('#tip strong').textContent")


def where_circles_are(page):
    """The middle of what has each colour of the legend, on whichever canvas it is drawn."""
    return page.evaluate("""() => {
      const places = [];
      for (const dot of document.querySelectorAll(".dot")) {
        const wanted = getComputedStyle(dot).backgroundColor.match(/\\d+/g).map(Number);
        for (const canvas of document.querySelectorAll("main canvas")) {
          if (!canvas.width) continue;
          const copy = new OffscreenCanvas(canvas.width, canvas.height);
          const context = copy.getContext("2d", { willReadFrequently: true });
          context.drawImage(canvas, 0, 0);
          const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height);
          let count = 0, x = 0, y = 0;
          for (let i = 0; i < data.length; i += 4) {
            if (wanted.some((value, k) => data[i + k] !== value)) continue;
            count += 1; x += (i / 4) % width; y += Math.floor(i / 4 / width);
          }
          const box = canvas.getBoundingClientRect(), scale = box.width / width;
          if (count) places.push([box.x + scale * x / count, box.y + scale * y / count]);
        }
      }
      return places;
    }""")
