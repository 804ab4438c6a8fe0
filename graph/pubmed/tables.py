"""The tables that a PubMed file is parsed into (docs/data-model.md)."""

from __future__ import annotations

import pyarrow as pa

_STRINGS = pa.list_(pa.string())
_SECTION = pa.struct([("label", pa.string()), ("category", pa.string()), ("start", pa.int32())])
_OTHER_ABSTRACT = pa.struct(
    [("type", pa.string()), ("language", pa.string()), ("text", pa.string())]
)
#: Every part carries the record it belongs to: `record` is its position in the file, from 0, which
#: tells two versions of a PMID apart (graph/load/current_records.py reads by it).
RECORD_KEY = [("record", pa.int32()), ("pmid", pa.int64()), ("version", pa.int32())]
#: Tables whose rows belong to a record.
PARTS = ("headings", "references", "relations", "supplementary")
SCHEMAS = {
    "articles": pa.schema(
        [
            ("pmid", pa.int64()), ("version", pa.int32()), ("title", pa.string()),
            ("abstract", pa.string()), ("year", pa.int32()), ("journal", pa.string()),
            ("status", pa.string()), ("indexing_method", pa.string()), ("languages", _STRINGS),
            ("publication_types", _STRINGS), ("retracted", pa.bool_()),
            ("vernacular_title", pa.string()), ("sections", pa.list_(_SECTION)),
            ("copyright", pa.string()), ("other_abstracts", pa.list_(_OTHER_ABSTRACT)),
        ]
    ),
    "headings": pa.schema(
        [
            *RECORD_KEY, ("ui", pa.string()), ("name", pa.string()), ("major", pa.bool_()),
            ("descriptor_major", pa.bool_()), ("qualifiers", _STRINGS),
            ("qualifier_major", pa.list_(pa.bool_())),
        ]
    ),
    "references": pa.schema(
        [
            *RECORD_KEY, ("position", pa.int32()), ("cited_pmid", pa.int64()),
            ("doi", pa.string()), ("pmc", pa.string()), ("citation", pa.string()),
        ]
    ),
    "relations": pa.schema([*RECORD_KEY, ("kind", pa.string()), ("other_pmid", pa.int64())]),
    "supplementary": pa.schema(
        [*RECORD_KEY, ("ui", pa.string()), ("name", pa.string()), ("type", pa.string())]
    ),
    "deletions": pa.schema([("pmid", pa.int64())]),
}  # fmt: skip
