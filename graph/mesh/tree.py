"""What follows from MeSH's tree numbers: parents, ancestors, siblings, depth, distance."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

#: Headings that say who was studied rather than what about: NLM's check tags and the commonest
#: species and age groups. Left in, a third of random pairs look related (measured: 33 % of random
#: pairs pass BioHiCL's threshold with them, 1 % without).
CHECK_TAGS = frozenset(
    {
        "Humans", "Animals", "Female", "Male", "Pregnancy", "Rats", "Mice",
        "Infant, Newborn", "Infant", "Child, Preschool", "Child", "Adolescent",
        "Adult", "Middle Aged", "Aged", "Aged, 80 and over",
    }
)  # fmt: skip


def tree_depth(tree_number: str) -> int:
    """Depth of a tree number: ``C08`` is 1, ``C08.127`` is 2."""
    return tree_number.count(".") + 1


def tree_distance(first: str, second: str) -> int | None:
    """Steps between two tree numbers through their nearest common ancestor; None without one."""
    a, b = first.split("."), second.split(".")
    common = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        common += 1
    return len(a) + len(b) - 2 * common if common else None


def derived_class(tree_numbers: tuple[str, ...]) -> int:
    """DescriptorClass of NLM's XML, told from the tree where a source does not say it.

    1 topic, 2 publication type, 3 check tag without a place (Male, Female), 4 geographic.
    """
    if not tree_numbers:
        return 3
    return {"V": 2, "Z": 4}.get(min(tree_numbers)[0], 1)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A MeSH descriptor.

    Args:
        ui: such as ``D003550``; the only stable identifier.
        name: such as ``Cystic Fibrosis``.
        tree_numbers: its places in the tree; more than half of all descriptors have several.
        descriptor_class: 1 topic, 2 publication type, 3 check tag, 4 geographic
            (DescriptorRecord/@DescriptorClass); 0 asks for it to be told from the tree.
    """

    ui: str
    name: str
    tree_numbers: tuple[str, ...]
    descriptor_class: int = 0

    def __post_init__(self) -> None:
        if not self.descriptor_class:
            object.__setattr__(self, "descriptor_class", derived_class(self.tree_numbers))

    @property
    def check_tag(self) -> bool:
        """Whether the heading says who was studied rather than what about."""
        return self.name in CHECK_TAGS

    @property
    def depth(self) -> int:
        """The greatest depth of its tree numbers, 0 without one.

        BioHiCL does not say which depth counts for several tree numbers; maximum, minimum and mean
        differ little (mean SimL of cited pairs .531, .536, .533).
        """
        return max(map(tree_depth, self.tree_numbers), default=0)


@dataclass(frozen=True, slots=True)
class SupplementaryConcept:
    """A supplementary concept record: a chemical, protocol, disease, organism … below a heading.

    Args:
        ui: such as ``C025735``.
        name: such as ``Aeron``.
        scr_class: 1 chemical, 2 protocol, 3 disease, 4 organism, 5 population, 6 anatomy
            (SupplementalRecord/@SCRClass).
        mapped_to: UIs of the descriptors that stand for it in a record, each with whether it is a
            major one (HeadingMappedTo). They need not be in the same MeSH year's descriptors.
    """

    ui: str
    name: str
    scr_class: int
    mapped_to: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class MeshTree:
    """All descriptors of one MeSH year and their places.

    Args:
        year: the MeSH year; tree numbers change between years.
        descriptors: UI to descriptor.
        owner: tree number to the UI of the one descriptor that has it.
        supplementary: supplementary concept records; they have no place in the tree.
    """

    year: int
    descriptors: dict[str, Descriptor]
    owner: dict[str, str]
    supplementary: tuple[SupplementaryConcept, ...] = ()
    _ancestors: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def unknown_mappings(self) -> int:
        """How often a supplementary concept is mapped to a descriptor that is not there."""
        targets = (ui for concept in self.supplementary for ui, _ in concept.mapped_to)
        return sum(ui not in self.descriptors for ui in targets)

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """UI to the UIs of the descriptors right below it by any path, sorted."""
        found: dict[str, set[str]] = {}
        for tree_number, ui in self.owner.items():
            parent = self.parent_of(tree_number)
            if parent is not None and parent != ui:
                found.setdefault(parent, set()).add(ui)
        return {ui: sorted(below) for ui, below in found.items()}

    def parent_of(self, tree_number: str) -> str | None:
        """UI of the descriptor above a tree number; None at the top, where only a category is."""
        above, dot, _ = tree_number.rpartition(".")
        return self.owner[above] if dot else None

    def broader(self, ui: str) -> list[str]:
        """UIs of the descriptors right above one, by any path, sorted."""
        above = {self.parent_of(number) for number in self.descriptors[ui].tree_numbers}
        return sorted(parent for parent in above if parent is not None and parent != ui)

    def ancestors(self, ui: str) -> frozenset[str]:
        """UIs of all descriptors above one of its tree numbers, without itself.

        Tree numbers, not descriptors, form the tree: Eyebrows lies under Eye in the face only, so
        Sense Organs, above Eye's other place, is not above Eyebrows.
        """
        known = self._ancestors.get(ui)
        if known is None:
            above: set[str] = set()
            for tree_number in self.descriptors[ui].tree_numbers:
                parts = tree_number.split(".")
                above.update(self.owner[".".join(parts[:end])] for end in range(1, len(parts)))
            known = self._ancestors[ui] = frozenset(above - {ui})
        return known

    def siblings(self, ui: str) -> list[str]:
        """UIs of the descriptors that share a parent, none of them above or below by another path.

        0.38 % of the pairs that share a parent are ancestor and descendant by another path: taken
        as siblings, a narrower term would stand for an unrelated one.
        """
        beside = {child for parent in self.broader(ui) for child in self.children[parent]} - {ui}
        above = self.ancestors(ui)
        return sorted(s for s in beside if s not in above and ui not in self.ancestors(s))
