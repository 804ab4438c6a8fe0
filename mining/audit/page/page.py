"""The review page: one HTML file that works from disk and asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from citemesh.errors import InputError, OutputExistsError
from citemesh.graph.corpus import Corpus
from citemesh.graph.snapshot.snapshot import open_snapshot
from citemesh.graph.state import open_loaded_graph
from citemesh.manifest import FILE_NAME as MANIFEST_FILE
from citemesh.manifest import Manifest, file_sha256, read_manifest
from citemesh.mining.audit.page.items import page_items
from citemesh.mining.audit.page.sample import Sample, draw_sample
from citemesh.mining.audit.page.settings import PageSettings
from citemesh.mining.audit.verdicts import MANIFEST_KIND, VERDICTS_FILE
from citemesh.outputs import write_text
from citemesh.progress import step
from citemesh.workspace import Workspace

FILE_NAME = "page.html"
#: In the order in which they are needed.
_SCRIPTS = (
    "elements.js", "estimates.js", "labels.js", "pairs.js", "drawings.js", "list.js", "item.js",
    "filters.js", "rates.js", "page.js",
)  # fmt: skip
#: Whatever could end a script element, or a line of JavaScript.
_ESCAPES = str.maketrans({mark: f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"})


def write_page(
    workspace: Workspace, name: str, settings: PageSettings, force: bool = False
) -> Path:
    """Write the page of an audit, by default as ``audits/NAME/page.html``.

    Raises:
        InputError: when there is no such audit, nothing in it to show, or no graph for it.
        OutputExistsError: when the file is there and `force` is false.
        ConnectionFailedError: when the graph cannot be asked.
    """
    folder = workspace.audit(name)
    manifest = _manifest(workspace, name)
    path = settings.out or folder / FILE_NAME
    _check_path(path, force)
    with step("Drawing the sample"):
        sample = draw_sample(folder, settings)
    with open_loaded_graph(workspace) as client:
        snapshot = open_snapshot(workspace, client)
    with step("Gathering what the page shows"):
        items = page_items(folder, sample, snapshot, Corpus(workspace.corpus))
    write_text(path, render({**_about(name, manifest, folder, settings, sample), **items}))
    return path


def render(content: Mapping[str, Any]) -> str:
    """The page as HTML.

    What comes from records is in it once, as JSON without any character that means something in
    HTML. The page's own script puts it on the screen as text, and its Content Security Policy
    allows that script and the style by their hashes, no request, and no text turned into markup.
    """
    files = resources.files("citemesh.mining.audit.page")
    scripts = "".join(files.joinpath(name).read_text("utf-8") for name in _SCRIPTS)
    script = f'(() => {{\n"use strict";\n{scripts}}})();'
    style = files.joinpath("page.css").read_text("utf-8")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = environment.from_string(files.joinpath("page.html.j2").read_text("utf-8"))
    return template.render(
        name=content["audit"]["name"],
        policy=policy,
        style=Markup(style),  # noqa: S704 - our file
        script=Markup(script),  # noqa: S704 - our files
        data=Markup(as_json(content)),  # noqa: S704 - escaped
    )


def as_json(content: Mapping[str, Any]) -> str:
    """JSON that can stand in a script element."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


def _about(
    name: str, manifest: Manifest, folder: Path, settings: PageSettings, sample: Sample
) -> dict[str, Any]:
    audit = {
        "name": name,
        # Labels belong to verdicts, whatever sample of them a page shows.
        "identity": file_sha256(folder / VERDICTS_FILE)[:16],
        "created": manifest.created,
    }
    selection = {
        "verdicts": list(settings.verdicts),
        "strategies": list(settings.strategies),
        "negatives": sum(stratum.size for stratum in sample.strata),
        "seed": settings.seed,
    }
    return {"audit": audit, "selection": selection}


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _manifest(workspace: Workspace, name: str) -> Manifest:
    folder = workspace.audit(name)
    if not (folder / MANIFEST_FILE).is_file():
        found = sorted(path.parent.name for path in folder.parent.glob(f"[!.]*/{MANIFEST_FILE}"))
        raise InputError(
            f"There is no audit {name!r} in {workspace.root}.",
            f"There are: {', '.join(found)}." if found else "Make one: citemesh audit run MINED",
        )
    return read_manifest(folder, MANIFEST_KIND, f"citemesh audit run {name}")


def _check_path(path: Path, force: bool) -> None:
    """Refuse a file that cannot be written, before any work is done."""
    if path.exists() and not force:
        raise OutputExistsError(
            f"The file {path} is there already.", "Add --force, or give another with --out."
        )
    if not path.absolute().parent.is_dir():
        raise InputError(f"There is no folder {path.parent} to write {path.name} into.", "Make it.")
