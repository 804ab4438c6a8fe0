"""Damage to PubMed XML files, by bytes and by structure, from one source of random choices.

A `random.Random` of a seed makes a benchmark's run repeatable; one of Hypothesis lets a test shrink
what it finds.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from random import Random

from lxml import etree

#: Texts that no PMID, year or UI should be, and some that nearly are.
ODD_TEXTS = (
    "", " ", "0", "-5", "1e5", "12.0", "0000000012", "123456789", "99999999", "9" * 5000, "1 2",
    "\n 42 \t", "42\u00a0", "\u200b42", "\u0664\u0662", "\uff14\uff12", "PMC42", "pmc0042.1",
    "D000001", "D" + "1" * 400, "10.1000/AbC", "https://doi.org/10.1000%252Fx", "%", "]]>&<",
    "doi:10.1000/%00%ff", "1979 Jul-Sep", "\U0010ffff\U0001d518\u0301\u202e", "\u0085\u2028\ufffd",
    "x" * 70_000,
)  # fmt: skip
ATTRIBUTES = (
    "IdType",
    "UI",
    "Version",
    "MajorTopicYN",
    "RefType",
    "Status",
    "Type",
    "Label",
    "xml",
)
ODD_VALUES = (*ODD_TEXTS, "pubmed", "doi", "pmc", "Y", "2", "Cites", "RetractionIn")
#: Byte strings with a meaning to some layer of a reader.
ODD_BYTES = (
    b"\0", b"\x01", b"\x0b", b"\x85", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc0\xaf", b"\xed\xa0\x80",
    b"&", b"&a;", b"&#0;", b"&#49;", b"&#xD800;", b"&#x10FFFF;", b"<", b">", b"</", b"/>", b"<!--",
    b"-->", b"<![CDATA[", b"]]>", b"<?x ", b"?>", b'"', b"<!DOCTYPE a>", b"xmlns='u' ", b"\r\n",
)  # fmt: skip
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_DOCTYPE = (
    b'<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "http://no.such/a.dtd">\n'
)
#: What stands before the root: mostly right, for what comes after it to count.
HEADS = (
    *(_HEAD, _HEAD + _DOCTYPE) * 8, b"", b"\xef\xbb\xbf", b"\n\n",
    b"<!DOCTYPE PubmedArticleSet [<!ELEMENT a ANY><!ATTLIST ArticleId IdType CDATA 'pubmed'>]>",
    b'<?xml version="1.0" encoding="ISO-8859-1"?>\n', b'<?xml version="1.1"?>\n',
    b'<?xml version="1.0" encoding="no-such-encoding"?>\n',
    b'<?xml version="1.0" encoding="GB18030"?>\n', b'<?xml version="1.0" encoding="UTF-16"?>\n',
)  # fmt: skip


def pubmed_sources(folder: Path) -> list[bytes]:
    """The PubMed XML files of a folder, in the order of their names."""
    found = [path.read_bytes() for path in sorted(folder.glob("*.xml"))]
    return [data for data in found if b"<PubmedArticleSet" in data]


def mutate(random: Random, source: bytes) -> bytes:
    """Damage a file in one of the ways of this module, or in several."""
    way = random.randrange(10)
    data = damage_structure(random, source) if way < 6 else source
    if way >= 4:
        data = damage_bytes(random, data)
    return gzip.compress(data, 1) if random.randrange(10) == 0 else data


def damage_bytes(random: Random, data: bytes) -> bytes:
    """Flip, insert, delete, double or cut off some bytes."""
    for _ in range(random.choice((1, 1, 2, 5))):
        start = random.randrange(len(data) + 1)
        end = min(len(data), start + random.choice((1, 2, 8, 60, 400)))
        way = random.randrange(6)
        if way == 0 and start < len(data):
            flipped = bytes([data[start] ^ (1 << random.randrange(8))])
            data = data[:start] + flipped + data[start + 1 :]
        elif way == 1:
            data = data[:start] + random.choice(ODD_BYTES) + data[start:]
        elif way == 2:
            data = data[:start] + data[end:]
        elif way == 3:
            data = data[:end] + data[start:]
        elif way == 4:  # a piece of the file lands elsewhere
            place = random.randrange(len(data) + 1)
            data = data[:place] + data[start:end] + data[place:]
        elif random.randrange(4) == 0:
            data = data[:start]
    return data


def damage_structure(random: Random, source: bytes) -> bytes:
    """Misplace, repeat, empty, rename and fill elements; the result is XML under an odd head."""
    root = etree.fromstring(source, etree.XMLParser(resolve_entities=False))
    for _ in range(random.choice((1, 2, 4, 12))):
        elements = list(root.iter("*"))
        random.choice(_DAMAGES)(random, random.choice(elements), elements)
    return random.choice(HEADS) + etree.tostring(root)  # ASCII with references, in any encoding


Damage = Callable[[Random, etree._Element, list[etree._Element]], None]


def _drop(random: Random, one: etree._Element, others: list[etree._Element]) -> None:
    parent = one.getparent()
    if parent is not None:
        parent.remove(one)


def _repeat(random: Random, one: etree._Element, others: list[etree._Element]) -> None:
    if one.getparent() is not None and len(others) < 2_000:
        for _ in range(random.choice((1, 2, 20))):
            one.addnext(deepcopy(one))


def _move(random: Random, one: etree._Element, others: list[etree._Element]) -> None:
    """Put a copy of it, or itself, anywhere, in front or at the end."""
    place = random.choice(others)
    if len(others) < 2_000:
        copy = deepcopy(one)
        copy.tail = None
        place.insert(random.choice((0, len(place))), copy)
    if random.randrange(2) and place not in set(one.iter()):
        _drop(random, one, others)


def _nest(random: Random, one: etree._Element, others: list[etree._Element]) -> None:
    """An element within its like."""
    if len(others) < 2_000:
        one.insert(random.choice((0, len(one))), deepcopy(one))


def _wrap(random: Random, one: etree._Element, others: list[etree._Element]) -> None:
    parent = one.getparent()
    if parent is not None:
        wrapper = etree.Element(random.choice((one.tag, random.choice(others).tag, "Unknown")))
        parent.replace(one, wrapper)
        wrapper.append(one)


def _deepen(random: Random, one: etree._Element, others: list[etree._Element]) -> None:
    """The same element within itself, hundreds deep."""
    inner = one
    for _ in range(random.choice((10, 200))):
        inner = etree.SubElement(inner, one.tag)
    inner.text = random.choice(ODD_TEXTS)


def _clear(random: Random, one: etree._Element, others: list[etree._Element]) -> None:
    del one[:]
    one.text = None
    one.attrib.clear()


def _retext(random: Random, one: etree._Element, others: list[etree._Element]) -> None:
    one.text = random.choice(ODD_TEXTS)


def _rename(random: Random, one: etree._Element, others: list[etree._Element]) -> None:
    one.tag = random.choice(others).tag


def _attribute(random: Random, one: etree._Element, others: list[etree._Element]) -> None:
    if one.attrib and random.randrange(3) == 0:
        one.attrib.pop(random.choice(sorted(map(str, one.attrib))))
    else:
        names = sorted(map(str, one.attrib)) or list(ATTRIBUTES)
        one.set(random.choice(names), random.choice(ODD_VALUES))


def _interrupt(random: Random, one: etree._Element, others: list[etree._Element]) -> None:
    """A comment, an instruction or an element in the midst of a text."""
    made = random.choice((etree.Comment("7"), etree.PI("p", "7"), etree.Element("sub")))
    made.tail = "7"
    one.insert(0, made)


_DAMAGES: tuple[Damage, ...] = (
    _drop, _repeat, _move, _move, _nest, _wrap, _deepen, _clear, _retext, _retext, _rename,
    _attribute, _attribute, _interrupt,
)  # fmt: skip
