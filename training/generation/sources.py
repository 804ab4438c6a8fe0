"""Where queries come from: titles, models, and users' files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from citemesh.graph.corpus import Corpus, Document
from citemesh.graph.pmid_set import Pmids, PmidSet
from citemesh.mining.anchors import plain_title
from citemesh.mining.anchors.queries import read_positives
from citemesh.mining.anchors.query_file import QueryFile
from citemesh.training.generation.candidates import Candidate
from citemesh.training.generation.cleaning import clean
from citemesh.training.generation.generator import Generator
from citemesh.training.generation.prompts import INSTRUCTIONS
from citemesh.training.generation.query_types import QueryType


def document_chunks(corpus: Corpus, chosen: PmidSet, size: int) -> Iterator[list[Document]]:
    """The chosen documents in the order of the corpus, `size` at a time."""
    chunk: list[Document] = []
    for documents in corpus.stream(["pmid", "title", "abstract"]):
        wanted = documents[chosen.contains(documents["pmid"].to_numpy())]
        for pmid, title, abstract in wanted.itertuples(index=False, name=None):
            chunk.append(Document(int(pmid), title, abstract))
            if len(chunk) == size:
                yield chunk
                chunk = []
    if chunk:
        yield chunk


def title_queries(type_: QueryType, documents: Sequence[Document]) -> Iterator[Candidate]:
    """Each document's title, as it stands."""
    for document in documents:
        title = " ".join(plain_title(document.title).split())
        dropped = None if title else "empty"
        yield _own_query(type_, document, 1, title, "PubMed", dropped)


@dataclass(frozen=True)
class ModelQueries:
    """Queries that a model writes for documents.

    Args:
        type: of the queries.
        generator: the model.
        per_document: how many for each document.
        seed: of the run; each text has its own, from this, the type and the document.
    """

    type: QueryType
    generator: Generator
    per_document: int
    seed: int

    def of(self, documents: Sequence[Document]) -> Iterator[Candidate]:
        """What the model writes, cleaned; what is no query is given with the reason."""
        instruction = INSTRUCTIONS.get(self.type.kind)
        with_title = instruction is not None and instruction.sees_title
        asked_for = "" if instruction is None else instruction.text
        asked = [(d, number) for d in documents for number in range(1, self.per_document + 1)]
        outputs = self.generator.generate(
            [f"{d.title}\n{d.abstract}" if with_title else d.abstract for d, _ in asked],
            instruction,
            [seed_of(self.seed, self.type.slug, d.pmid, number) for d, number in asked],
        )
        for (document, number), output in zip(asked, outputs, strict=True):
            text, dropped = clean(output.text, output.finished, document.abstract, asked_for)
            yield _own_query(self.type, document, number, text, self.generator.source, dropped)


@dataclass(frozen=True)
class FileQueries:
    """A user's own queries, as they stand.

    Args:
        type: of the queries; its name is the path.
        file: their reader.
        corpus: the documents.
        deny: PMIDs that get no query.
    """

    type: QueryType
    file: QueryFile
    corpus: Corpus
    deny: PmidSet

    def chunks(self, size: int) -> Iterator[list[Candidate]]:
        """All queries of the file, `size` at a time.

        A query with one text under several ids has the positives of all, as in ``citemesh mine``.

        Raises:
            InputError: with file and line, for a fault of the file.
        """
        known, settled = read_positives(self.file), self.corpus.settled()
        source = Path(self.type.name).name
        chunk: list[Candidate] = []
        for row, (_, query_id, text) in enumerate(self.file.queries()):
            if not known.first[row]:
                continue
            named: Pmids = known.pmids.row(int(known.group[row])).astype(np.int64)
            positives = named[~self.deny.contains(named)]
            dropped = None
            if not settled.document_owners(positives).any():
                dropped = "denied" if len(positives) < len(named) else "no text"
            own = f"{self.type.slug}-{query_id}"
            pmids = tuple((positives if len(positives) else named).tolist())
            chunk.append(Candidate(own, text, pmids, self.type.name, source, dropped))
            if len(chunk) == size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


def _own_query(
    type_: QueryType, document: Document, number: int, text: str, source: str, dropped: str | None
) -> Candidate:
    query_id = f"{type_.slug}-{document.pmid}-{number}"
    return Candidate(query_id, text, (document.pmid,), type_.name, source, dropped)


def seed_of(seed: int, *words: object) -> int:
    """A seed of 63 bits from a run's seed and whatever tells one text from another."""
    text = "\0".join(map(str, (seed, *words)))
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1
