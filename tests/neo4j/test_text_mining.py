"""Strategies of the text on the real file: the same for every engine, and evidence that is true."""

import json
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pyarrow.parquet as pq
import pytest

from citemesh.graph.snapshot.snapshot import open_snapshot
from citemesh.graph.state import open_loaded_graph
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.cypher_engine import CypherEngine
from citemesh.mining.negatives import read_mined
from tests.support import one_clear_line, run_citemesh

#: More than one range, so that two workers have something to share.
ANCHORS = 2_100
MIX = ["lexical=1", "dense=2", "discordant=2", "band=1", "walk=3", "sibling=1"]
FILES = ("anchors.parquet", "negatives.parquet", "drops.json")


def mine(workspace, name, *more, mix=MIX):
    words = [word for own in mix for word in ("--strategy", own)]
    return run_citemesh(workspace.root, "mine", *words, "--name", name, *more)


@pytest.fixture(scope="module")
def mined(real_workspace, model):
    done = mine(
        real_workspace, "texts", "--model", model, "--limit", ANCHORS, "--engine", "arrays",
        "--workers", 1,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return real_workspace


def index_times(workspace):
    folders = (workspace.root / "mining-indexes", workspace.embeddings)
    return {path: path.stat().st_mtime_ns for own in folders for path in own.rglob("*")}


@pytest.mark.parametrize("how", [("cypher",), ("arrays", "--workers", 2)], ids=lambda how: how[0])
def test_neither_engine_nor_workers_change_a_byte_and_indexes_are_made_once(mined, model, how):
    before = index_times(mined)
    assert before
    done = mine(mined, "again", "--model", model, "--limit", ANCHORS, "--force", "--engine", *how)
    assert done.returncode == 0, done.stderr
    for file in FILES:
        assert (mined.mined("again") / file).read_bytes() == (
            mined.mined("texts") / file
        ).read_bytes()
    after = index_times(mined)
    assert {path: time for path, time in after.items() if path in before} == before


def test_engines_give_the_same_references(real_workspace):
    with open_loaded_graph(real_workspace) as client:
        arrays = ArrayEngine(open_snapshot(real_workspace, client))
        cypher = CypherEngine(client)
        pmids = np.concatenate([arrays.snapshot.pmid[::7], [1, 99_999_999]])
        one, other = arrays.references(pmids), cypher.references(pmids)
    assert one.indptr.tolist() == other.indptr.tolist()
    assert one.indices.tolist() == other.indices.tolist()
    assert len(one.indices) > 50


def test_every_strategy_finds_and_its_order_shows_in_its_scores(mined):
    seen: dict[str, list[float]] = {}
    for anchor, negatives in read_mined(mined.mined("texts")):
        own = [n for n in negatives if n.strategy in ("lexical", "discordant", "band")]
        for one, other in pairwise(own):
            if one.strategy == other.strategy:
                assert (one.score or 0) >= (other.score or 0)
        for n in negatives:
            assert n.negative_pmid not in anchor.known_pmids
            seen.setdefault(n.strategy, []).append(np.nan if n.score is None else n.score)
    assert {"lexical", "dense", "discordant", "band", "sibling"} <= set(seen)
    assert min(seen["lexical"]) > 0
    # The hardest come first: they are closer to the query than what is drawn from the window.
    assert np.mean(seen["discordant"]) > np.mean(seen["dense"])
    assert np.mean(seen["discordant"]) <= 1


def test_walks_keep_to_citations(mined, model):
    """Guards off: of cited papers they leave little, and their paths are what is looked at."""
    off = [word for own in ("siml", "shared_major", "published_later", "unknown_topic", "cocited")
           for word in ("--no-guard", own)]  # fmt: skip
    done = mine(mined, "walks", "--model", model, *off, mix=["walk=5"])
    assert done.returncode == 0, done.stderr
    (folder,) = mined.staged.iterdir()
    references = pq.read_table(folder / "references.parquet").to_pandas()
    cites = set(zip(references["pmid"], references["cited_pmid"], strict=True))
    hops = []
    for _, negatives in read_mined(mined.mined("walks")):
        for n in negatives:
            assert all(step in cites for step in pairwise(n.path))
            assert (n.path[0], n.path[-1]) == (n.start_pmid, n.negative_pmid)
            assert len(n.path) == (n.hops or 0) + 1
            hops.append(n.hops)
    assert hops.count(1) > 100
    assert hops.count(2) > 5


def test_the_margin_is_counted_and_its_scores_are_reported(mined, model):
    done = mine(
        mined, "margin", "--model", model, "--margin", "0.9", "--limit", 100,
        mix=["dense=2", "sibling=1"],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for d in json.loads((mined.mined("margin") / "drops.json").read_text()).values():
        assert d["found"] == sum(d["dropped"].values()) + d["surplus"] + d["kept"]
        assert d["dropped"]["score too near a known positive's"] > 0
        found, kept = d["shares"]["margin found"], d["shares"]["margin kept"]
        assert sum(kept.values()) == d["kept"]
        assert max(map(int, kept)) <= 0.9 / d["share_bin"] < max(map(int, found))


def test_another_weight_of_the_model_is_another_job(mined, model, tmp_path):
    """What was encoded with a model of the same name is no longer that model's."""
    place = mined.root / "models" / "turning"
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(model)
    first = mine(mined, "turn-1", "--model", "turning", "--limit", 20, mix=["discordant=1"])
    assert first.returncode == 0, first.stderr
    from sentence_transformers import SentenceTransformer

    other = cast(Any, SentenceTransformer(str(model)))
    other[0].embedding.weight.data *= -1
    other[0].embedding.weight.data[:, ::2] *= 3
    other.save(str(tmp_path / "other"))
    place.unlink()
    place.symlink_to(tmp_path / "other")
    second = mine(mined, "turn-2", "--model", "turning", "--limit", 20, mix=["discordant=1"])
    assert second.returncode == 0, second.stderr
    one, two = (pq.read_table(mined.mined(n) / FILES[1])["score"] for n in ("turn-1", "turn-2"))
    assert one.to_pylist() != two.to_pylist()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--strategy", "dense=1"), "needs a model"),
        (("--strategy", "cited=1", "--margin", "0.95"), "needs a model"),
        (("--strategy", "dense=1", "--model", "/nowhere/model"), "cannot be loaded"),
        (("--strategy", "cited=1", "--cross-encoder", "/nowhere/model"), "cannot be loaded"),
        (("--strategy", "cited=1", "--model", "some"), "nothing encodes texts"),
        (("--strategy", "band=1", "--set", "band.low=9", "--set", "band.high=3"), "no rank"),
        (("--strategy", "lexicel=1"), "Did you mean lexical?"),
        (("--strategy", "lexical=1", "--set", "lexical.top=few"), "is no int"),
    ],
)
def test_bad_settings_are_one_line_and_write_nothing(mined, arguments, words):
    before = sorted((mined.root / "mined").iterdir())
    jobs = sorted((mined.root / "mining-work").iterdir())
    assert words in one_clear_line(run_citemesh(mined.root, "mine", *arguments))
    assert sorted((mined.root / "mined").iterdir()) == before
    assert sorted((mined.root / "mining-work").iterdir()) == jobs
