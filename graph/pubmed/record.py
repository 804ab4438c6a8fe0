"""Reading one record after another: whole ones stay in the batch, others are counted aloud."""

from __future__ import annotations

from collections import Counter

from citemesh.graph.pubmed.article import ArticleReader
from citemesh.graph.pubmed.batch import Batch
from citemesh.graph.pubmed.headings import HeadingReader
from citemesh.graph.pubmed.ids import parse_pmid
from citemesh.graph.pubmed.references import ReferenceReader
from citemesh.graph.pubmed.walk import Attributes


class RecordReader:
    """The record that is being read, and the batch that its rows go into.

    Args:
        dropped: where what is left out is counted, by reason.
    """

    def __init__(self, dropped: Counter[str]) -> None:
        self.batch = Batch()
        parts = self.batch.parts
        self.article = ArticleReader(self.batch.articles)
        self.headings = HeadingReader(parts["headings"], parts["supplementary"], dropped)
        self.references = ReferenceReader(parts["references"], parts["relations"])
        #: Records, deletions and skipped ones so far.
        self.items = 0
        self._dropped = dropped
        self._in_record = self._damaged = False

    def begin(self, attributes: Attributes) -> None:
        """PubmedArticle."""
        self.article.clear()
        self.headings.clear()
        self.references.clear()
        self._in_record, self._damaged = True, False

    def end(self) -> None:
        """PubmedArticle is whole: keep it or say why not."""
        self._in_record = False
        fault = (
            "record with elements out of place or unknown entities in them"
            if self._damaged
            else self.article.fault()
        )
        if fault:
            self.batch.drop_record()
            self._skip(fault)
            return
        self.items += 1
        self.article.keep(self.references.says_retracted)
        self.batch.keep_record()

    def skip_book(self, attributes: Attributes) -> None:
        """PubmedBookArticle: has no MedlineCitation, hence nothing for the graph."""
        self._skip("book record")

    def begin_deletions(self, attributes: Attributes) -> None:
        """DeleteCitation."""
        self._damaged = False

    def deletion(self, attributes: Attributes, text: str) -> None:
        """PMID of DeleteCitation: its record is to be removed."""
        damaged, self._damaged = self._damaged, False
        if damaged:
            return  # counted as such: digits between elements make no PMID
        pmid = parse_pmid(text)
        if pmid is None:
            self._skip("deletion without a PMID")
        else:
            self.items += 1
            self.batch.deletions.append(pmid)

    def damage(self) -> None:
        """Elements lie or are written as no DTD allows: the record is not to be trusted."""
        self._damaged = True
        if not self._in_record:
            self._skip("element out of place between records")

    def _skip(self, reason: str) -> None:
        self.items += 1
        self._dropped[reason] += 1
