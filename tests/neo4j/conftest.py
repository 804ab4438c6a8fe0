"""Both engines on made-up graphs and on the real file, for every test that compares them."""

from typing import Any, cast

import numpy as np
import pytest

from citemesh.graph import server
from citemesh.graph.corpus import Corpus
from citemesh.graph.snapshot.snapshot import open_snapshot
from citemesh.graph.state import open_loaded_graph
from citemesh.mining.array_engine import ArrayEngine
from citemesh.mining.cypher_engine import CypherEngine
from citemesh.workspace import Workspace
from tests.random_pubmed import random_papers, write_pubmed
from tests.support import DATA, run_citemesh

#: PMIDs that no graph here has.
UNKNOWN = [1, 99_999_998]


@pytest.fixture(scope="session")
def papers():
    return random_papers(seed=11, graphs=60, size=14)


@pytest.fixture(scope="session")
def small_engines(tmp_path_factory, papers):
    """Both engines on the made-up graphs."""
    workspace = Workspace(tmp_path_factory.mktemp("random"))
    file = tmp_path_factory.mktemp("xml") / "random.xml"
    write_pubmed(file, papers)
    try:
        mesh = DATA / "small_mesh.tsv"
        done = run_citemesh(workspace.root, "graph", "load", "--mesh", mesh, file)
        assert done.returncode == 0, done.stderr
        with open_loaded_graph(workspace) as client:
            yield CypherEngine(client), ArrayEngine(open_snapshot(workspace, client))
    finally:
        server.stop(workspace)


@pytest.fixture(scope="session")
def model(tmp_path_factory, minilm):
    """MiniLM's own vectors of word pieces, added up: a real space, and quick to encode with."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    minilm_model = cast(Any, SentenceTransformer(str(minilm)))
    words = minilm_model[0].auto_model.embeddings.word_embeddings
    tokenizer = Tokenizer.from_file(str(minilm / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    folder = tmp_path_factory.mktemp("model") / "words"
    module = StaticEmbedding(tokenizer, embedding_weights=words.weight.detach().numpy())
    SentenceTransformer(modules=[module]).save(str(folder))
    return folder


@pytest.fixture(scope="session")
def real_engines(real_workspace):
    with open_loaded_graph(real_workspace) as client:
        yield CypherEngine(client), ArrayEngine(open_snapshot(real_workspace, client))


@pytest.fixture(scope="session")
def real_starts(real_workspace):
    """Documents by their PMIDs, and in no order papers with references and without a text."""
    documents = [
        pmid for part in Corpus(real_workspace.corpus).stream(["pmid"]) for pmid in part["pmid"]
    ]  # fmt: skip
    with open_loaded_graph(real_workspace) as client:
        snapshot = open_snapshot(real_workspace, client)
        citing = snapshot.pmid[np.flatnonzero(np.diff(snapshot.cites.indptr))]
        cited = snapshot.pmid[np.flatnonzero(np.diff(snapshot.cited_by.indptr) > 1)]
    some = np.unique([*documents[::25], *citing.tolist(), *cited[::7].tolist(), *UNKNOWN])
    return np.random.default_rng(3).permutation(some)
