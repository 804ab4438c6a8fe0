"""Reading MeSH descriptors from the compact table, and nothing that is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from citemesh.errors import InputError
from citemesh.graph.mesh_tree import Descriptor, MeshTree
from citemesh.graph.sources import open_source

#: First field of the first line; the second is the MeSH year.
HEADER = "#citemesh-mesh-1"
_WHAT = "a MeSH table (descriptor UI, name, tree numbers joined by a bar)"
_UI = re.compile(r"D\d{6,9}")
_TREE_NUMBER = re.compile(r"[A-Z]\d{2}(\.\d{3})*")


@dataclass(frozen=True)
class _Place:
    """A line of a file, for messages."""

    path: Path
    line: int

    def error(self, message: str) -> InputError:
        return InputError(f"{self.path}, line {self.line}: {message}.", f"It should be {_WHAT}.")


def carried_mesh_table() -> Path:
    """The MeSH 2024 table that the package carries (graph/data/README.md)."""
    return Path(str(resources.files("citemesh.graph.data").joinpath("mesh2024.tsv.gz")))


def read_mesh(path: Path) -> MeshTree:
    """Read a MeSH table, plain or gzipped.

    Raises:
        InputError: with the line, for anything that is not a whole and consistent table: a wrong
            header, a malformed UI or tree number, a tree number twice or without its parent.
    """
    descriptors: dict[str, Descriptor] = {}
    owner: dict[str, str] = {}
    places: dict[str, _Place] = {}
    with open_source(path, _WHAT) as stream:
        year = _read_header(stream.readline().decode(), _Place(path, 1))
        for number, raw in enumerate(stream, start=2):
            place = _Place(path, number)
            descriptor = _read_line(raw.decode(), place)
            if descriptor.ui in descriptors:
                raise place.error(f"descriptor {descriptor.ui} is there twice")
            descriptors[descriptor.ui] = descriptor
            for tree_number in descriptor.tree_numbers:
                if tree_number in owner:
                    raise place.error(
                        f"tree number {tree_number} belongs to {owner[tree_number]} already"
                    )
                owner[tree_number] = descriptor.ui
                places[tree_number] = place
    for tree_number, place in places.items():
        parent, dot, _ = tree_number.rpartition(".")
        if dot and parent not in owner:
            raise place.error(f"tree number {tree_number} is an orphan: {parent} is not there")
    if not descriptors:
        raise InputError(f"{path} holds no descriptor.", f"It should be {_WHAT}.")
    return MeshTree(year=year, descriptors=descriptors, owner=owner)


def _read_header(line: str, place: _Place) -> int:
    fields = line.rstrip("\n").split("\t")
    if fields[0] != HEADER or len(fields) < 2 or not fields[1].isdigit():
        raise place.error(f"the header {HEADER} with a year was expected, found {line[:40]!r}")
    return int(fields[1])


def _read_line(line: str, place: _Place) -> Descriptor:
    fields = line.rstrip("\n").split("\t")
    if len(fields) != 3:
        raise place.error(f"3 tab-separated columns were expected, found {len(fields)}")
    ui, name, numbers = fields
    if not _UI.fullmatch(ui):
        raise place.error(f"{ui[:40]!r} is no descriptor UI")
    if not name:
        raise place.error(f"descriptor {ui} has no name")
    tree_numbers = tuple(filter(None, numbers.split("|")))
    for tree_number in tree_numbers:
        if not _TREE_NUMBER.fullmatch(tree_number):
            raise place.error(f"{tree_number[:40]!r} is no tree number")
    return Descriptor(ui=ui, name=name, tree_numbers=tree_numbers)
