// How many relationships of each type there are, and how many start and end at the label that the
// model gives them; answered from the count store.
// params: none
// returns: type string, part string, count integer
// uses index: none
MATCH ()-[r:CITES]->() WITH count(r) AS count RETURN 'CITES' AS type, 'all' AS part, count
UNION ALL MATCH (:Article)-[r:CITES]->() WITH count(r) AS count RETURN 'CITES' AS type, 'starts' AS part, count
UNION ALL MATCH ()-[r:CITES]->(:Article) WITH count(r) AS count RETURN 'CITES' AS type, 'ends' AS part, count
UNION ALL MATCH ()-[r:HAS_MESH]->() WITH count(r) AS count RETURN 'HAS_MESH' AS type, 'all' AS part, count
UNION ALL MATCH (:Article)-[r:HAS_MESH]->() WITH count(r) AS count RETURN 'HAS_MESH' AS type, 'starts' AS part, count
UNION ALL MATCH ()-[r:HAS_MESH]->(:Descriptor) WITH count(r) AS count RETURN 'HAS_MESH' AS type, 'ends' AS part, count
UNION ALL MATCH ()-[r:HAS_MAJOR]->() WITH count(r) AS count RETURN 'HAS_MAJOR' AS type, 'all' AS part, count
UNION ALL MATCH (:Article)-[r:HAS_MAJOR]->() WITH count(r) AS count RETURN 'HAS_MAJOR' AS type, 'starts' AS part, count
UNION ALL MATCH ()-[r:HAS_MAJOR]->(:Descriptor) WITH count(r) AS count RETURN 'HAS_MAJOR' AS type, 'ends' AS part, count
UNION ALL MATCH ()-[r:HAS_SUPPLEMENTARY]->() WITH count(r) AS count RETURN 'HAS_SUPPLEMENTARY' AS type, 'all' AS part, count
UNION ALL MATCH (:Article)-[r:HAS_SUPPLEMENTARY]->() WITH count(r) AS count RETURN 'HAS_SUPPLEMENTARY' AS type, 'starts' AS part, count
UNION ALL MATCH ()-[r:HAS_SUPPLEMENTARY]->(:Supplementary) WITH count(r) AS count RETURN 'HAS_SUPPLEMENTARY' AS type, 'ends' AS part, count
UNION ALL MATCH ()-[r:MAPPED_TO]->() WITH count(r) AS count RETURN 'MAPPED_TO' AS type, 'all' AS part, count
UNION ALL MATCH (:Supplementary)-[r:MAPPED_TO]->() WITH count(r) AS count RETURN 'MAPPED_TO' AS type, 'starts' AS part, count
UNION ALL MATCH ()-[r:MAPPED_TO]->(:Descriptor) WITH count(r) AS count RETURN 'MAPPED_TO' AS type, 'ends' AS part, count
UNION ALL MATCH ()-[r:SAME_WORK]->() WITH count(r) AS count RETURN 'SAME_WORK' AS type, 'all' AS part, count
UNION ALL MATCH (:Article)-[r:SAME_WORK]->() WITH count(r) AS count RETURN 'SAME_WORK' AS type, 'starts' AS part, count
UNION ALL MATCH ()-[r:SAME_WORK]->(:Article) WITH count(r) AS count RETURN 'SAME_WORK' AS type, 'ends' AS part, count
UNION ALL MATCH ()-[r:AT]->() WITH count(r) AS count RETURN 'AT' AS type, 'all' AS part, count
UNION ALL MATCH (:Descriptor)-[r:AT]->() WITH count(r) AS count RETURN 'AT' AS type, 'starts' AS part, count
UNION ALL MATCH ()-[r:AT]->(:TreeNumber) WITH count(r) AS count RETURN 'AT' AS type, 'ends' AS part, count
UNION ALL MATCH ()-[r:PARENT]->() WITH count(r) AS count RETURN 'PARENT' AS type, 'all' AS part, count
UNION ALL MATCH (:TreeNumber)-[r:PARENT]->() WITH count(r) AS count RETURN 'PARENT' AS type, 'starts' AS part, count
UNION ALL MATCH ()-[r:PARENT]->(:TreeNumber) WITH count(r) AS count RETURN 'PARENT' AS type, 'ends' AS part, count
UNION ALL MATCH ()-[r:BROADER]->() WITH count(r) AS count RETURN 'BROADER' AS type, 'all' AS part, count
UNION ALL MATCH (:Descriptor)-[r:BROADER]->() WITH count(r) AS count RETURN 'BROADER' AS type, 'starts' AS part, count
UNION ALL MATCH ()-[r:BROADER]->(:Descriptor) WITH count(r) AS count RETURN 'BROADER' AS type, 'ends' AS part, count
UNION ALL MATCH ()-[r:SIBLING]->() WITH count(r) AS count RETURN 'SIBLING' AS type, 'all' AS part, count
UNION ALL MATCH (:Descriptor)-[r:SIBLING]->() WITH count(r) AS count RETURN 'SIBLING' AS type, 'starts' AS part, count
UNION ALL MATCH ()-[r:SIBLING]->(:Descriptor) WITH count(r) AS count RETURN 'SIBLING' AS type, 'ends' AS part, count
