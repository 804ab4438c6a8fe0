"""Deny lists: articles of evaluation sets, to be kept out of training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from citemesh.errors import InputError
from citemesh.graph.pmid_set import PmidSet
from citemesh.graph.pubmed.ids import parse_pmid


def read_deny_list(paths: Sequence[Path]) -> PmidSet:
    """PMIDs of evaluation sets, one a line, to be kept out of training.

    Raises:
        InputError: with the line, for anything that is no PMID.
    """
    denied = PmidSet()
    for path in paths:
        if not path.is_file():
            raise InputError(f"The deny list {path} is not there.", "Make it: citemesh holdout")
        pmids = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            pmid = parse_pmid(line)
            if pmid is None:
                raise InputError(f"{path}, line {number}: {line[:40]!r} is no PMID.")
            pmids.append(pmid)
        denied.add(np.array(pmids, dtype=np.int64))
    return denied
