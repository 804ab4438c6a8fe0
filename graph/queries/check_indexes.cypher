// The indexes of the database, and those of its constraints.
// params: none
// returns: name string, state string
// uses index: none
SHOW INDEXES YIELD name, state
RETURN name, state
