// How many relationships each type has; answered from the count store.
// params: none
// returns: name string, count integer
// uses index: none
MATCH ()-[r:CITES]->() RETURN 'CITES' AS name, count(r) AS count
UNION ALL MATCH ()-[r:HAS_MESH]->() RETURN 'HAS_MESH' AS name, count(r) AS count
UNION ALL MATCH ()-[r:HAS_MAJOR]->() RETURN 'HAS_MAJOR' AS name, count(r) AS count
UNION ALL MATCH ()-[r:SAME_WORK]->() RETURN 'SAME_WORK' AS name, count(r) AS count
UNION ALL MATCH ()-[r:AT]->() RETURN 'AT' AS name, count(r) AS count
UNION ALL MATCH ()-[r:PARENT]->() RETURN 'PARENT' AS name, count(r) AS count
UNION ALL MATCH ()-[r:BROADER]->() RETURN 'BROADER' AS name, count(r) AS count
UNION ALL MATCH ()-[r:SIBLING]->() RETURN 'SIBLING' AS name, count(r) AS count
