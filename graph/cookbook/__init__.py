"""Named queries that people run: citemesh graph query. One Cypher file each."""
