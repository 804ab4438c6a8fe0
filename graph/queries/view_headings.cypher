// The headings of some papers, check tags left out: those of one of them first, then those that
// most of them share, then by name; and how many there are.
// params: ids list<integer>, pmid integer, limit integer
// returns: found integer, headings list<map>
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})-[:HAS_MESH]->(d:Descriptor)
WHERE NOT coalesce(d.check_tag, false)
WITH d, a.pmid AS paper ORDER BY paper
WITH d, collect(paper) AS papers
ORDER BY $pmid IN papers DESC, size(papers) DESC, coalesce(d.name, d.ui), d.ui
WITH collect({ui: d.ui, name: coalesce(d.name, d.ui), papers: papers}) AS ranked
RETURN size(ranked) AS found, ranked[..$limit] AS headings
