"""Mining on the real file: strategies against an oracle in Python, and what a run must keep."""

import json
import math
from functools import cache

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from citemesh.graph.corpus import Corpus
from citemesh.graph.mesh.read import carried_mesh_table, read_mesh
from citemesh.graph.mesh.tree import tree_distance
from citemesh.graph.state import open_loaded_graph
from citemesh.mining.cypher_engine import CypherEngine
from citemesh.mining.negatives import read_mined
from citemesh.mining.strategies import STRATEGIES
from tests.support import one_clear_line, run_citemesh

MINED = "mined"
HELD_OUT = "held"


class Oracle:
    """The same questions answered from the parsed tables, one anchor at a time."""

    def __init__(self, workspace):
        (folder,) = workspace.staged.iterdir()
        references = pq.read_table(folder / "references.parquet").to_pandas()
        headings = pq.read_table(folder / "headings.parquet").to_pandas()
        self.cites = references.groupby("pmid")["cited_pmid"].agg(set).to_dict()
        self.cited_by = references.groupby("cited_pmid")["pmid"].agg(set).to_dict()
        self.mesh = read_mesh(carried_mesh_table())
        tags = {ui for ui, d in self.mesh.descriptors.items() if d.check_tag}
        topical = headings[~headings["ui"].isin(tags)]
        self.headings = topical.groupby("pmid")["ui"].agg(set).to_dict()
        self.major = topical[topical["major"]].groupby("pmid")["ui"].agg(set).to_dict()
        self.documents = set(
            pd.concat(list(Corpus(workspace.corpus).stream(["pmid"])))["pmid"].tolist()
        )
        self.under = {
            ui: set(rows) & self.documents
            for ui, rows in topical[topical["major"]].groupby("ui")["pmid"].agg(set).items()
        }

    @staticmethod
    def key(anchor, other):
        def h(pmid):
            return pmid * 2_654_435_761 % 2**31

        return ((h(anchor) + h(other)) % 2**31, other)

    def distance(self, first, second):
        places = [
            [number for ui in self.major.get(pmid, ())
             for number in self.mesh.descriptors[ui].tree_numbers]
            for pmid in (first, second)
        ]  # fmt: skip
        steps = [tree_distance(a, b) for a in places[0] for b in places[1]]
        return min((step for step in steps if step is not None), default=None)

    @cache  # noqa: B019 - one oracle lives as long as the tests
    def expanded(self, pmid):
        """Its headings with all that is above them, and the sum of their squared weights."""
        own = self.headings.get(pmid, set())
        labels = frozenset(ui for one in own for ui in {one, *self.mesh.ancestors(one)})
        return labels, self.weight(labels)

    def weight(self, labels):
        depths = [self.mesh.descriptors[ui].depth for ui in labels]
        return math.fsum(math.log(depth + 1) ** 2 for depth in depths)

    def siml(self, first, second):
        (a, weight_a), (b, weight_b) = self.expanded(first), self.expanded(second)
        if not weight_a or not weight_b:
            return None
        return self.weight(a & b) / math.sqrt(weight_a * weight_b)

    def cited(self, anchor):
        found = self.cites.get(anchor, set()) & self.documents
        return sorted(found, key=lambda other: self.key(anchor, other))

    def sibling(self, anchor):
        own = self.headings.get(anchor, set())
        pairs: dict[int, tuple[str, str]] = {}
        for heading in self.major.get(anchor, set()):
            if self.mesh.descriptors[heading].depth < 4:
                continue
            for beside in self.mesh.siblings(heading):
                if beside in own:
                    continue
                for other in self.under.get(beside, ()):
                    pair = (heading, beside)
                    pairs[other] = min(pairs.get(other, pair), pair)
        fit = [o for o in pairs if o != anchor and not own & self.headings.get(o, set())]
        return [(o, *pairs[o]) for o in sorted(fit, key=lambda other: self.key(anchor, other))]


@pytest.fixture(scope="module")
def oracle(real_workspace):
    return Oracle(real_workspace)


@pytest.fixture(scope="module")
def engine(real_workspace):
    with open_loaded_graph(real_workspace) as client:
        yield CypherEngine(client)


def by_start(starts, found):
    """Rows of candidates per start: their PMID and headings."""
    rows: dict[int, list[list[int]]] = {start: [] for start in starts}
    for index, *row in zip(
        found.start.tolist(), found.pmid.tolist(), found.start_heading.tolist(),
        found.heading.tolist(), strict=True,
    ):  # fmt: skip
        rows[starts[index]].append(row)
    return rows


def test_cited_gives_the_oracles_papers_in_its_order(engine, oracle):
    starts = [a for a in sorted(oracle.cites) if a in oracle.documents]
    assert sum(len(oracle.cited(start)) for start in starts) > 300
    found = engine.find(STRATEGIES["cited"], np.array(starts), 5)
    assert (found.hops == 1).all()
    for start, rows in by_start(starts, found).items():
        assert [pmid for pmid, *_ in rows] == oracle.cited(start)[:5]


@pytest.mark.parametrize("limit", [1, 8, 500])
def test_sibling_gives_the_oracles_papers_order_and_headings(engine, oracle, limit):
    starts = sorted(oracle.documents)[::300]
    found = engine.find(STRATEGIES["sibling"], np.array(starts), limit)
    several, ui = 0, engine.mesh.ui
    for start, rows in by_start(starts, found).items():
        expected = oracle.sibling(start)
        assert [(pmid, ui(own), ui(beside)) for pmid, own, beside in rows] == expected[:limit]
        several += len(expected) > 1
    assert several > 30


def test_pair_citations_are_those_of_the_reference_lists(engine, oracle):
    some = [a for a in sorted(oracle.cites) if a in oracle.documents][:60]
    first, second = (part.ravel() for part in np.meshgrid(some, some))
    found = engine.pair_citations(first, second)
    nothing: set[int] = set()
    for i, (a, b) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        cites_a, cites_b = oracle.cites.get(a, nothing), oracle.cites.get(b, nothing)
        by_a, by_b = oracle.cited_by.get(a, nothing), oracle.cited_by.get(b, nothing)
        assert found.shared_references[i] == len(cites_a & cites_b)
        assert found.shared_citers[i] == len(by_a & by_b)
        assert found.cites[i] == (b in cites_a)
        assert found.cited_by[i] == (a in cites_b)


def mine(workspace, name, *more):
    return run_citemesh(
        workspace.root, "mine", "--strategy", "cited=2", "--strategy", "sibling=4",
        "--name", name, *more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def mined(real_workspace):
    held = run_citemesh(
        real_workspace.root, "holdout", "--documents", 800, "--queries", 100, "--name", HELD_OUT
    )
    assert held.returncode == 0, held.stderr
    done = mine(real_workspace, MINED, "--deny", real_workspace.tasks(HELD_OUT) / "pmids.txt")
    assert done.returncode == 0, done.stderr
    return real_workspace


def test_held_out_documents_take_no_part_in_mining(mined):
    denied = {int(p) for p in (mined.tasks(HELD_OUT) / "pmids.txt").read_text().split()}
    assert len(denied) == 800
    used = set()
    for anchor, negatives in read_mined(mined.mined(MINED)):
        used |= {anchor.anchor_pmid, *(n.negative_pmid for n in negatives)}
    assert len(used) > 1500
    assert not used & denied


def test_every_negative_carries_true_evidence(mined, oracle):
    seen = set()
    for anchor, negatives in read_mined(mined.mined(MINED)):
        own = anchor.anchor_pmid
        assert len({n.negative_pmid for n in negatives}) == len(negatives)
        for strategy in {n.strategy for n in negatives}:
            ranks = [n.rank for n in negatives if n.strategy == strategy]
            assert ranks == list(range(1, len(ranks) + 1))
            assert len(ranks) <= {"cited": 2, "sibling": 4}[strategy]
            seen.add(strategy)
        for n in negatives:
            other = n.negative_pmid
            assert other in oracle.documents - {own}
            shared = oracle.headings.get(own, set()) & oracle.headings.get(other, set())
            assert n.shared_headings == len(shared)
            assert n.shared_major == 0
            assert n.tree_distance == oracle.distance(own, other)
            assert n.siml == pytest.approx(oracle.siml(own, other), rel=1e-6)
            assert n.max_siml == n.siml
            assert n.siml is None or n.siml <= 0.3 + 1e-6
            nothing: set[int] = set()
            assert n.shared_references == len(
                oracle.cites.get(own, nothing) & oracle.cites.get(other, nothing)
            )
            assert n.shared_citers == len(
                oracle.cited_by.get(own, nothing) & oracle.cited_by.get(other, nothing)
            )
            assert (n.start_pmid, n.score) == (own, None)
            if n.strategy == "sibling":
                assert (n.hops, n.path, n.paths) == (None, (), None)
                above = (oracle.mesh.broader(ui) for ui in (n.start_heading, n.negative_heading))
                assert n.parent == min(set(next(above)) & set(next(above)))
                assert oracle.mesh.descriptors[n.parent].name in n.reason
            else:
                assert (n.hops, n.path, n.paths) == (1, (own, other), 1)
                assert (n.start_heading, n.negative_heading, n.parent) == (None, None, None)
                assert other in oracle.cites[own]
    assert seen == {"cited", "sibling"}


def test_the_drop_report_adds_up(mined):
    folder = mined.mined(MINED)
    drops = json.loads((folder / "drops.json").read_text())
    kept = pq.read_table(folder / "negatives.parquet").to_pandas()["strategy"].value_counts()
    for strategy, d in drops.items():
        assert d["found"] == sum(d["dropped"].values()) + d["surplus"] + d["kept"]
        assert d["kept"] == kept[strategy]
        assert sum(d["negatives_per_anchor"].values()) == d["anchors"] == 14_832 - 800
        full = d["negatives_per_anchor"].get(str(d["asked"]), 0)
        assert d["anchors_short"] == d["anchors"] - full
        assert d["anchors_short"] > 0  # a shortage is reported, never filled
        missing = sum((d["asked"] - int(k)) * n for k, n in d["negatives_per_anchor"].items())
        assert d["negatives_missing"] == missing


def test_the_same_command_gives_the_same_bytes(mined):
    for name, seed in (("once", "1"), ("again", "2")):
        done = run_citemesh(
            mined.root, "mine", "--strategy", "sibling=4", "--limit", 700, "--name", name,
            environment={"PYTHONHASHSEED": seed},  # sets come in another order
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    for file in ("anchors.parquet", "negatives.parquet", "drops.json"):
        once, again = (mined.mined(name) / file for name in ("once", "again"))
        assert once.read_bytes() == again.read_bytes()


def test_examples_are_printed_with_their_reason(real_workspace):
    done = run_citemesh(
        real_workspace.root, "mine", "--strategy", "sibling=1", "--limit", 50, "--name", "shown"
    )
    assert done.returncode == 0, done.stderr
    assert "lies beside the start's" in done.stdout
    assert "Next: citemesh export shown" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "No strategy"),
        (("--strategy", "sibling"), "cannot be read"),
        (("--strategy", "sibling=0"), "at least 1"),
        (("--strategy", "sibling=-1"), "cannot be read"),
        (("--strategy", "siblings=2"), "Did you mean sibling?"),
        (("--strategy", "cited=1", "--strategy", "cited=2"), "given twice"),
        (("--strategy", "cited=1", "--name", "../up"), "cannot be used as a name"),
        (("--strategy", "cited=1", "--deny", "/nowhere/pmids.txt"), "is not there"),
        (("--strategy", "cited=1", "--name", MINED), "--force"),
        (("--strategy", "cited=1", "--no-guard", "sliml"), "Did you mean siml?"),
        (("--strategy", "cited=1", "--no-guard", "known_positive"), "cannot be switched off"),
        (("--strategy", "cited=1", "--set", "coupled.hub=5"), "is not asked for"),
        (("--strategy", "coupled=1", "--set", "coupled.hubs=5"), "Did you mean hub?"),
        (("--strategy", "coupled=1", "--set", "coupled.hub=few"), "is no int"),
        (("--strategy", "coupled=1", "--band", "3:2"), "cannot be read"),
        (("--strategy", "cited=1", "--band", "1:2"), "cocited and coupled"),
    ],
)
def test_bad_settings_are_one_line_and_write_nothing(mined, arguments, words):
    before = sorted(p.name for p in (mined.root / "mined").iterdir())
    assert words in one_clear_line(run_citemesh(mined.root, "mine", *arguments))
    assert sorted(p.name for p in (mined.root / "mined").iterdir()) == before


def test_a_deny_list_with_a_wrong_line_is_refused_by_its_number(mined, tmp_path):
    path = tmp_path / "pmids.txt"
    path.write_text("1\nx2\n")
    refused = run_citemesh(mined.root, "mine", "--strategy", "cited=1", "--deny", path)
    assert "line 2: 'x2' is no PMID" in one_clear_line(refused)


def test_an_empty_result_says_what_to_do_next(real_workspace):
    done = run_citemesh(
        real_workspace.root, "mine", "--strategy", "cited=1", "--limit", 20, "--name", "nothing"
    )
    assert done.returncode == 0, done.stderr
    assert "0 negatives for 20 anchors" in done.stdout
    assert "other strategies" in done.stdout
    assert "citemesh export" not in done.stdout
    assert next(read_mined(real_workspace.mined("nothing")))[1] == []
