"""Making a query of what a model wrote, or saying why it is none."""

from __future__ import annotations

import re
import unicodedata

#: Fewer letters and digits say nothing that could be searched for.
_MIN_CHARACTERS = 3
#: More words are an answer, not a query: 64 tokens, BiCA's longest, are about 45 English words.
_MAX_WORDS = 50
#: So many words in a row are no query any more when the abstract has just these.
_COPIED_WORDS = 12
#: So many words in a row that stand in the instruction are the instruction.
_ECHOED_WORDS = 6
#: As much of a dropped output as is kept to look at.
_SHOWN = 300

_LIST_MARK = re.compile(r"(?:[-*•]|\(?\d{1,2}[.)])\s+")
_LABEL = re.compile(
    r"[*_]{0,3}(?:(?:search|one|short|possible|scientific|research|the|my|your|a)\s+)*"
    r"(?:quer(?:y|ies)|questions?|claims?|titles?|keywords?|search terms|answer)"
    r"\s*(?:\d{1,2}\s*)?[*_]{0,3}:[*_]{0,3}\s*",
    re.IGNORECASE,
)
_QUOTES = {'"': '"', "'": "'", "“": "”", "\u2018": "\u2019", "«": "»", "`": "`"}
_EMPHASIS = re.compile(r"^(\*{1,3}|_{1,3})(?=\S)(.*\S)\1$")
_WORD = re.compile(r"\w+")


def clean(
    output: str, finished: bool, abstract: str, instruction: str = ""
) -> tuple[str, str | None]:
    """Take the query out of a model's output.

    It is the first line that is no heading (a heading ends in a colon), without list marks, labels
    such as ``Query:``, quotation marks and Markdown around it.

    Args:
        output: what the model wrote.
        finished: whether the model ended by itself, not at the greatest length.
        abstract: what it had read.
        instruction: what it was asked for.

    Returns:
        The query and None; or what there was and the reason why it is no query: ``empty``,
        ``unfinished``, ``too short``, ``too long``, ``copied`` or ``echoed``.
    """
    lines = [line for line in (_one_line(raw) for raw in output.splitlines()) if line]
    bodies = [(number, line) for number, line in enumerate(lines) if not line.endswith(":")]
    number, line = bodies[0] if bodies else (0, "")
    query = _bare(line)
    reason = _objection(query, abstract, instruction)
    if reason is None and not finished and number == len(lines) - 1:
        reason = "unfinished"
    return (query, None) if reason is None else (_one_line(output)[:_SHOWN], reason)


def normalised(text: str) -> str:
    """A text as it is compared: forms of characters, capitals, white space and end marks aside."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(plain.split()).rstrip(" .?!")


def _objection(query: str, abstract: str, instruction: str) -> str | None:
    if not query:
        return "empty"
    if sum(character.isalnum() for character in query) < _MIN_CHARACTERS:
        return "too short"
    words = _words(query)
    # Before the length: a whole abstract is called what it is.
    if _is_copied(words, _words(abstract)):
        return "copied"
    if _echoes(words, _words(instruction)):
        return "echoed"
    return "too long" if len(words) > _MAX_WORDS else None


def _is_copied(query: list[str], abstract: list[str]) -> bool:
    """Whether a query is the abstract, or many words of it as they stand there."""
    if query == abstract:
        return True
    return len(query) >= _COPIED_WORDS and f" {' '.join(query)} " in f" {' '.join(abstract)} "


def _echoes(query: list[str], instruction: list[str]) -> bool:
    """Whether many words in a row of the instruction stand in the query."""
    asked = f" {' '.join(instruction)} "
    runs = (query[i : i + _ECHOED_WORDS] for i in range(len(query) - _ECHOED_WORDS + 1))
    return any(f" {' '.join(run)} " in asked for run in runs)


def _words(text: str) -> list[str]:
    return _WORD.findall(normalised(text))


def _one_line(text: str) -> str:
    # Control characters, and what is left of a character that was cut in the middle.
    shown = (" " if unicodedata.category(c) in ("Cc", "Cs") or c == "\ufffd" else c for c in text)
    return " ".join("".join(shown).split())


def _bare(line: str) -> str:
    while True:
        stripped = _stripped(line)
        if stripped == line:
            return line
        line = stripped


def _stripped(line: str) -> str:
    """A line without its outermost decoration; marks that come again inside it belong to it."""
    if (match := _EMPHASIS.match(line)) and match[1] not in match[2]:
        return match[2].strip()
    if len(line) > 1 and _QUOTES.get(line[0]) == line[-1] and line[-1] not in line[1:-1]:
        return line[1:-1].strip()
    for mark in (_LIST_MARK, _LABEL):
        if match := mark.match(line):
            return line[match.end() :].strip()
    return line
