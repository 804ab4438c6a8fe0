"""Exports for sentence-transformers: texts to train on, and the ids that they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from citemesh.errors import InputError
from citemesh.graph.corpus import Corpus, Document
from citemesh.graph.pubmed.staging import COMPRESSION
from citemesh.manifest import FILE_NAME, Manifest, file_sha256, read_manifest
from citemesh.mining.anchors import Anchor
from citemesh.mining.negatives import MANIFEST_KIND as MINED_KIND
from citemesh.mining.negatives import NEGATIVES_FILE, Negative, read_mined
from citemesh.outputs import check_free, new_folder
from citemesh.progress import progress_bar
from citemesh.workspace import Workspace

MANIFEST_KIND = "export"
#: Anchors whose texts are held at once.
_BATCH_ANCHORS = 2_000
_SHARD = "train-00000.parquet"


@dataclass(frozen=True)
class ExportSettings:
    """How to lay a training set out.

    Args:
        layout: ``n-tuple`` (one row per anchor with all its negatives) or ``triplet`` (one row
            per negative).
        negatives: how many negatives a row of an n-tuple has; anchors with fewer are left out.
    """

    layout: str = "n-tuple"
    negatives: int = 4


def export(
    workspace: Workspace, mined: str, settings: ExportSettings, name: str, force: bool = False
) -> Manifest:
    """Write a mined set as a data set for sentence-transformers into ``exports/NAME``.

    Raises:
        OutputExistsError, InputError: before anything is written.
    """
    source = workspace.mined(mined)
    made_by = f"citemesh mine --name {mined} --strategy …"
    mined_manifest = read_manifest(source, MINED_KIND, made_by)
    final = workspace.export(name)
    check_free(final, force=force)
    corpus = Corpus(workspace.corpus)
    if mined_manifest.inputs["graph"] != corpus.manifest.settings["load_id"]:
        raise InputError(
            f"{source} was mined from another load than the corpus in {workspace.corpus}.",
            f"Mine again: {made_by} --force",
        )
    with new_folder(final, force=force) as folder:
        counts, dropped = _write(folder, source, corpus, settings, mined_manifest)
        if not counts["rows"]:
            raise InputError(
                f"No anchor of {mined!r} has {settings.negatives} negatives.",
                "Ask for fewer with --negatives, or mine more.",
            )
        (folder / "README.md").write_text(_card(name, counts, settings), encoding="utf-8")
        manifest = Manifest(
            kind=MANIFEST_KIND,
            settings={"format": "sentence-transformers", "layout": settings.layout,
                      "negatives": settings.negatives, "mined": mined},
            inputs={f"{mined}/{FILE_NAME}": file_sha256(source / FILE_NAME),
                    f"{mined}/{NEGATIVES_FILE}": file_sha256(source / NEGATIVES_FILE)},
            counts=dict(counts),
            dropped=dict(dropped),
        )  # fmt: skip
        manifest.write(folder)
    return manifest


def _write(
    folder: Path, source: Path, corpus: Corpus, settings: ExportSettings, mined: Manifest
) -> tuple[Counter[str], Counter[str]]:
    counts: Counter[str] = Counter(rows=0, anchors=0)
    dropped: Counter[str] = Counter()
    texts_schema, ids_schema = _schemas(settings)
    for part in ("texts", "ids"):
        (folder / part).mkdir()
    with (
        pq.ParquetWriter(folder / "texts" / _SHARD, texts_schema, **COMPRESSION) as texts,
        pq.ParquetWriter(folder / "ids" / _SHARD, ids_schema, **COMPRESSION) as ids,
        progress_bar("Exporting", total=mined.counts["anchors"], unit="anchor") as bar,
    ):
        rows = read_mined(source)
        while batch := list(islice(rows, _BATCH_ANCHORS)):
            kept = [(a, own) for a, own in batch if _enough(own, settings)]
            dropped[_short_reason(settings)] += len(batch) - len(kept)
            documents = corpus.documents(_involved(kept))
            pairs = [row for anchor, own in kept for row in _rows(anchor, own, documents, settings)]
            texts.write_table(pa.Table.from_pylist([text for text, _ in pairs], texts_schema))
            ids.write_table(pa.Table.from_pylist([row for _, row in pairs], ids_schema))
            counts["rows"] += len(pairs)
            counts["anchors"] += len(kept)
            bar.update(len(batch))
    return counts, dropped


def _enough(own: list[Negative], settings: ExportSettings) -> bool:
    return len(own) >= (settings.negatives if settings.layout == "n-tuple" else 1)


def _short_reason(settings: ExportSettings) -> str:
    wanted = settings.negatives if settings.layout == "n-tuple" else 1
    return f"anchors with fewer than {wanted} negatives"


def _involved(kept: list[tuple[Anchor, list[Negative]]]) -> set[int]:
    return {
        pmid
        for anchor, own in kept
        for pmid in (*anchor.positive_pmids, *(negative.negative_pmid for negative in own))
    }


def _rows(
    anchor: Anchor, own: list[Negative], documents: dict[int, Document], settings: ExportSettings
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Rows of texts and of ids, for each known positive of an anchor."""
    for positive in anchor.positive_pmids:
        texts = {"anchor": anchor.query, "positive": _passage(documents[positive])}
        ids = {"query_id": anchor.query_id, "positive_pmid": positive}
        if settings.layout == "triplet":
            for negative in own:
                text = _passage(documents[negative.negative_pmid])
                row = {"negative_pmid": negative.negative_pmid, "strategy": negative.strategy}
                yield {**texts, "negative": text}, {**ids, **row}
        else:
            chosen = enumerate(own[: settings.negatives], start=1)
            for number, negative in chosen:
                texts[f"negative_{number}"] = _passage(documents[negative.negative_pmid])
                ids[f"negative_pmid_{number}"] = negative.negative_pmid
                ids[f"strategy_{number}"] = negative.strategy
            yield texts, ids


def _passage(document: Document) -> str:
    # The abstract alone: with its title in it, a title query would be answered by copying.
    return document.abstract


def _schemas(settings: ExportSettings) -> tuple[pa.Schema, pa.Schema]:
    """Columns of texts and ids; order matters, the trainer takes columns by position."""
    texts = [("anchor", pa.string()), ("positive", pa.string())]
    ids = [("query_id", pa.string()), ("positive_pmid", pa.int64())]
    if settings.layout == "triplet":
        texts.append(("negative", pa.string()))
        ids += [("negative_pmid", pa.int64()), ("strategy", pa.string())]
    else:
        for number in range(1, settings.negatives + 1):
            texts.append((f"negative_{number}", pa.string()))
            ids += [(f"negative_pmid_{number}", pa.int64()), (f"strategy_{number}", pa.string())]
    return pa.schema(texts), pa.schema(ids)


def _card(name: str, counts: Counter[str], settings: ExportSettings) -> str:
    """A data set card: tells `datasets` which files are texts and which ids; prints no text."""
    return f"""---
configs:
- config_name: default
  data_files:
  - split: train
    path: texts/train-*.parquet
- config_name: ids
  data_files:
  - split: train
    path: ids/train-*.parquet
---

# {name}

{counts["rows"]:,} training rows of {counts["anchors"]:,} anchors, {settings.layout} layout.
Mined from PubMed's citation graph and MeSH by CiteMesh.
The `ids` configuration has the PMIDs and strategies of the same rows in the same order.

Titles and abstracts come from PubMed, courtesy of the U.S. National Library of Medicine; some
abstracts may be under their publishers' copyright.
"""
