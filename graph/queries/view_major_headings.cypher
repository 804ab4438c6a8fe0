// The major headings of some papers: those of one of them first, then those that most of them
// share, then by name; and how many there are.
// params: ids list<integer>, pmid integer, limit integer
// returns: found integer, headings list<map>
// uses index: article_pmid
UNWIND $ids AS id
MATCH (a:Article {pmid: id})-[:HAS_MAJOR]->(d:Descriptor)
WITH d, a.pmid AS paper ORDER BY paper
WITH d, collect(paper) AS papers
ORDER BY $pmid IN papers DESC, size(papers) DESC, coalesce(d.name, d.ui), d.ui
WITH collect({ui: d.ui, name: coalesce(d.name, d.ui), papers: papers}) AS ranked
RETURN size(ranked) AS found, ranked[..$limit] AS headings
