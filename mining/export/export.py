"""Export: a mined set → training data for one trainer, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from citemesh.errors import InputError
from citemesh.graph.corpus import Corpus
from citemesh.graph.pmid_set import PmidSet
from citemesh.manifest import FILE_NAME, Manifest, file_sha256, read_manifest
from citemesh.mining.anchors import Anchor
from citemesh.mining.export.card import card
from citemesh.mining.export.formats import Format, open_format
from citemesh.mining.export.items import Item, Passage, items_of, with_texts
from citemesh.mining.export.parts import Parts
from citemesh.mining.export.settings import ABSTRACT, TITLE_ABSTRACT, ExportSettings
from citemesh.mining.export.splits import (
    DEV,
    TRAIN,
    Sides,
    anchor_groups,
    choose_dev,
    dev_papers,
)
from citemesh.mining.negatives import ANCHORS_FILE, NEGATIVES_FILE, Negative, read_mined
from citemesh.mining.negatives import MANIFEST_KIND as MINED_KIND
from citemesh.outputs import check_free, new_folder
from citemesh.progress import progress_bar, step
from citemesh.workspace import Workspace

MANIFEST_KIND = "export"
#: Anchors whose texts are held at once.
_BATCH_ANCHORS = 2_000


def export(
    workspace: Workspace, mined: str, settings: ExportSettings, name: str, force: bool = False
) -> Manifest:
    """Write a mined set as a data set for a trainer into ``exports/NAME``.

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
    sides = _sides(source, settings)
    with new_folder(final, force=force) as folder:
        layout = open_format(settings)
        job = _Job(source, corpus, settings, mined_manifest, sides)
        with Parts(folder, settings.shard_rows) as parts:
            job.write(layout, parts)
        counts = _counts(job, layout, parts, settings, mined)
        manifest = Manifest(
            kind=MANIFEST_KIND,
            settings={"format": settings.trainer, "layout": settings.laid_out,
                      "negatives": settings.most_negatives, "shard_rows": settings.shard_rows,
                      "passages": TITLE_ABSTRACT if job.titled else ABSTRACT,
                      "dev": settings.dev, "mined": mined},
            inputs={f"{mined}/{file}": file_sha256(source / file)
                    for file in (FILE_NAME, ANCHORS_FILE, NEGATIVES_FILE)},
            counts=counts,
            dropped=dict(job.dropped),
            seed=settings.seed if settings.dev else None,
        )  # fmt: skip
        (folder / "README.md").write_text(
            card(name, manifest, mined_manifest, layout.configs), encoding="utf-8"
        )
        manifest.write(folder)
    return manifest


def _sides(source: Path, settings: ExportSettings) -> Sides | None:
    if not settings.dev:
        return None
    with step("Choosing the dev part"):
        is_dev = choose_dev(anchor_groups(source), settings.dev, settings.seed)
        return Sides(is_dev, dev_papers(read_mined(source), is_dev, settings.most_negatives))


@dataclass
class _Job:
    """One export.

    Args:
        source: the mined set.
        corpus: the texts.
        settings: how to lay it out.
        mined: the manifest of the mined set.
        sides: which part each anchor belongs to; None when there is one part.
        dropped: what is left out, by reason.
        anchors: how many anchors are written, by part.
    """

    source: Path
    corpus: Corpus
    settings: ExportSettings
    mined: Manifest
    sides: Sides | None
    dropped: Counter[str] = field(default_factory=Counter)
    anchors: Counter[str] = field(default_factory=Counter)

    @property
    def titled(self) -> bool:
        """Whether passages begin with their titles."""
        return self.settings.titled(self.mined.settings["anchors"])

    def write(self, layout: Format, parts: Parts) -> None:
        """Write all anchors, a batch at a time, then the passages that are kept apart."""
        used, rows = PmidSet(), self._numbered()
        with progress_bar("Exporting", total=self.mined.counts["anchors"], unit="anchor") as bar:
            while batch := list(islice(rows, _BATCH_ANCHORS)):
                for item in self._write_batch(batch, layout, parts):
                    self.anchors[item.split] += 1
                    if layout.has_corpus:
                        used.add(np.array(sorted(item.pmids), np.int64))
                bar.update(len(batch))
        if layout.has_corpus:
            layout.write_corpus(parts, self._passages(used))

    def _numbered(self) -> Iterator[tuple[int, Anchor, list[Negative]]]:
        for number, (anchor, own) in enumerate(read_mined(self.source)):
            yield number, anchor, own

    def _write_batch(
        self, batch: list[tuple[int, Anchor, list[Negative]]], layout: Format, parts: Parts
    ) -> list[Item]:
        """Write a batch, and return what was written."""
        chosen = list(items_of(batch, self.settings, self.sides, self.dropped))
        documents = self.corpus.documents({pmid for item in chosen for pmid in item.pmids})
        items = list(with_texts(chosen, documents, self.dropped))
        titled = self.titled
        passages = {pmid: Passage.of(document, titled) for pmid, document in documents.items()}
        for split in (TRAIN, DEV):
            layout.write(parts, split, [item for item in items if item.split == split], passages)
        return items

    def _passages(self, used: PmidSet) -> Iterator[Passage]:
        titled = self.titled
        for documents in self.corpus.stream():
            wanted = documents[used.contains(documents["pmid"].to_numpy())]
            for pmid, title, abstract in wanted.itertuples(index=False, name=None):
                yield Passage(int(pmid), title if titled else "", abstract)


def _counts(
    job: _Job, layout: Format, parts: Parts, settings: ExportSettings, mined: str
) -> dict[str, int]:
    """Rows and anchors by part.

    Raises:
        InputError: for a part without any.
    """
    counts: dict[str, int] = {}
    for split in (TRAIN, DEV) if settings.dev else (TRAIN,):
        rows = parts.rows[layout.training_part.format(split=split)]
        before = "" if split == TRAIN else f"{split} "
        counts |= {f"{before}rows": rows, f"{before}anchors": job.anchors[split]}
        if not rows:
            left = f" that is left for the {split} part" if settings.dev else ""
            fewest = settings.fewest_negatives
            lacks = f"{fewest} negatives" if fewest else "a text"
            raise InputError(
                f"No anchor of {mined!r}{left} has {lacks}.",
                "Ask for fewer with --negatives, or mine more.",
            )
    return counts
