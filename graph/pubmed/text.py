"""Texts and years of PubMed records, brought to the form that the tables have."""

from __future__ import annotations

import re

#: A section of an abstract: label, NlmCategory, text.
Section = tuple[str | None, str | None, str]
#: Where a section lies: label, NlmCategory, start.
Place = tuple[str | None, str | None, int]
_YEAR = re.compile(r"\b(1[5-9]|20)[0-9]{2}\b")


def one_line(text: str) -> str:
    """Text with each run of white space as one space: the import tool is slow on line breaks."""
    if text.isprintable() and "  " not in text:  # the only white space that is printable: " "
        return text.strip()
    return " ".join(text.split())


def find_year(*sources: str) -> int | None:
    """The first year from 1500 to 2099 in the first source that has one."""
    for source in sources:
        if source and (found := _YEAR.search(source)):
            return int(found.group())
    return None


def join_sections(sections: list[Section]) -> tuple[str, list[Place]]:
    """One text of an abstract's sections, each after its label.

    Returns:
        The text, and where each section starts in it, in characters. An empty section is no part of
        the text; one with a label has a place all the same, where the next begins or the text ends.
    """
    parts: list[str] = []
    places: list[Place] = []
    start = 0
    for label, category, text in sections:
        if text or label is not None:
            places.append((label, category, start))
        if text:
            words = one_line(label) if label else ""
            parts.append(f"{words}: {text}" if words else text)
            start += len(parts[-1]) + 1
    whole = " ".join(parts)
    return whole, [(label, kind, min(start, len(whole))) for label, kind, start in places]
