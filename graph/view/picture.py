"""What a page draws, whatever it is a picture of: circles, the ties between them, and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of circle with what the legend calls it and its colour.

    The colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which can be told
    apart by people who do not see red and green.
    """

    name: str
    colour: str
    radius: int


@dataclass(frozen=True, slots=True)
class Circle:
    """A paper or a heading.

    Args:
        key: what ties call it.
        caption: what stands in it.
        kind: its colour and place in the legend.
        facts: shown when the pointer is on it, and when it is selected; ``title`` is the first.
        place: where it stands, to the right and down; None leaves it to the layout.
    """

    key: str
    caption: str
    kind: Kind
    facts: Mapping[str, str]
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """An arrow between two circles, with what is said when the pointer is on it."""

    key: str
    source: str
    target: str
    caption: str
    colour: str
    title: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a page shows.

    Args:
        title: the page's heading.
        summary: how much is in the picture, in one line without a full stop.
        notes: what it leaves out, and by which rule.
        kinds: in the order of the legend.
        circles, ties: what is drawn. Either all circles have a place or none has.
    """

    title: str
    summary: str
    notes: tuple[str, ...]
    kinds: tuple[Kind, ...]
    circles: tuple[Circle, ...]
    ties: tuple[Tie, ...]

    @property
    def placed(self) -> bool:
        """Whether the picture says where its circles stand."""
        return any(circle.place for circle in self.circles)

    def legend(self) -> Iterator[tuple[Kind, int]]:
        """The kinds of circles in the picture with how many there are of each."""
        counts = Counter(circle.kind for circle in self.circles)
        return ((kind, counts[kind]) for kind in self.kinds if counts[kind])
