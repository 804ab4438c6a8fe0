"""Reading MeSH in every form that NLM gives it, and nothing that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from citemesh.errors import InputError
from citemesh.graph.mesh.ascii import check_trees, read_ascii
from citemesh.graph.mesh.descriptors import DescriptorSet, collect_descriptors
from citemesh.graph.mesh.form import MeshForm, form_of
from citemesh.graph.mesh.table import HEADER, read_table
from citemesh.graph.mesh.tree import MeshTree, SupplementaryConcept
from citemesh.graph.mesh.xml import MeshXml
from citemesh.graph.mesh.year import YearClaim, settle_year, year_in_name
from citemesh.progress import say

__all__ = ["HEADER", "carried_mesh_table", "read_mesh"]

_WITH_DESCRIPTORS = (MeshForm.TABLE, MeshForm.DESCRIPTOR_XML, MeshForm.RECORDS)


def carried_mesh_table() -> Path:
    """The MeSH 2024 table that the package carries (graph/data/README.md)."""
    return Path(str(resources.files("citemesh.graph.data").joinpath("mesh2024.tsv.gz")))


def read_mesh(paths: Path | Sequence[Path], year: int | None = None) -> MeshTree:
    """Read MeSH from its files, plain or gzipped, in any order; each is known by its content.

    Args:
        paths: one file with descriptors (descriptor XML, ``d*.bin`` or the compact table), and
            beside it any number of supplementary XML and ``mtrees*.bin`` files of the same year.
        year: the MeSH year, for files that neither say it nor are named after it.

    Raises:
        InputError: with the line where there is one, for anything that is not whole and
            consistent; for years that disagree or are not told; for no or two descriptor files.
    """
    files = [paths] if isinstance(paths, Path) else list(paths)
    forms = [(path, form_of(path)) for path in files]
    source, form = _descriptor_file(forms)
    claims = [YearClaim(year, "what was asked for")] if year is not None else []
    claims += [claim for path in files if (claim := year_in_name(path)) is not None]
    hints: list[YearClaim] = []
    known = _read_descriptors(source, form, claims, hints)
    for path in _of(forms, MeshForm.TREES):
        check_trees(path, known)
    concepts = _read_concepts(_of(forms, MeshForm.SUPPLEMENTARY_XML), claims, hints)
    settled = settle_year(claims, hints, source)
    mesh = MeshTree(settled, known.descriptors, known.owner, concepts)
    unknown = mesh.unknown_mappings
    if unknown:
        say(
            f"MeSH {mesh.year}: left out {unknown:,} of the supplementary concepts' mappings, to "
            "descriptors that are not there."
        )
    return mesh


def _of(forms: Sequence[tuple[Path, MeshForm]], wanted: MeshForm) -> list[Path]:
    return [path for path, form in forms if form is wanted]


def _descriptor_file(forms: Sequence[tuple[Path, MeshForm]]) -> tuple[Path, MeshForm]:
    found = [(path, form) for path, form in forms if form in _WITH_DESCRIPTORS]
    if len(found) > 1:
        listed = ", ".join(f"{path} ({form.value})" for path, form in found)
        raise InputError(
            f"One file with MeSH descriptors was expected, found {len(found)}: {listed}.",
            "Give the one to load.",
        )
    if found:
        return found[0]
    if not forms:
        raise InputError("No MeSH file was given.", "Give NLM's desc*.xml, or d*.bin.")
    path, form = forms[0]
    hint = "Give desc*.xml of the same year beside it."
    if form is MeshForm.TREES:
        hint = "It has no UIs: give d*.bin of the same year beside it."
    raise InputError(f"{path} holds no descriptors, it is {form.value}.", hint)


def _read_descriptors(
    path: Path, form: MeshForm, claims: list[YearClaim], hints: list[YearClaim]
) -> DescriptorSet:
    if form is MeshForm.TABLE:
        return collect_descriptors(path, read_table(path, claims))
    if form is MeshForm.RECORDS:
        return collect_descriptors(path, read_ascii(path))
    xml = MeshXml(path)
    known = collect_descriptors(path, xml.descriptors())
    claims += xml.claims
    hints += xml.hints
    return known


def _read_concepts(
    paths: Sequence[Path], claims: list[YearClaim], hints: list[YearClaim]
) -> tuple[SupplementaryConcept, ...]:
    found: dict[str, SupplementaryConcept] = {}
    for path in paths:
        xml = MeshXml(path)
        before = len(found)
        for place, concept in xml.concepts():
            if concept.ui in found:
                raise place.error(f"supplementary concept {concept.ui} is there twice")
            found[concept.ui] = concept
        if len(found) == before:
            raise InputError(f"{path} holds no supplementary concept.", "Download it again.")
        claims += xml.claims
        hints += xml.hints
    return tuple(found[ui] for ui in sorted(found))
