"""All anchors of a kind, ready to be written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from citemesh.errors import InputError, SettingsError
from citemesh.graph.client import GraphClient
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import PmidSet
from citemesh.mining.anchors.anchor import Anchor
from citemesh.mining.anchors.chosen import Test, chosen_documents, not_denied
from citemesh.mining.anchors.citations import citation_anchors, cites_documents
from citemesh.mining.anchors.filters import EVERYTHING, AnchorFilter, graph_test
from citemesh.mining.anchors.headings import heading_anchors
from citemesh.mining.anchors.languages import documents_in
from citemesh.mining.anchors.left_out import LeftOut
from citemesh.mining.anchors.queries import query_anchors
from citemesh.mining.anchors.query_file import QueryFile
from citemesh.mining.anchors.query_forms import open_query_file
from citemesh.mining.anchors.titles import title_anchors
from citemesh.workspace import Workspace

TITLES, CITATIONS, MESH = "titles", "citations", "mesh"
KINDS = (TITLES, CITATIONS, MESH)


@dataclass(frozen=True)
class AnchorSettings:
    """What the anchors are.

    Args:
        kind: one of `KINDS`, or the path of a user's own queries.
        qrels: of a BEIR folder, which of its judgments.
        wanted: which articles may be anchors.
        limit: at most this many; all when None.
    """

    kind: str = TITLES
    qrels: tuple[str, ...] = ()
    wanted: AnchorFilter = EVERYTHING
    limit: int | None = None

    def query_file(self) -> QueryFile | None:
        """The user's own queries; None for another kind.

        Raises:
            InputError, SettingsError: as `open_query_file`; for a kind or path that is not there.
        """
        if self.kind in KINDS:
            if self.qrels:
                raise SettingsError(f"--qrels is for a BEIR folder, not for --anchors {self.kind}.")
            return None
        if not Path(self.kind).exists():
            near = get_close_matches(self.kind, KINDS, 1)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise InputError(
                f"--anchors {self.kind}: no such kind, file or folder.",
                f"{hint}Known kinds: {', '.join(KINDS)}.",
            )
        return open_query_file(Path(self.kind), self.qrels)

    def check(self) -> None:
        """Refuse a filter where anchors are no articles.

        Raises:
            SettingsError: then.
        """
        if self.wanted != EVERYTHING and self.kind not in (TITLES, CITATIONS):
            raise SettingsError(
                "--filter says which articles may be anchors, and these anchors are no articles.",
                "Use it with --anchors titles or citations.",
            )


def collect_anchors(
    workspace: Workspace,
    client: GraphClient,
    settings: AnchorSettings,
    left_out: LeftOut,
    deny: PmidSet | None = None,
) -> Iterator[Anchor]:
    """The anchors, always in the same order; `left_out` counts what did not become one.

    Raises:
        InputError, SettingsError: before the first anchor, as the kinds say.
    """
    settings.check()
    file = settings.query_file()
    if file is not None:
        yield from query_anchors(file, client, left_out, deny, settings.limit)
        return
    if settings.kind == MESH:
        yield from heading_anchors(client, deny, settings.limit)
        return
    corpus = Corpus(workspace.corpus)
    tests = _tests(workspace, corpus, client, settings.wanted, deny)
    if settings.kind == TITLES:
        yield from title_anchors(corpus, chosen_documents(corpus, tests, settings.limit))
    else:
        tests.append(cites_documents(client, deny))
        chosen = chosen_documents(corpus, tests, settings.limit)
        yield from citation_anchors(corpus, client, chosen, deny)


def _tests(
    workspace: Workspace, corpus: Corpus, client: GraphClient, wanted: AnchorFilter,
    deny: PmidSet | None,
) -> list[Test]:  # fmt: skip
    tests = [] if deny is None else [not_denied(deny)]
    if wanted.languages:
        tests.append(documents_in(workspace, corpus, wanted.languages).contains)
    if wanted.asks_graph:
        tests.append(graph_test(client, wanted))
    return tests
