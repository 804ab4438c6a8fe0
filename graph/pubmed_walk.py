"""Walking through XML with expat: only the elements of a plan are seen, all else is passed over.

A plan is a tree of `Element`. What is not in it at exactly that place costs next to nothing and
can never be taken for something else: a PMID below CommentsCorrections is not the record's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

Attributes = dict[str, str]
Begin = Callable[[Attributes], None]
End = Callable[[], None]
Read = Callable[[Attributes, str], None]

#: expat hands over a run of text in one piece up to this many bytes.
_TEXT_BUFFER = 1 << 16
#: What expat reads without asking Python's codecs, some of which are no character sets.
_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "iso-8859-1"}
#: A reference to an entity that XML itself does not know (or the beginning of a cut-off one).
_ODD_REFERENCE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);|#)")
_START_TAG = re.compile(rb"""<[^\s>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*""")
#: Where such references are, bytes are fed in pieces this small, for start tags are read twice.
_CAREFUL_BYTES = 1 << 12


@dataclass(slots=True)
class Element:
    """What to do with an element of one name at one place; made by `inside`, `text`, `plain`.

    Args:
        name: of the element.
        children: what to see within it.
        begin: called with the attributes at its start tag.
        end: called at its end tag.
        read: called at its end tag with attributes and text.
    """

    name: str
    children: dict[str, Element] = field(default_factory=dict)
    begin: Begin | None = None
    end: End | None = None
    read: Read | None = None


def inside(
    name: str,
    children: Iterable[Element] = (),
    begin: Begin | None = None,
    end: End | None = None,
) -> Element:
    """An element whose children are read."""
    return Element(name, {child.name: child for child in children}, begin, end)


def text(name: str, read: Read) -> Element:
    """An element of mixed content: inline markup (i, sub, sup, MathML) is kept as its text."""
    return Element(name, _Markup(), read=read)


def plain(name: str, read: Read) -> Element:
    """An element of text only, such as an id; an element within it breaks the record."""
    return Element(name, read=read)


class _Markup(dict[str, Element]):
    """Children of a text element: any element at any depth, of which only the text counts."""

    def get(self, name: str, default: object = None) -> Element:  # type: ignore[override]
        return Element(name, self)


class OtherRootError(Exception):
    """The document's root element is another than the plan's."""


class OtherEncodingError(Exception):
    """The document says that it is in an encoding that expat does not know by itself."""


class EntityDeclaredError(Exception):
    """The document declares an entity; expanding or fetching it could do harm."""


class Walker:
    """An expat parser that calls the plan's functions in document order.

    Args:
        root: the plan.
        damage: called when an element stands where it cannot be read safely.
    """

    __slots__ = (
        "_above",
        "_attributes",
        "_careful",
        "_damage",
        "_here",
        "_odd",
        "_parser",
        "_passed_over",
        "_pieces",
    )

    def __init__(self, root: Element, damage: End) -> None:
        self._here = Element("", {root.name: root})
        self._above: list[Element] = []
        self._damage = damage
        self._pieces: list[str] = []
        self._attributes: Attributes = {}
        self._passed_over = ""
        self._careful = self._odd = False
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.buffer_size = _TEXT_BUFFER
        self._parser.specified_attributes = True  # no defaults that the document itself declares
        self._parser.XmlDeclHandler = self._check_encoding
        self._parser.EntityDeclHandler = self._refuse_entity
        self._parser.SkippedEntityHandler = self._keep_reference
        self._see()

    def feed(self, data: bytes, last: bool = False) -> None:
        """Go on with the next bytes of the document.

        Raises:
            xml.parsers.expat.ExpatError: where it is not well-formed.
            OtherRootError: when the root has another name than the plan's.
            OtherEncodingError: when it is in an encoding that cannot be read.
            EntityDeclaredError: when the document declares entities of its own.
        """
        was_odd, self._odd = self._odd, _ODD_REFERENCE.search(data) is not None
        self._careful = self._odd or was_odd  # a reference may be cut in two
        if not self._passed_over:
            self._see()
        if self._careful:
            for start in range(0, len(data), _CAREFUL_BYTES):
                self._parser.Parse(data[start : start + _CAREFUL_BYTES], False)
            data = b""
        self._parser.Parse(data, last)

    def _see(self) -> None:
        self._parser.StartElementHandler = self._start_carefully if self._careful else self._start
        self._parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: Attributes) -> None:
        child = self._here.children.get(name)
        if child is None:
            self._pass_over(name)
            return
        self._above.append(self._here)
        self._here = child
        if child.read is not None:
            self._attributes = attributes
            self._pieces.clear()
            self._parser.CharacterDataHandler = self._pieces.append
        elif child.begin is not None:
            child.begin(attributes)

    def _start_carefully(self, name: str, attributes: Attributes) -> None:
        """Look at the tag itself: expat leaves unknown entities out of attributes in silence."""
        tag = _START_TAG.match(self._parser.GetInputContext() or b"")
        if tag is None or _ODD_REFERENCE.search(tag.group()):
            self._damage()
        self._start(name, attributes)

    def _end(self, name: str) -> None:
        here = self._here
        if name != here.name:  # the rest of an element that was passed over and held its like
            self._damage()
            return
        self._here = self._above.pop()
        if here.read is not None:
            self._parser.CharacterDataHandler = None
            here.read(self._attributes, "".join(self._pieces))
        elif here.end is not None:
            here.end()

    def _pass_over(self, name: str) -> None:
        """See nothing until the element's end; only end tags are looked at, which is fastest."""
        if not self._above:
            raise OtherRootError(name)
        if self._here.read is not None:
            self._damage()
        self._passed_over = name
        self._parser.StartElementHandler = None
        self._parser.EndElementHandler = self._end_passed_over

    def _end_passed_over(self, name: str) -> None:
        if name == self._passed_over:
            self._passed_over = ""
            self._see()

    def _check_encoding(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise OtherEncodingError(encoding)

    def _refuse_entity(self, name: str, *_: object) -> None:
        raise EntityDeclaredError(name)

    def _keep_reference(self, name: str, is_parameter: bool) -> None:
        """An entity that only the DTD, which is never fetched, could know: kept as written."""
        if not is_parameter:
            self._pieces.append(f"&{name};")
