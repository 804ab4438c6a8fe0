"""``citemesh audit run``: which mined negatives are probably relevant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from citemesh.tables import render_table
from citemesh.workspace import Workspace


@click.command("run")
@click.argument("mined", metavar="[MINED|PATH]", default="default")
@click.option(
    "--score",
    type=click.Choice(["citations", "rules"]),
    default="citations",
    show_default=True,
    help="citations: weights of the evidence learnt from the corpus's own citations; rules: one "
    "threshold for each kind of evidence.",
)
@click.option(
    "--weights",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Weights that another audit learnt (its scorer.json), instead of learning.",
)
@click.option(
    "--model",
    metavar="MODEL",
    help="An encoder whose cosines of query, known positives and negative join the evidence; every "
    "text is encoded once.",
)
@click.option(
    "--engine",
    type=click.Choice(["arrays", "cypher"]),
    default="arrays",
    show_default=True,
    help="Who answers for the evidence; both give the same verdicts.",
)
@click.option(
    "--likely",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.5,
    show_default=True,
    help="The least probability of a likely false negative.",
)
@click.option(
    "--ambiguous",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.2,
    show_default=True,
    help="The least probability of an ambiguous one.",
)
@click.option("--reject-retracted", is_flag=True, help="Reject retracted negatives.")
@click.option(
    "--qrels",
    multiple=True,
    metavar="SPLIT",
    help="Which judgments of a BEIR folder are read, such as train; may be repeated.",
)
@click.option("--name", help="Name of the audit; that of what is audited when left out.")
@click.option("--force", is_flag=True, help="Replace an audit of that name.")
@click.pass_obj
def run(
    workspace: Workspace,
    mined: str,
    score: str,
    weights: Path | None,
    model: str | None,
    engine: str,
    likely: float,
    ambiguous: float,
    reject_retracted: bool,
    qrels: tuple[str, ...],
    name: str | None,
    force: bool,
) -> None:
    """Judge every negative of a mined set, or of your own file, by all that the graph knows.

    MINED is the name of a mined set, `default` when left out; PATH a JSON lines file, a BEIR folder
    or an export whose ids are PMIDs of the loaded graph. Verdicts, evidence and reasons go to
    audits/NAME/verdicts.parquet.

    \b
    Example:
      citemesh audit run default
      citemesh audit run default --model ./my-encoder --name with-text
      citemesh audit run triples.jsonl --name theirs
    """
    from citemesh.mining.audit.run import AuditSettings, run_audit

    settings = AuditSettings(
        score, weights, model, engine, likely, ambiguous, reject_retracted, qrels
    )
    result = run_audit(workspace, mined, settings, name, force)
    _print_scorer(result.scorer)
    click.echo(render_table(result.rates.rows("strategy")))
    click.echo("Flagged: reject and likely false negative; the interval is Wilson's.")
    if reasons := result.rates.reason_rows():
        click.echo("\nReasons, whatever the verdict (docs/audit.md):")
        click.echo(render_table(reasons))
    click.echo()
    for reason, count in result.left_out.items():
        click.echo(f"Left out: {count:,} {reason}.")
    click.echo(f"Verdicts: {result.folder}")
    click.echo(f"Next: citemesh audit page {result.folder.name}")


def _print_scorer(scorer: dict[str, Any]) -> None:
    """What the evidence was weighed by, with the weights."""
    if "weights" not in scorer:
        click.echo("Judged by plain rules, listed in scorer.json.\n")
        return
    click.echo(f"Weights of the evidence, learnt from {scorer['origin']}:")
    rows = [
        {"evidence": name, "weight": f"{weight:+.2f}"}
        for name, weight in zip(scorer["features"], scorer["weights"], strict=True)
    ]
    click.echo(render_table(rows) + "\n")
