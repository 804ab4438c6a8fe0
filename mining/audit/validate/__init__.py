"""Two proofs of the auditor: planted positives that it must find, and judged sets."""
