"""Mined negatives, made up for tests of exports."""

from citemesh.mining.negatives import Negative


def negative(query_id, pmid, strategy="sibling", rank=1):
    return Negative(
        query_id=query_id, start_pmid=1, negative_pmid=pmid, strategy=strategy, rank=rank,
        score=None, hops=None, path=(1, 7, pmid), paths=2, shared_citers=0, shared_references=1,
        start_heading="D000001", negative_heading="D000002", parent=None, tree_distance=2,
        shared_headings=0, shared_major=0, siml=0.1, max_siml=float("nan"), reason="Why.",
    )  # fmt: skip
