"""Mining: anchors → candidates by quota → guards → negatives with evidence, a batch at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from citemesh.errors import InputError, SettingsError
from citemesh.graph.corpus import Corpus
from citemesh.graph.state import open_loaded_graph
from citemesh.manifest import Manifest, file_sha256
from citemesh.mining.anchors import Anchor, count_title_anchors, read_deny_list, title_anchors
from citemesh.mining.guards import MAX_SIML, GuardSettings
from citemesh.mining.miner import MinedSummary, Miner
from citemesh.mining.negatives import DROPS_FILE, MANIFEST_KIND, MinedWriter
from citemesh.mining.strategies import strategy_named
from citemesh.outputs import check_free, new_folder
from citemesh.progress import progress_bar
from citemesh.workspace import Workspace

#: Anchors per batch: bounds the memory, and a round trip to the server pays from here on.
BATCH_ANCHORS = 500
_QUOTA = re.compile(r"([a-z_]+)=(\d+)")


@dataclass(frozen=True)
class MiningSettings:
    """What to mine.

    Args:
        quotas: strategy name to negatives per anchor, in the order in which they were given.
        max_siml: the guard's limit of MeSH similarity.
        limit: at most this many anchors; all when None.
        deny: files with the PMIDs of evaluation sets.
    """

    quotas: dict[str, int]
    max_siml: float = MAX_SIML
    limit: int | None = None
    deny: tuple[Path, ...] = ()


def parse_quotas(texts: Sequence[str]) -> dict[str, int]:
    """Read ``--strategy NAME=NUMBER`` values.

    Raises:
        SettingsError: for another form, an unknown strategy, a number below 1, a name twice.
    """
    if not texts:
        raise SettingsError("No strategy was given.", "Add, for example: --strategy sibling=4")
    quotas: dict[str, int] = {}
    for text in texts:
        parts = _QUOTA.fullmatch(text)
        if not parts or int(parts[2]) < 1:
            raise SettingsError(
                f"--strategy {text!r} cannot be read.",
                "Give a name and how many negatives per anchor, at least 1: sibling=4",
            )
        name = strategy_named(parts[1]).name
        if name in quotas:
            raise SettingsError(f"--strategy {name} is given twice.", "Give each strategy once.")
        quotas[name] = int(parts[2])
    return quotas


def mine(
    workspace: Workspace, settings: MiningSettings, name: str, force: bool = False
) -> MinedSummary:
    """Mine negatives for title anchors into ``mined/NAME``.

    Raises:
        OutputExistsError, InputError, ConnectionFailedError: before anything is written.
    """
    final = workspace.mined(name)
    check_free(final, force=force)
    guards = GuardSettings(
        max_siml=settings.max_siml, deny=read_deny_list(settings.deny) if settings.deny else None
    )
    corpus = Corpus(workspace.corpus)
    with open_loaded_graph(workspace) as client, new_folder(final, force=force) as folder:
        miner = Miner(client, settings.quotas, guards)
        total = count_title_anchors(corpus, guards.deny, settings.limit)
        if not total:
            raise InputError(
                "There is no anchor: no document is left after --deny and --limit.",
                "See how many documents there are: citemesh graph stats",
            )
        with (
            MinedWriter(folder) as writer,
            progress_bar("Mining", total=total, unit="anchor") as bar,
        ):
            for batch in _batches(title_anchors(corpus, guards.deny, settings.limit)):
                writer.write(batch, miner.mine_batch(batch))
                bar.update(len(batch))
        drops = {strategy: d.as_json() for strategy, d in miner.summary.drops.items()}
        (folder / DROPS_FILE).write_text(json.dumps(drops, indent=2) + "\n", encoding="utf-8")
        _manifest(settings, miner.summary, corpus).write(folder)
    return miner.summary


def _batches(anchors: Iterable[Anchor]) -> Iterator[list[Anchor]]:
    remaining = iter(anchors)
    while batch := list(islice(remaining, BATCH_ANCHORS)):
        yield batch


def _manifest(settings: MiningSettings, summary: MinedSummary, corpus: Corpus) -> Manifest:
    dropped = {
        f"{strategy}: {guard}": count
        for strategy, drops in summary.drops.items()
        for guard, count in drops.dropped.items()
    }
    return Manifest(
        kind=MANIFEST_KIND,
        settings={"anchors": "titles", "strategies": settings.quotas,
                  "max_siml": settings.max_siml, "limit": settings.limit},
        inputs={"graph": corpus.manifest.settings["load_id"],
                **{str(path): file_sha256(path) for path in settings.deny}},
        counts={"anchors": summary.anchors, "negatives": summary.negatives,
                **{f"anchors short of {s}": d.short for s, d in summary.drops.items()}},
        dropped=dropped,
    )  # fmt: skip
