"""The graph's invariants: what must hold in every finished graph, and what breaks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from citemesh.errors import CitemeshError
from citemesh.graph.check.mesh import mesh_offenders
from citemesh.graph.check.outside import check_snapshot, corpus_offenders
from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query, query_names
from citemesh.graph.pmid_set import PmidSet
from citemesh.graph.pubmed.ids import MAX_PMID
from citemesh.graph.state import read_state
from citemesh.progress import progress_bar
from citemesh.workspace import Workspace

#: Offenders that a finding names.
EXAMPLES = 3
#: The one invariant that a new snapshot mends.
SNAPSHOT_INVARIANT = "snapshot and graph are equal"
Offender = Mapping[str, Any]
_SCHEMA = re.compile(r"CREATE (?:CONSTRAINT|INDEX) (\w+)")

#: Invariants that one query checks by returning what breaks them.
_BY_QUERY = {
    "no key twice or missing": "check_repeated_keys",
    "every descriptor has a name": "check_nameless_descriptors",
    "every HAS_MAJOR has its major heading": "check_major_without_heading",
    "every major heading has its HAS_MAJOR": "check_heading_without_major",
    "documents have a title and a file": "check_documents",
    "articles come from loaded files": "check_article_files",
    "bare articles have nothing of a record": "check_bare_documents",
    "bare articles are cited or mentioned": "check_bare_alone",
    "no article cites itself": "check_self_citations",
    "no citation or heading twice": "check_parallel",
    "tree numbers have one owner and their parent": "check_tree_numbers",
    "all loaded files are finished": "check_loaded_files",
    "no node is unsettled": "check_unsettled",
    "the state counts what is there": "check_counts",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one invariant's check found.

    Args:
        invariant: what must hold, in words.
        found: how many break it.
        examples: a few of them, by their ids.
        note: what else is to be known, such as that there is no snapshot to compare.
    """

    invariant: str
    found: int
    examples: tuple[str, ...] = ()
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing breaks it."""
        return self.found == 0

    def row(self) -> dict[str, Any]:
        """The finding as a line of a table."""
        shown = self.note or "; ".join(self.examples) or None
        return {"invariant": self.invariant, "found": self.found, "ok": self.ok, "what": shown}


def check_graph(client: GraphClient, workspace: Workspace) -> list[Finding]:
    """Check every invariant of the graph, and that corpus and snapshot agree with it.

    Offenders are counted as they are streamed, so that a wholly broken graph costs no memory.

    Raises:
        InputError: when nothing has been loaded in the workspace.
    """
    articles = _Articles()
    checks: dict[str, Callable[[], Iterable[Offender]]] = {
        "no change of the graph is under way": lambda: _unfinished(client),
        "constraints and indexes are online": lambda: _schema_offenders(client),
        "relationships join what they should": lambda: _end_offenders(client),
        "one node per PMID": lambda: articles.read(client),
        **{words: _asked(client, name) for words, name in _BY_QUERY.items()},
        "MeSH ties are those of the tree numbers": lambda: mesh_offenders(client),
        "corpus and graph have the same documents": lambda: corpus_offenders(
            client, workspace.corpus, articles.documents
        ),
    }
    findings = []
    with progress_bar("Checking", total=len(checks) + 1, unit="invariant") as bar:
        for words, check in checks.items():
            findings.append(_finding(words, check()))
            bar.update()
        note, differences = check_snapshot(client, workspace)
        findings.append(_finding(SNAPSHOT_INVARIANT, differences, note))
        bar.update()
    return findings


def _finding(invariant: str, offenders: Iterable[Offender], note: str = "") -> Finding:
    rest = iter(offenders)
    examples = tuple(_in_words(offender) for offender in islice(rest, EXAMPLES))
    found = len(examples) + sum(1 for _ in rest)
    return Finding(invariant, found, examples, "" if found else note)


def _in_words(offender: Offender) -> str:
    return ", ".join(f"{name} {_plain(value)}" for name, value in offender.items())


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _asked(client: GraphClient, name: str) -> Callable[[], Iterator[Offender]]:
    return lambda: client.stream(named_query("graph", name))


def _unfinished(client: GraphClient) -> Iterator[Offender]:
    state = read_state(client)
    if state is None:
        yield {"state": "missing"}
    elif state.target is not None:
        yield {"unfinished load": state.target}


def _schema_offenders(client: GraphClient) -> Iterator[Offender]:
    states = {
        row["name"]: row["state"] for row in client.rows(named_query("graph", "check_indexes"))
    }
    for name in query_names("graph"):
        made = _SCHEMA.search(named_query("graph", name).text) if "schema_" in name else None
        if made and states.get(made[1]) != "ONLINE":
            yield {made[1]: states.get(made[1], "missing")}


def _end_offenders(client: GraphClient) -> Iterator[Offender]:
    there: dict[str, int] = {}
    for row in client.stream(named_query("graph", "check_ends")):
        if there.setdefault(row["type"], row["count"]) != row["count"]:
            yield {"type": row["type"], row["part"]: row["count"], "of": there[row["type"]]}


class _Articles:
    """The articles' PMIDs, met in one pass that needs no index: a bit map shows the second ones."""

    def __init__(self) -> None:
        self._met = PmidSet()
        self.documents = PmidSet()

    def read(self, client: GraphClient) -> Iterator[Offender]:
        """Yield what is no PMID, and every PMID that was met before."""
        for row in client.stream(named_query("graph", "check_articles")):
            pmid = row["pmid"]
            if not isinstance(pmid, int) or not 0 < pmid <= MAX_PMID or pmid in self._met:
                yield {"pmid": pmid}
                continue
            one = np.array([pmid])
            self._met.add(one)
            if row["document"]:
                self.documents.add(one)


def raise_if_broken(findings: Sequence[Finding]) -> None:
    """Say in one line what is broken and what to do.

    Raises:
        CitemeshError: when a finding is not ok.
    """
    broken = [finding.invariant for finding in findings if not finding.ok]
    if not broken:
        return
    mend = (
        "Make the snapshot anew: citemesh graph snapshot --force"
        if broken == [SNAPSHOT_INVARIANT]
        else "If an update was stopped, go on with it: citemesh graph update. "
        "Otherwise load again: citemesh graph load --force FILE…"
    )
    raise CitemeshError(
        f"{len(broken)} of {len(findings)} invariants do not hold: {'; '.join(broken)}.", mend
    )
