// Wait until all indexes answer; a fresh import builds them in the background.
// params: none
// returns: nothing
// uses index: none
CALL db.awaitIndexes(600)
