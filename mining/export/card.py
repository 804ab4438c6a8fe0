"""The data set card: tells `datasets` which files belong together, and people what they hold."""

from __future__ import annotations

from collections.abc import Mapping

from citemesh.manifest import Manifest
from citemesh.mining.export.splits import DEV, TRAIN

_TERMS = "https://www.nlm.nih.gov/databases/download/terms_and_conditions.html"


def card(name: str, manifest: Manifest, mined: Manifest, configs: Mapping[str, str]) -> str:
    """The card of an export; it prints no text of a paper.

    Args:
        name: of the export.
        manifest: of the export.
        mined: of the mined set that it was made from.
        configs: configuration to file names with ``{split}`` (`Format.configs`).
    """
    splits = [TRAIN, DEV] if manifest.settings["dev"] else [TRAIN]
    lines = [
        "---", "license: other", "license_name: nlm-terms-and-conditions",
        f"license_link: {_TERMS}", "configs:",
    ]  # fmt: skip
    for number, (config, files) in enumerate(configs.items()):
        lines += [f"- config_name: {config}", *(["  default: true"] if not number else [])]
        lines.append("  data_files:")
        for split in splits if "{split}" in files else [TRAIN]:
            lines += [f"  - split: {split}", f"    path: {files.format(split=split)}"]
    return "\n".join([*lines, "---", "", f"# {name}", "", _prose(manifest, mined), ""])


def _prose(manifest: Manifest, mined: Manifest) -> str:
    return f"""{_sizes(manifest)}

{_origin(manifest, mined)}

## Licences

Titles, abstracts, citations and MeSH headings are of PubMed, courtesy of the
U.S. National Library of Medicine, under its [terms and conditions]({_TERMS}).
NLM does not own the abstracts: many are under their authors' or publishers' copyright. Whoever
passes them on needs to respect it. Known positives of a user's own queries are under the terms of
their source."""


def _sizes(manifest: Manifest) -> str:
    settings, counts = manifest.settings, manifest.counts
    train = (
        f"For {settings['format']}, {settings['layout']} layout: {counts['rows']:,} rows of "
        f"{counts['anchors']:,} anchors."
    )
    if not settings["dev"]:
        return train
    return (
        f"{train} The part `dev` has {counts['dev rows']:,} rows of {counts['dev anchors']:,} "
        "anchors; it shares no query and no paper with `train`."
    )


def _origin(manifest: Manifest, mined: Manifest) -> str:
    strategies = ", ".join(f"{n} by {name}" for name, n in mined.settings["strategies"].items())
    dropped = [f"{count:,} {reason}" for reason, count in manifest.dropped.items() if count]
    return (
        f"Mined by CiteMesh {manifest.versions['citemesh']} from PubMed's citation graph and MeSH. "
        f"Anchors: {mined.settings['anchors']}. Negatives per anchor: {strategies}. "
        f"Left out: {'; '.join(dropped) or 'nothing'}."
    )
