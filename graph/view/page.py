"""Drawing a picture with neo4j-viz, as one page that asks the network for nothing.

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
from citemesh.graph.view.neighbourhood import MAX_NODES
from citemesh.graph.view.picture import Picture

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


def draw(shown: Picture) -> str:
    """The HTML page that shows a picture.

    Raises:
        MissingDependencyError: when neo4j-viz is not one that this was written for.
    """
    from neo4j_viz import VisualizationGraph

    picture = VisualizationGraph(_nodes(shown), _relationships(shown))
    # Not by WebGL: that draws neither captions nor arrowheads, and not every browser has it.
    page = picture.render(
        layout="free" if shown.placed else None, renderer="canvas", width="100%", height="100%",
        theme="auto", max_allowed_nodes=MAX_NODES,
    )  # fmt: skip
    return finish(str(page.data), shown)


def finish(page: str, shown: Picture) -> str:
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


def _nodes(shown: Picture) -> list[Node]:
    from neo4j_viz import Node

    return [
        Node.model_validate({
            "id": circle.key, "caption": circle.caption, "color": circle.kind.colour,
            "size": circle.kind.radius, "properties": dict(circle.facts),
            **({"x": circle.place[0], "y": circle.place[1]} if circle.place else {}),
        })
        for circle in shown.circles
    ]  # fmt: skip


def _relationships(shown: Picture) -> list[Relationship]:
    from neo4j_viz import Relationship

    return [
        Relationship.model_validate({
            "id": tie.key, "source": tie.source, "target": tie.target, "caption": tie.caption,
            "color": tie.colour, "properties": {"title": tie.title},
        })
        for tie in shown.ties
    ]  # fmt: skip


def _head(shown: Picture, before: str) -> str:
    module = _MODULE.search(before)
    scripts = " ".join(_hash(script) for script in (module[1] if module else "", SCRIPT))
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
        "img-src data: blob:; font-src data:; form-action 'none'; base-uri 'none'"
    )
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{html.escape(shown.title)}</title>\n<style>{STYLE}</style>"
    )


def _hash(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _body_start(shown: Picture) -> str:
    rows = [
        f'<li><span class="dot" style="background:{kind.colour}"></span>{html.escape(kind.name)}'
        f" ({count:,})</li>"
        for kind, count in shown.legend()
    ]
    rows.append("<li>→ from the citing paper to the cited one</li>")
    said = "".join(f"<p>{html.escape(note)}</p>" for note in shown.notes)
    return f"""<body>
<header>
<h1>{html.escape(shown.title)}</h1>
<p>{html.escape(shown.summary)}. Point at a circle for its title; drag, zoom, select for more.</p>
{said}<ul>{"".join(rows)}</ul>
<noscript><p>The picture is drawn by a script, and this browser runs none.</p></noscript>
</header>
<div id="tip" role="tooltip"></div>
<p id="failed">This browser could not draw the picture; one of the last few years can.</p>
<main>"""
