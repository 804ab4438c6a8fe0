// Take back the headings and supplementary concepts of older records of these articles.
// params: pmids list<integer>
// returns: nothing
// uses index: article_pmid
UNWIND $pmids AS pmid
MATCH (:Article {pmid: pmid})-[r:HAS_MESH|HAS_MAJOR|HAS_SUPPLEMENTARY]->(concept)
DELETE r
WITH DISTINCT concept WHERE concept.mesh_year IS NULL
SET concept:Unsettled
