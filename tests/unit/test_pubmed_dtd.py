"""The hand-made records are what PubMed could send: valid by its DTD."""

from pathlib import Path

import Bio
import pytest
from lxml import etree

from tests.pubmed_tables import DATA

DTD = Path(Bio.__file__).parent / "Entrez" / "DTDs" / "pubmed_250101.dtd"
#: Files about damage; they must not be valid, or they would show nothing.
DAMAGED = {"malformed_records", "entity_bomb", "external_entity"}
NAMES = sorted(
    path.stem for path in DATA.glob("*.xml") if b"<PubmedArticleSet" in path.read_bytes()
)


def is_valid(name: str) -> bool:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    tree = etree.parse(DATA / f"{name}.xml", parser)
    return etree.DTD(str(DTD)).validate(tree)


@pytest.mark.parametrize("name", NAMES)
def test_hand_made_records_are_valid_unless_damage_is_what_they_show(name):
    assert is_valid(name) == (name not in DAMAGED)


def test_all_damaged_files_are_there():
    assert set(NAMES) >= DAMAGED
