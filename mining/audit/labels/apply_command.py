"""``citemesh audit apply``: labels and verdicts → a mined set without what they object to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from citemesh.workspace import Workspace

if TYPE_CHECKING:
    from citemesh.mining.audit.labels.applied import Applied

#: Conflicts that are printed; all of them are written.
_SHOWN = 10


@click.command("apply")
@click.argument("mined")
@click.argument("labels", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--promote",
    is_flag=True,
    help="Make negatives that are labelled relevant known positives of their anchor; else they are "
    "only dropped.",
)
@click.option(
    "--drop-verdict",
    "drop_verdicts",
    type=click.Choice(["reject", "likely_false_negative", "ambiguous", "clean"]),
    multiple=True,
    help="Drop negatives with this verdict of the audit too, but for those that a label settles; "
    "may be repeated.",
)
@click.option(
    "--audit", help="The audit with the verdicts; of the name of the mined set if left out."
)
@click.option(
    "--unsure",
    type=click.Choice(["keep", "drop"]),
    default="keep",
    show_default=True,
    help="What to do where nobody says more than unsure.",
)
@click.option(
    "--conflict",
    type=click.Choice(["drop", "keep", "majority"]),
    default="drop",
    show_default=True,
    help="What to do where one reviewer says relevant and another not; a tie of the majority is "
    "dropped.",
)
@click.option("--name", help="Name of the new mined set; MINED-reviewed when left out.")
@click.option("--force", is_flag=True, help="Replace a mined set of that name.")
@click.pass_obj
def apply(
    workspace: Workspace, mined: str, labels: tuple[Path, ...], promote: bool,
    drop_verdicts: tuple[str, ...], audit: str | None, unsure: str, conflict: str,
    name: str | None, force: bool,
) -> None:  # fmt: skip
    """Take labels back: write the mined set MINED anew without negatives that are relevant.

    LABELS are files as the review page downloads them. Those of several reviewers are merged.

    \b
    Example:
      citemesh audit apply default ann.jsonl bo.jsonl --name reviewed
      citemesh audit apply default --drop-verdict reject --drop-verdict likely_false_negative
    """
    from citemesh.mining.audit.labels.apply import apply_labels
    from citemesh.mining.audit.labels.decisions import ApplySettings

    settings = ApplySettings(promote, unsure, conflict, drop_verdicts, audit)
    name = name or f"{mined}-reviewed"
    applied = apply_labels(workspace, mined, labels, settings, name, force)
    _print_reviewers(applied)
    _print_counts(applied, mined)
    _print_estimates(applied)
    click.echo(f"{applied.kept:,} negatives are left in {workspace.mined(name)}.")
    if not applied.kept:
        click.echo(f"Next: mine more: citemesh mine --name {mined} --strategy … --force")
    elif applied.positives:
        click.echo(f"Next: citemesh audit run {name}, since new positives speak against more.")
    else:
        click.echo(f"Next: citemesh export {name}")


def _print_reviewers(applied: Applied) -> None:
    from citemesh.mining.audit.labels.agreement import agreement_rows, agreements
    from citemesh.mining.audit.labels.applied import CONFLICTS_FILE
    from citemesh.tables import render_table

    if found := agreements(applied.labels):
        click.echo(render_table(agreement_rows(found)) + "\n")
    if not applied.conflicts:
        return
    click.echo(f"{len(applied.conflicts):,} conflicts, all in {CONFLICTS_FILE}:")
    for (query_id, pmid), own in list(applied.conflicts.items())[:_SHOWN]:
        said = ", ".join(f"{reviewer}: {label}" for reviewer, label in own.items())
        click.echo(f"  query {query_id}, PMID {pmid}: {said}")
    click.echo()


def _print_counts(applied: Applied, mined: str) -> None:
    labels = applied.labels
    if labels.by_pair:
        unlabelled = applied.negatives - applied.labelled
        click.echo(
            f"{applied.labelled:,} of {applied.negatives:,} negatives are labelled, "
            f"{unlabelled:,} are not."
        )
    if labels.replaced:
        click.echo(f"{labels.replaced:,} labels were replaced by a later one of their reviewer.")
    if applied.unmatched:
        audits = ", ".join(f"{name or 'unknown'} ({n:,})" for name, n in labels.audits.items())
        click.echo(
            f"{applied.unmatched:,} labelled pairs are no negatives of {mined}. "
            f"Labels by audit: {audits}."
        )
    for reason, count in applied.dropped.items():
        click.echo(f"Dropped: {count:,} {reason}.")
    if applied.positives:
        click.echo(f"Promoted: {applied.positives:,} are known positives of their anchors now.")


def _print_estimates(applied: Applied) -> None:
    from citemesh.mining.audit.labels.label_estimates import estimate_rows, strategy_estimates
    from citemesh.tables import render_table

    before = {name: own.kept + own.dropped.total() for name, own in applied.drops.items()}
    if found := strategy_estimates(applied.labels, applied.matched, before):
        click.echo("\nFalse negatives among what was mined, estimated from the labelled sample:")
        click.echo(render_table(estimate_rows(found)) + "\n")
