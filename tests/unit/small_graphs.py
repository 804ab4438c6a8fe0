"""Small graphs that hypothesis draws."""

from hypothesis import strategies as st

from tests.unit.mining_oracle import TREE, Paper

UIS = sorted(TREE.descriptors)


@st.composite
def graphs(draw):
    """Papers with citations, two-way ones among them, and headings, check tags among them."""
    pmids = draw(st.lists(st.integers(1, 50_000_000), max_size=14, unique=True))
    cited = st.frozensets(st.sampled_from(pmids), max_size=6) if pmids else st.just(frozenset())
    headings = st.dictionaries(st.sampled_from(UIS), st.booleans(), max_size=5)
    return [
        Paper(pmid, document=draw(st.booleans()), cites=draw(cited) - {pmid},
              headings=draw(headings))
        for pmid in pmids
    ]  # fmt: skip
