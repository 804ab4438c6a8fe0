"""A small mined set on disk, for tests of what is done with mined sets."""

import json
from collections import Counter
from dataclasses import asdict
from math import floor

import pyarrow as pa

from citemesh.manifest import Manifest
from citemesh.mining.anchors import Anchor
from citemesh.mining.negatives import NEGATIVE_SCHEMA, MinedWriter, Negative, anchor_table

#: Strategy → negatives asked for.
ASKED = {"sibling": 3, "cited": 1}


def negative(query_id, pmid, strategy="sibling", rank=1, max_siml=0.1):
    return Negative(
        query_id=query_id, start_pmid=1, negative_pmid=pmid, strategy=strategy, rank=rank,
        score=None, hops=None, path=(1, 7, pmid), paths=2, shared_citers=0, shared_references=1,
        start_heading="D000001", negative_heading="D000002", parent=None, tree_distance=2,
        shared_headings=0, shared_major=0, siml=0.1, max_siml=max_siml,
        score_positive=None, score_negative=None, reason="Why.",
    )  # fmt: skip


#: The second anchor has no negative; 14 is of two strategies, for q1; 14 is of q3 too.
MINED = [
    (Anchor("q1", "query one", 1, (1, 2)), [
        negative("q1", 14), negative("q1", 15, rank=2), negative("q1", 16, rank=3),
        negative("q1", 14, "cited"),
    ]),
    (Anchor("q2", "query two", 3, (3,)), []),
    (Anchor("q3", "query three", None, (4, 5, 6)), [
        negative("q3", 14, max_siml=0.3), negative("q3", 18, rank=2, max_siml=None),
        negative("q3", 19, "cited", max_siml=0.29),
    ]),
    (Anchor("q4", "query four", 7, (7,)), [negative("q4", 20)]),
]  # fmt: skip


def negative_table(negatives):
    return pa.Table.from_pylist([asdict(own) for own in negatives], NEGATIVE_SCHEMA)


def write_mined(folder, mined=MINED, group=None):
    """Write a mined set as `citemesh mine` does, in row groups of some anchors."""
    folder.mkdir(parents=True)
    with MinedWriter(folder) as writer:
        for start in range(0, len(mined), group or len(mined) or 1):
            some = mined[start : start + (group or len(mined))]
            rows = [own for _, negatives in some for own in negatives]
            writer.write(anchor_table([anchor for anchor, _ in some]), negative_table(rows))
    rows = [own for _, negatives in mined for own in negatives]
    drops = {name: strategy_drops(mined, name, rows) for name in ASKED}
    (folder / "drops.json").write_text(json.dumps(drops))
    Manifest(
        "mine", {"anchors": "citations", "strategies": ASKED, "max_siml": 0.3},
        {"graph": "load"}, {"anchors": len(mined), "negatives": len(rows)},
        {"sibling: retracted": 2},
    ).write(folder)  # fmt: skip
    return folder


def strategy_drops(mined, name, rows):
    """What `citemesh mine` would say of one strategy."""
    own = [row for row in rows if row.strategy == name]
    per_query = Counter(row.query_id for row in own)
    each = Counter(per_query[anchor.query_id] for anchor, _ in mined)
    bins = Counter(floor(round(row.max_siml, 6) / 0.05) for row in own if row.max_siml is not None)
    asked, shared = ASKED[name], {}
    for field in ("shared_references", "shared_citers", "shared_headings"):
        numbers = Counter(getattr(row, field) for row in own)
        shared[field] = {str(key): count for key, count in sorted(numbers.items())}
    return {
        "asked": asked,
        "anchors": len(mined),
        "anchors_short": sum(n for count, n in each.items() if count < asked),
        "negatives_missing": sum((asked - count) * n for count, n in each.items()),
        "negatives_per_anchor": {str(key): count for key, count in sorted(each.items())},
        "found": len(own) + 5,
        "kept": len(own),
        "surplus": 3,
        "dropped": {"retracted": 2},
        "examples": {},
        "siml_bin": 0.05,
        "siml_found": {"1": 9},
        "siml_kept": {str(key): count for key, count in sorted(bins.items())},
        "siml_unknown": 0,
        "share_bin": 0.05,
        "shares": {},
        "evidence_kept": shared,
    }
