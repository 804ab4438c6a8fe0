"""A small MeSH with several topics, papers under it, and plain Python for their label vectors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import strategies as st

from citemesh.mining.array_engine import ArrayEngine
from tests.unit.mining_oracle import Paper, snapshot_of, tree_of

#: Six topics that share nothing, two descriptors deep; one descriptor with two places, one without
#: a place; a check tag with a place, one without, and a topic below a check tag.
TREE = tree_of(
    *[(f"D{10 * n}", f"Topic {n}", f"C{n:02}") for n in range(1, 7)],
    *[(f"D{10 * n + m}", f"Part {n}.{m}", f"C{n:02}.{m}") for n in range(1, 7) for m in (1, 2, 3)],
    ("D70", "In two places", "C01.1.1|C02.4"), ("D80", "Without a place", ""),
    ("D90", "Adult", "M01"), ("D91", "Young Adult", "M01.1"), ("D92", "Female", ""),
)  # fmt: skip
UIS = sorted(TREE.descriptors)
CHECK_TAGS = {"D90", "D92"}
#: As if counted in records; two descriptors were in none.
INFORMATION = {ui: 0.25 * place for place, ui in enumerate(UIS) if ui not in {"D63", "D80"}}


def engine_of(papers):
    """The graph of some papers."""
    snapshot = snapshot_of(papers, TREE)
    information = snapshot.descriptors["ui"].map(INFORMATION)
    return ArrayEngine(
        replace(snapshot, descriptors=snapshot.descriptors.assign(ic=information))
    )  # fmt: skip


def papers_with(headings: Mapping[int, str]) -> list[Paper]:
    """Papers by PMID, with headings as words in a text."""
    return [
        Paper(pmid, headings=dict.fromkeys(words.split(), True)) for pmid, words in headings.items()
    ]  # fmt: skip


@st.composite
def drawn_papers(draw, least=0, most=40):
    """Papers with up to four headings."""
    pmids = draw(st.lists(st.integers(1, 50_000), min_size=least, max_size=most, unique=True))
    topics = st.lists(st.sampled_from(UIS), max_size=4, unique=True)
    return [Paper(pmid, headings=dict.fromkeys(draw(topics), True)) for pmid in pmids]


def label_vector(paper, check_tags=False, ancestors=True, weights="log_depth"):
    """Weight of each label of a paper, by UI."""
    found = {}
    for heading in paper.headings:
        if heading in CHECK_TAGS and not check_tags:
            continue
        for ui in {heading, *(TREE.ancestors(heading) if ancestors else ())}:
            numbers = TREE.descriptors[ui].tree_numbers
            if numbers:
                depth = max(number.count(".") + 1 for number in numbers)
                found[ui] = {
                    "log_depth": math.log(depth + 1), "depth": depth, "none": 1,
                    "ic": INFORMATION.get(ui, 0),
                }[weights]  # fmt: skip
    return {ui: weight for ui, weight in found.items() if weight}


def siml(first, second):
    """The cosine of two label vectors; 0 where one is empty."""
    product = math.fsum(weight * second.get(ui, 0) for ui, weight in first.items())
    norms = [math.sqrt(math.fsum(w * w for w in vector.values())) for vector in (first, second)]
    return product / math.prod(norms) if all(norms) else 0.0
