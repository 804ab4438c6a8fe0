// The next articles by PMID with all that a snapshot keeps of them, as one row of long lists.
// Flags: 1 document, 2 record, 4 retracted. What an article is tied to comes as one text, each end
// followed by a space: the driver unpacks value by value, which costs more than reading the graph.
// Headings with qualifiers come again, one a line: UI, a bar, the qualifiers between semicolons.
// params: after integer, limit integer
// returns: pmid list<integer>, year list<integer>, h list<integer>, flags list<integer>, title list<string>, cites list<string>, headings list<string>, major list<string>, qualifiers list<string>, indexing_method list<string>, same_work list<string>
// uses index: article_pmid
MATCH (a:Article)
WHERE a.pmid > $after
WITH a ORDER BY a.pmid LIMIT $limit
WITH collect(a) AS articles
RETURN [a IN articles | a.pmid] AS pmid,
       [a IN articles | coalesce(a.year, 0)] AS year,
       [a IN articles | coalesce(a.h, 0)] AS h,
       [a IN articles | CASE WHEN a:Document THEN 1 ELSE 0 END
                      + CASE WHEN a.file IS NULL THEN 0 ELSE 2 END
                      + CASE WHEN a.retracted THEN 4 ELSE 0 END] AS flags,
       [a IN articles | a.title] AS title,
       [a IN articles | reduce(text = '', end IN COLLECT {
         MATCH (a)-[:CITES]->(b) RETURN b.pmid } | text + end + ' ')] AS cites,
       [a IN articles | reduce(text = '', end IN COLLECT {
         MATCH (a)-[:HAS_MESH]->(d) RETURN d.ui } | text + end + ' ')] AS headings,
       [a IN articles | reduce(text = '', end IN COLLECT {
         MATCH (a)-[h:HAS_MESH]->(d) WHERE h.major RETURN d.ui } | text + end + ' ')] AS major,
       [a IN articles | reduce(text = '', line IN COLLECT {
         MATCH (a)-[h:HAS_MESH]->(d) WHERE size(h.qualifiers) > 0
         RETURN d.ui + '|' + reduce(all = '', one IN h.qualifiers | all + one + ';')
       } | text + line + '\n')] AS qualifiers,
       [a IN articles | a.indexing_method] AS indexing_method,
       [a IN articles | reduce(text = '', end IN COLLECT {
         MATCH (a)-[:SAME_WORK]-(b) RETURN DISTINCT b.pmid } | text + end + ' ')] AS same_work
