"""What becomes of candidates, against plain loops; and their file, cut anywhere."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from citemesh.training.generation.candidates import Candidate, CandidateFile
from citemesh.training.generation.cleaning import normalised
from citemesh.training.generation.fates import REASONS, settle_repeats
from citemesh.training.generation.round_trip import own_found

TEXTS = st.sampled_from(["a b", "A  b.", "b a", "c", "C?", "d"])


@given(
    st.lists(st.tuples(TEXTS, st.sampled_from([(1,), (2,), (1, 2)]), st.booleans()), max_size=20)
)
def test_repeats_are_those_that_comparing_each_with_all_finds(drawn):
    candidates = [
        Candidate(str(n), text, pmids, "t", "s", "empty" if dropped else None)
        for n, (text, pmids, dropped) in enumerate(drawn)
    ]
    expected = []
    for n, own in enumerate(candidates):
        same = [
            (m, c) for m, c in enumerate(candidates)
            if c.dropped is None and normalised(c.query) == normalised(own.query)
        ]  # fmt: skip
        if own.dropped:
            expected.append("empty")
        elif len({c.positive_pmids for _, c in same}) > 1:
            expected.append("ambiguous")
        else:
            expected.append("" if same[0][0] == n else "repeated")
    assert [REASONS[fate] for fate in settle_repeats(candidates)] == expected


@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_own_documents_are_looked_for_among_the_first(seed, top):
    random = np.random.default_rng(seed)
    documents = random.integers(-1, 2, (7, 2)).astype(np.float32)  # many ties
    queries = random.integers(-1, 2, (9, 2)).astype(np.float32)
    pmid = random.permutation(np.arange(50, 57))
    positives = [tuple(random.choice(np.arange(48, 60), 2).tolist()) for _ in queries]
    found = own_found(queries, documents, pmid, iter(positives), top)
    for query, own, answer in zip(queries, positives, found, strict=True):
        ranked = sorted(zip(-(documents @ query), pmid, strict=True))[:top]
        assert answer == bool({p for _, p in ranked} & set(own))


@given(st.data())
def test_a_file_cut_anywhere_keeps_its_whole_chunks(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("cut") / "candidates.jsonl"
    file = CandidateFile(path)
    chunks = [
        [Candidate(f"{n}-{i}", "naïve β " * i, (n,), "t", "s") for i in range(n % 3)]
        for n in range(4)
    ]
    ends = [0]
    for chunk in chunks:
        file.append(chunk)
        ends.append(path.stat().st_size)
    cut = data.draw(st.integers(0, ends[-1]))
    path.write_bytes(path.read_bytes()[:cut])
    again = CandidateFile(path)
    assert again.chunks == sum(end <= cut for end in ends[1:])
    for chunk in chunks[again.chunks :]:
        again.append(chunk)
    assert list(CandidateFile(path).read()) == [own for chunk in chunks for own in chunk]
