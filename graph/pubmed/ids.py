"""Ids as PubMed's records write them, brought to one form, or None where they are malformed."""

from __future__ import annotations

import re
from urllib.parse import unquote

#: PubMed ids have one to eight digits (NLM, MEDLINE/PubMed data element PMID).
MAX_PMID = 99_999_999
#: Far above any real PMID/@Version; what lies beyond is damage.
MAX_VERSION = 9_999
#: DOI handbook 2.2: directory indicator 10, registrant code, slash, any printable suffix.
_DOI = re.compile(r"10\.[0-9]{4,9}(\.[0-9]+)*/[^\s\x00-\x1f\x7f-\x9f\ufffd]+")
_DOI_PREFIX = re.compile(r"(https?://)?((dx\.|www\.)?doi\.org/)?(doi:?\s*(?=10\.))?")
_PMC = re.compile(r"(?:PMC)?0*([1-9][0-9]{0,9})(?:\.[0-9]+)?", re.IGNORECASE | re.ASCII)
#: Times that a DOI may have been %-escaped over again: ``%252F`` is a slash twice escaped.
_UNQUOTE_ROUNDS = 3


def parse_pmid(text: str | None) -> int | None:
    """A PMID of one to eight digits, or None for anything else."""
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdecimal()):
        return None
    value = int(digits) if len(digits) <= 12 else 0
    return value if 0 < value <= MAX_PMID else None


def parse_version(text: str | None) -> int | None:
    """PMID/@Version from 1 to `MAX_VERSION`, 1 where the attribute is absent, None for the rest."""
    if text is None or text == "1":
        return 1
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 12):
        return None
    return int(digits) if 1 <= int(digits) <= MAX_VERSION else None


def normal_doi(text: str) -> str | None:
    """A DOI in lower case, without resolver, ``doi:`` or %-escapes; None for a malformed one.

    DOIs are compared without regard to case (DOI handbook 2.4).
    """
    doi = text.strip().lower()
    if not doi.startswith("10.") or "%" in doi:
        for _ in range(_UNQUOTE_ROUNDS):
            doi = unquote(doi, errors="replace")
        doi = doi.strip().lower()
        doi = doi[_DOI_PREFIX.match(doi).end() :]  # type: ignore[union-attr]  # matches "" too
    return doi if _DOI.fullmatch(doi) else None


def normal_pmc(text: str) -> str | None:
    """``PMC`` and digits, whether or not the prefix was written; None for a malformed id."""
    found = _PMC.fullmatch(text.strip())
    return f"PMC{found.group(1)}" if found else None
