"""Filters: which articles may be anchors, by year, heading, journal, language, publication type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from citemesh.errors import SettingsError
from citemesh.graph.client import GraphClient
from citemesh.graph.cypher import named_query
from citemesh.graph.mesh.from_graph import mesh_from_graph
from citemesh.graph.mesh.tree import MeshTree
from citemesh.graph.pmid_set import Pmids
from citemesh.mining.anchors.chosen import Test
from citemesh.nearest import nearest_hint

KEYS = ("year", "heading", "journal", "language", "publication-type")
_YEARS = re.compile(r"(\d{4})|(\d{4})?:(\d{4})?")
_FIRST, _LAST = 0, 9_999
_BATCH = 5_000
_FORM = "Give, for example: year=1977:1979, heading=Neoplasms, journal=Lancet, language=eng"


@dataclass(frozen=True)
class AnchorFilter:
    """What an article must be to become an anchor; within a key one match is enough.

    Args:
        years: ranges, both ends included.
        headings: UIs or names of descriptors; any descriptor below is as good.
        journals, languages, publication_types: as PubMed writes them, in small letters.
    """

    years: tuple[tuple[int, int], ...] = ()
    headings: tuple[str, ...] = ()
    journals: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()

    @property
    def asks_graph(self) -> bool:
        """Whether any of it is answered by the graph."""
        return bool(self.years or self.headings or self.journals or self.publication_types)


#: Any article.
EVERYTHING = AnchorFilter()


def parse_filter(texts: Iterable[str]) -> AnchorFilter:
    """Read ``--filter KEY=VALUE`` values.

    Raises:
        SettingsError: for another form, an unknown key, or no years.
    """
    values: dict[str, list[str]] = {key: [] for key in KEYS}
    years = []
    for text in texts:
        key, equals, value = (part.strip() for part in text.partition("="))
        if key not in values:
            hint = f"{nearest_hint(key, KEYS)} Known: {', '.join(KEYS)}.".lstrip()
            raise SettingsError(f"There is no filter {key!r}.", hint)
        if not equals or not value:
            raise SettingsError(f"--filter {text!r} cannot be read.", _FORM)
        if key == "year":
            years.append(_year_range(value))
        else:
            values[key].append(value if key == "heading" else value.lower())
    return AnchorFilter(
        tuple(years), *(tuple(dict.fromkeys(values[key])) for key in KEYS if key != "year")
    )


def _year_range(text: str) -> tuple[int, int]:
    parts = _YEARS.fullmatch(text)
    if not parts or text == ":":
        raise SettingsError(
            f"--filter year={text!r} cannot be read.", "Give 1978, 1977:1979, 1977: or :1979"
        )
    first, last = (parts[1], parts[1]) if parts[1] else (parts[2] or _FIRST, parts[3] or _LAST)
    if int(first) > int(last):
        raise SettingsError(f"--filter year={text} ends before it begins.")
    return int(first), int(last)


def graph_test(client: GraphClient, wanted: AnchorFilter) -> Test:
    """Which articles the graph says to pass; languages are not in the graph.

    Raises:
        SettingsError: for a heading that the graph's MeSH has not.
    """
    headings = headings_below(mesh_from_graph(client), wanted.headings) if wanted.headings else ()
    query = named_query("mining", "filtered_articles")

    def passes(pmids: Pmids) -> NDArray[np.bool_]:
        batches = client.rows_for(
            query, pmids.tolist(), _BATCH, years=[list(years) for years in wanted.years],
            headings=list(headings), journals=list(wanted.journals),
            types=list(wanted.publication_types),
        )  # fmt: skip
        return np.isin(pmids, [row["pmid"] for rows in batches for row in rows])

    return passes


def headings_below(tree: MeshTree, given: Sequence[str]) -> tuple[str, ...]:
    """UIs of descriptors, given by UI or name, and of all below them, sorted.

    Raises:
        SettingsError: for one that is not there, with the nearest names.
    """
    by_name = {descriptor.name.casefold(): ui for ui, descriptor in tree.descriptors.items()}
    tops = set()
    for heading in given:
        ui = heading if heading in tree.descriptors else by_name.get(heading.casefold())
        if ui is None:
            near = get_close_matches(heading.casefold(), by_name, 3)
            names = "; ".join(tree.descriptors[by_name[name]].name for name in near)
            raise SettingsError(
                f"MeSH {tree.year} has no heading {heading!r}.",
                f"Near it: {names}." if near else "",
            )
        tops.add(ui)
    return tuple(sorted(ui for ui in tree.descriptors if ui in tops or tops & tree.ancestors(ui)))
