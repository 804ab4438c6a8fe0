// Answers when the server is up, the login is right and the database is there.
// params: none
// returns: answer integer
// uses index: none
RETURN 1 AS answer
