"""A line of anybody's training file: a query with PMIDs of positives and negatives.

The names are those that trainers and miners write: our own exports (docs/exports.md), Tevatron's
two forms, FlagEmbedding's with ids beside texts, ``msmarco-hard-negatives``, DPR's contexts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from citemesh.graph.pubmed.ids import parse_pmid
from citemesh.mining.anchors.queries import text_key
from citemesh.mining.anchors.query_file import Place, checked_id, checked_text

#: The strategy of negatives of which a file does not say who found them.
GIVEN = "given"
_QUERY_IDS = ("query_id", "qid", "query-id")
_QUERIES = ("query", "query_text", "question", "anchor")
# Fields of ids come first: others may stand beside them with the texts.
_POSITIVES = (
    "positive_pmids", "positive_ids", "positive_document_ids", "positive_pmid", "positive_id",
    "pos_ids", "pos_id", "positives", "positive_passages", "positive_ctxs", "positive", "pos",
)  # fmt: skip
_NEGATIVES = (
    "negative_pmids", "negative_ids", "negative_document_ids", "negative_pmid", "negative_id",
    "neg_ids", "neg_id", "negatives", "negative_passages", "hard_negative_ctxs", "negative_ctxs",
    "negative", "neg",
)  # fmt: skip
_ENTRY_IDS = ("pmid", "docid", "_id", "id", "passage_id", "document_id", "doc_id")
#: What may be meant as an id; all else is a text.
_ID = re.compile(r"\S{1,40}")


@dataclass(frozen=True, slots=True)
class Triples:
    """What a line says.

    Args:
        place: the line.
        query_id: a name for the query.
        query: its text.
        anchor_pmid: the article that the query comes from; None for a query of its own.
        positives: PMIDs; they may be read once, and only then are looked at.
        negatives: strategy and PMID of each; so are these.
    """

    place: Place
    query_id: str
    query: str
    anchor_pmid: int | None
    positives: Iterable[int]
    negatives: Iterable[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class TripleForm:
    """The names of a file's fields.

    Args:
        query_id: None where queries have no ids; equal texts are then one query.
        query: of the query's text.
        positives: of the positives' ids.
        negatives: of the negatives' ids.
    """

    query_id: str | None
    query: str
    positives: str
    negatives: str

    @classmethod
    def of(cls, place: Place, row: Mapping[str, Any]) -> TripleForm:
        """The form of a file by its first line.

        Raises:
            InputError: for a line without a query, positives or negatives.
        """
        return cls(
            next((name for name in _QUERY_IDS if name in row), None),
            _name(place, row, _QUERIES, "text of the query", ("query",)),
            _name(place, row, _POSITIVES, "positives", ("positives", "pos")),
            _name(place, row, _NEGATIVES, "negatives", ("negatives", "neg")),
        )

    def read(self, place: Place, row: Mapping[str, Any]) -> Triples:
        """A line of the file.

        Raises:
            InputError: with the line, for a field that is missing or an id that is none; for one
                of a passage, when that is read.
        """
        query = checked_text(place, row.get(self.query))
        if self.query_id is None:
            query_id = f"text-{text_key(query.casefold()) & 0xFFFFFFFFFFFFFFFF:016x}"
        else:
            query_id = checked_id(place, row.get(self.query_id))
        own = row.get("anchor_pmid")
        return Triples(
            place, query_id, query,
            None if own is None else entry_pmid(place, own, "anchor"),
            (pmid for _, pmid in entries(place, row, self.positives)),
            entries(place, row, self.negatives),
        )  # fmt: skip


def _name(
    place: Place, row: Mapping[str, Any], names: tuple[str, ...], what: str, usual: tuple[str, ...]
) -> str:
    for name in names:
        if name in row:
            return name
    fields = ", ".join(list(row)[:10]) or "none"
    raise place.fault(
        f"no field holds the {what}; there are: {fields}.",
        f"A usual name is {' or '.join(usual)}; docs/audit.md lists the forms.",
    )


def entries(place: Place, row: Mapping[str, Any], name: str) -> Iterator[tuple[str, int]]:
    """Strategy and PMID of all that a field holds: an entry, a list of them, or lists by system.

    Raises:
        InputError: with the line.
    """
    value = row.get(name)
    if value is None:
        raise place.fault(f"there is no {name!r}, which the lines before have.")
    if isinstance(value, dict) and all(isinstance(own, list) for own in value.values()):
        for system, own in value.items():
            for entry in own:
                yield system, entry_pmid(place, entry, name)
        return
    for entry in value if isinstance(value, list) else [value]:
        found_by = entry.get("strategy") if isinstance(entry, dict) else None
        yield str(found_by or GIVEN), entry_pmid(place, entry, name)


def entry_pmid(place: Place, entry: object, name: str) -> int:
    """The PMID of a passage: an id, or an object with one.

    Raises:
        InputError: with the line; it says so when there is a text in place of an id.
    """
    given = entry
    if isinstance(entry, dict):
        given = next((entry[key] for key in _ENTRY_IDS if key in entry), None)
    # Not `isinstance`: a bool is an int.
    number = parse_pmid(str(given)) if type(given) in (int, str) else None
    if number is not None:
        return number
    if given is None or (isinstance(given, str) and not _ID.fullmatch(given)):
        raise place.fault(
            f"{name!r} holds texts without ids.",
            "Positives and negatives need PMIDs: as ids in place of the texts, or in objects with "
            '"pmid" or "docid".',
        )
    raise place.fault(f"{str(given)[:40]!r} in {name!r} is no PMID.")
