"""Where each field stands in PubMed's XML (pubmed_250101.dtd), and the function that reads it."""

from __future__ import annotations

from citemesh.graph.pubmed.article import ArticleReader
from citemesh.graph.pubmed.headings import HeadingReader
from citemesh.graph.pubmed.record import RecordReader
from citemesh.graph.pubmed.references import ReferenceReader
from citemesh.graph.pubmed.walk import Element, inside, plain, text


def plan(reader: RecordReader) -> Element:
    """The whole file."""
    record = [
        _citation(reader.article, reader.headings, reader.references),
        inside("PubmedData", [_reference_list(reader.references)]),
    ]
    return inside("PubmedArticleSet", [
        inside("PubmedArticle", record, begin=reader.begin, end=reader.end),
        inside("PubmedBookArticle", begin=reader.skip_book),
        inside("DeleteCitation", [plain("PMID", reader.deletion)], begin=reader.begin_deletions),
    ])  # fmt: skip


def _citation(
    article: ArticleReader, headings: HeadingReader, references: ReferenceReader
) -> Element:
    return inside("MedlineCitation", [
        plain("PMID", article.pmid),
        _article(article),
        inside("MedlineJournalInfo", [plain("MedlineTA", article.journal)]),
        inside("ChemicalList", [inside("Chemical", [plain("NameOfSubstance", headings.chemical)])]),
        inside("SupplMeshList", [plain("SupplMeshName", headings.supplementary_concept)]),
        inside("CommentsCorrectionsList", [
            inside("CommentsCorrections", [plain("PMID", references.other_pmid)],
                   begin=references.begin_relation, end=references.end_relation),
        ]),
        inside("MeshHeadingList", [
            inside("MeshHeading", [
                plain("DescriptorName", headings.descriptor),
                plain("QualifierName", headings.qualifier),
            ], end=headings.end_heading),
        ]),
        inside("OtherAbstract", [text("AbstractText", article.other_section)],
               begin=article.begin_other_abstract, end=article.end_other_abstract),
    ], begin=article.citation)  # fmt: skip


def _article(article: ArticleReader) -> Element:
    date = [plain("Year", article.year), plain("MedlineDate", article.medline_date)]
    return inside("Article", [
        inside("Journal", [inside("JournalIssue", [inside("PubDate", date)])]),
        text("ArticleTitle", article.title),
        text("VernacularTitle", article.vernacular_title),
        inside("Abstract", [
            text("AbstractText", article.section),
            text("CopyrightInformation", article.copyright),
        ], begin=article.abstract),
        inside("ArticleDate", [plain("Year", article.electronic_year)]),
        plain("Language", article.language),
        inside("PublicationTypeList", [plain("PublicationType", article.publication_type)]),
    ], begin=article.article)  # fmt: skip


def _reference_list(references: ReferenceReader) -> Element:
    """A record may have several lists, and a list may hold lists: (Reference*, ReferenceList*)."""
    reference = inside("Reference", [
        text("Citation", references.citation),
        inside("ArticleIdList", [plain("ArticleId", references.article_id)]),
    ], end=references.end_reference)  # fmt: skip
    reference_list = inside("ReferenceList", [reference])
    reference_list.children["ReferenceList"] = reference_list
    return reference_list
