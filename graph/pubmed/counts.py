"""What is worth counting in the tables of a PubMed file."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from citemesh.graph.pubmed.headings import CHEMICAL

#: Columns of the table `articles`, and what is counted of them: where they hold something.
_FILLED = {
    "title": "titles",
    "abstract": "abstracts",
    "vernacular_title": "vernacular titles",
    "copyright": "copyright lines",
    "year": "records with a year",
    "indexing_method": "records with an indexing method",
}


def count_tables(tables: dict[str, pa.Table]) -> Counter[str]:
    """Counts of one batch of the tables of `SCHEMAS`; those of several batches can be added."""
    counts = Counter(
        _count_articles(tables["articles"])
        | _count_headings(tables["headings"])
        | _count_references(tables["references"])
    )
    chemicals = _true(pc.equal(tables["supplementary"]["type"], CHEMICAL))
    counts["chemicals"] = chemicals
    counts["supplementary concepts"] = tables["supplementary"].num_rows - chemicals
    counts["relations"] = tables["relations"].num_rows
    for kind in pc.value_counts(tables["relations"]["kind"]).to_pylist():
        counts[f"relations {kind['values']}"] = kind["counts"]
    counts["deletions"] = tables["deletions"].num_rows
    return counts


def _count_articles(articles: pa.Table) -> dict[str, int]:
    filled = {name: _filled(articles[name]) for name in _FILLED}
    return {
        "records": articles.num_rows,
        "documents": _true(pc.and_(filled["title"], filled["abstract"])),
        **{label: _true(filled[name]) for name, label in _FILLED.items()},
        "records without an abstract": articles["abstract"].null_count,
        "other abstracts": len(pc.list_flatten(articles["other_abstracts"])),
        "retracted": _true(articles["retracted"]),
        "versions above one": _true(pc.greater(articles["version"], 1)),
    }


def _count_headings(headings: pa.Table) -> dict[str, int]:
    """Counts; a heading that its descriptor and a qualifier make major counts as by a qualifier."""
    flags = headings["qualifier_major"].combine_chunks()
    of_heading = pc.list_parent_indices(flags).filter(pc.list_flatten(flags))
    return {
        "headings": headings.num_rows,
        "major headings": _true(headings["major"]),
        "major headings by the descriptor": _true(headings["descriptor_major"]),
        "major headings by a qualifier only": _true(
            pc.and_not(headings["major"], headings["descriptor_major"])
        ),
        "major headings by a qualifier": pc.count_distinct(of_heading).as_py(),
        "qualifiers": len(pc.list_flatten(headings["qualifiers"])),
        "major qualifiers": _true(pc.list_flatten(headings["qualifier_major"])),
    }


def _count_references(references: pa.Table) -> dict[str, int]:
    pmid, doi, pmc = (pc.is_valid(references[name]) for name in ("cited_pmid", "doi", "pmc"))
    no_pmid = pc.invert(pmid)
    without = _true(no_pmid)
    any_other = pc.or_(doi, pmc)
    return {
        "references": references.num_rows,
        "references with a PMID": references.num_rows - without,
        "references without a PMID": without,
        "references with a DOI": _true(doi),
        "references with a PMC id": _true(pmc),
        "references with a DOI only": _true(pc.and_(no_pmid, pc.and_not(doi, pmc))),
        "references in words only": _true(pc.and_not(no_pmid, any_other)),
        "references to the record itself": _true(
            pc.fill_null(pc.equal(references["pmid"], references["cited_pmid"]), False)
        ),
    }


def _filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    valid = pc.is_valid(column)
    if not pa.types.is_string(column.type):
        return valid
    return pc.and_(valid, pc.fill_null(pc.not_equal(column, ""), False))


def _true(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(mask).as_py() or 0)
