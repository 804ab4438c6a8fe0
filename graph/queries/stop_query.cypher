// Stop a query of ours that is still running, found by the mark that it was started with.
// params: mark string
// returns: id string, message string
// uses index: none
SHOW TRANSACTIONS YIELD transactionId, metaData WHERE metaData.citemesh = $mark
TERMINATE TRANSACTIONS transactionId YIELD transactionId AS id, message
RETURN id, message
