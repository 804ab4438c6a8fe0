"""What a file says about descriptors, held against the rules of MeSH whatever the file's form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from citemesh.errors import InputError
from citemesh.graph.mesh.place import Place
from citemesh.graph.mesh.tree import Descriptor

_UI = re.compile(r"D\d{6,9}", re.ASCII)
_TREE_NUMBER = re.compile(r"[A-Z]\d{2}(\.\d{3})*", re.ASCII)
_CLASSES = ("", "1", "2", "3", "4")
#: First letters of other UIs in MeSH, to say what was given instead.
_OTHER_RECORDS = {"Q": "a qualifier", "C": "a supplementary concept", "M": "a concept"}


@dataclass(frozen=True, slots=True)
class RawDescriptor:
    """A descriptor as a file has it, not yet looked at.

    Args:
        ui: its UI.
        name: its name.
        tree_numbers: its tree numbers, each with its line.
        line: the line where it begins.
        descriptor_class: as the file says it; empty where it does not.
    """

    ui: str
    name: str
    tree_numbers: Sequence[tuple[str, int]]
    line: int
    descriptor_class: str = ""


@dataclass(frozen=True, slots=True)
class DescriptorSet:
    """The descriptors of a file, whole and consistent.

    Args:
        path: the file.
        descriptors: UI to descriptor, sorted by UI whatever the order of the file.
        owner: tree number to UI.
        lines: tree number to its line.
    """

    path: Path
    descriptors: dict[str, Descriptor]
    owner: dict[str, str]
    lines: dict[str, int]

    def place(self, tree_number: str) -> Place:
        """Where a tree number stands."""
        return Place(self.path, self.lines[tree_number])


def collect_descriptors(path: Path, found: Iterable[RawDescriptor]) -> DescriptorSet:
    """Check descriptors one by one and as a tree.

    Raises:
        InputError: with the line, for a malformed UI, class or tree number, a descriptor without a
            name, a UI or tree number that is there twice, a tree number without the one above it;
            for a file without descriptors.
    """
    descriptors: dict[str, Descriptor] = {}
    owner: dict[str, str] = {}
    lines: dict[str, int] = {}
    for raw in found:
        for number, line in raw.tree_numbers:
            if not _TREE_NUMBER.fullmatch(number):
                raise Place(path, line).error(f"{number[:40]!r} is no tree number (such as C08)")
        descriptor = _checked(raw, Place(path, raw.line))
        if descriptor.ui in descriptors:
            raise Place(path, raw.line).error(f"descriptor {descriptor.ui} is there twice")
        descriptors[descriptor.ui] = descriptor
        for number, line in raw.tree_numbers:
            if number in owner:
                message = f"tree number {number} belongs to {owner[number]} already"
                raise Place(path, line).error(message)
            owner[number] = descriptor.ui
            lines[number] = line
    if not descriptors:
        raise InputError(f"{path} holds no descriptor.", "Download it again.")
    _check_parents(path, lines)
    return DescriptorSet(path, dict(sorted(descriptors.items())), owner, lines)


def _checked(raw: RawDescriptor, place: Place) -> Descriptor:
    if not _UI.fullmatch(raw.ui):
        kind = _OTHER_RECORDS.get(raw.ui[:1]) if raw.ui[1:].isdecimal() else None
        meant = f"the UI of {kind}, not of a descriptor" if kind else "no descriptor UI"
        raise place.error(f"{raw.ui[:40]!r} is {meant} (such as D003550)")
    name = " ".join(raw.name.split())
    if not name:
        raise place.error(f"descriptor {raw.ui} has no name")
    if raw.descriptor_class not in _CLASSES:
        raise place.error(f"descriptor class {raw.descriptor_class[:40]!r} is none of 1 to 4")
    # Sorted: the same descriptor must come out of every form.
    numbers = tuple(sorted(number for number, _ in raw.tree_numbers))
    return Descriptor(raw.ui, name, numbers, int(raw.descriptor_class or 0))


def _check_parents(path: Path, lines: dict[str, int]) -> None:
    for number, line in lines.items():
        above, dot, _ = number.rpartition(".")
        if dot and above not in lines:
            raise Place(path, line).error(
                f"tree number {number} is an orphan: {above} is not there",
                "The file is not whole: download it again.",
            )
