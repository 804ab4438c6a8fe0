"""The largest PMID, for modules that have not yet turned to `pubmed_ids`."""

from citemesh.graph.pubmed_ids import MAX_PMID

__all__ = ["MAX_PMID"]
