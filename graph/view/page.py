"""Drawing a neighbourhood with neo4j-viz, as one page that asks the network for nothing.

neo4j-viz puts what it draws into the page as JSON with every ``<`` escaped, and shows it on a
canvas or as text. What is added here is escaped by `html.escape` or set as text by the page's own
script. On top of that the page forbids itself, by a Content Security Policy, every request and
every script but its own two, so that no title can become markup that does anything.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from importlib.metadata import version
from typing import TYPE_CHECKING

from citemesh.errors import MissingDependencyError
from citemesh.graph.view.assets import SCRIPT, STYLE
from citemesh.graph.view.neighbourhood import MAX_NODES, Neighbourhood
from citemesh.graph.view.words import (
    HEADING,
    heading_facts,
    kinds,
    legend,
    notes,
    paper_caption,
    paper_facts,
    summary,
)

if TYPE_CHECKING:
    from neo4j_viz import Node, Relationship

#: The version whose page is known here.
NEO4J_VIZ = "1.11"
#: Where neo4j-viz puts the data; nothing before and after is from a record.
_DATA = '<script type="application/json" id="neo4j-viz-data">'
#: Where neo4j-viz names what happens on events: it offers nothing for hovering.
_EVENTS = "mouseEventCallbacks:{"
_HOVER = "onHover:(...e)=>globalThis.citemeshHover?.(...e),"
_MODULE = re.compile(r'<script type="module" crossorigin>(.*?)</script>', re.DOTALL)
#: neo4j-viz gives its container a name by chance; the same picture is to be the same page.
_NAME = "neo4j-viz-picture"
_CONTAINER = re.compile(r"neo4j-viz-[0-9a-f]{12}")
_CITES, _HAS_HEADING = "#7A8583", "#C9A400"


def draw(shown: Neighbourhood) -> str:
    """The HTML page that shows a neighbourhood.

    Raises:
        MissingDependencyError: when neo4j-viz is not one that this was written for.
    """
    from neo4j_viz import VisualizationGraph

    picture = VisualizationGraph(_nodes(shown), _relationships(shown))
    # Not by WebGL: that draws neither captions nor arrowheads, and not every browser has it.
    page = picture.render(
        renderer="canvas", width="100%", height="100%", theme="auto", max_allowed_nodes=MAX_NODES
    )
    return finish(str(page.data), shown)


def finish(page: str, shown: Neighbourhood) -> str:
    """Give neo4j-viz's page a heading, hovering and its policy.

    Raises:
        MissingDependencyError: when the page is not built as it is known here.
    """
    before, start, rest = page.partition(_DATA)
    data, end, after = rest.partition("</script>")  # no "<" in the data is left as it was
    before = _replaced(_CONTAINER.sub(_NAME, before), _EVENTS, _EVENTS + _HOVER)
    before = _replaced(before, "<title>neo4j-viz</title>", _head(shown, before))
    after = _replaced(_CONTAINER.sub(_NAME, after), "<body>", _body_start(shown))
    after = _replaced(after, "</body>", f"</main>\n<script>{SCRIPT}</script>\n</body>")
    return before + start + data + end + after


def _replaced(page: str, old: str, new: str) -> str:
    if page.count(old) != 1:
        raise MissingDependencyError(
            f"neo4j-viz {version('neo4j-viz')} builds its page in a way that is not known here.",
            f"Install the one that is: pip install 'neo4j-viz=={NEO4J_VIZ}.*'",
        )
    return page.replace(old, new)


def _nodes(shown: Neighbourhood) -> list[Node]:
    from neo4j_viz import Node

    kind_of = kinds(shown)
    papers = [
        {
            "id": f"paper {paper.pmid}", "caption": paper_caption(paper),
            "color": kind_of[paper.pmid].colour, "size": kind_of[paper.pmid].radius,
            "properties": paper_facts(paper),
        }
        for paper in shown.papers
    ]  # fmt: skip
    headings = [
        {
            "id": f"heading {heading.ui}", "caption": heading.name, "color": HEADING.colour,
            "size": HEADING.radius, "properties": heading_facts(heading),
        }
        for heading in shown.headings
    ]  # fmt: skip
    return [Node.model_validate(node) for node in papers + headings]


def _relationships(shown: Neighbourhood) -> list[Relationship]:
    from neo4j_viz import Relationship

    cites = [
        {
            "id": f"cites {a} {b}", "source": f"paper {a}", "target": f"paper {b}",
            "caption": "cites", "color": _CITES, "properties": {"title": f"{a} cites {b}"},
        }
        for a, b in shown.citations
    ]  # fmt: skip
    word = "major" if shown.kind == "major" else "heading"
    has = [
        {
            "id": f"has {pmid} {heading.ui}", "source": f"paper {pmid}",
            "target": f"heading {heading.ui}", "caption": word, "color": _HAS_HEADING,
            "properties": {"title": f"{pmid}: {heading.name}"},
        }
        for heading in shown.headings
        for pmid in heading.papers
    ]  # fmt: skip
    return [Relationship.model_validate(relationship) for relationship in cites + has]


def _head(shown: Neighbourhood, before: str) -> str:
    module = _MODULE.search(before)
    scripts = " ".join(_hash(script) for script in (module[1] if module else "", SCRIPT))
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
        "img-src data: blob:; font-src data:; form-action 'none'; base-uri 'none'"
    )
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{html.escape(_title(shown))}</title>\n<style>{STYLE}</style>"
    )


def _hash(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _title(shown: Neighbourhood) -> str:
    return f"PMID {shown.papers[0].pmid} and what lies around it"


def _body_start(shown: Neighbourhood) -> str:
    rows = [
        f'<li><span class="dot" style="background:{kind.colour}"></span>{html.escape(kind.name)}'
        f" ({count:,})</li>"
        for kind, count in legend(shown)
    ]
    rows.append("<li>→ from the citing paper to the cited one</li>")
    said = "".join(f"<p>{html.escape(note)}</p>" for note in notes(shown))
    return f"""<body>
<header>
<h1>{html.escape(_title(shown))}</h1>
<p>{html.escape(summary(shown))}. Point at a circle for its title; drag, zoom, select for more.</p>
{said}<ul>{"".join(rows)}</ul>
<noscript><p>The picture is drawn by a script, and this browser runs none.</p></noscript>
</header>
<div id="tip" role="tooltip"></div>
<p id="failed">This browser could not draw the picture; one of the last few years can.</p>
<main>"""
