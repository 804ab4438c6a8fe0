"""The command line: assembles each room's commands, importing a room only when it is called."""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import click

from citemesh import __version__
from citemesh.errors import CitemeshError, MissingDependencyError, NoSpaceError, is_no_space


@dataclass(frozen=True)
class CommandPlace:
    """Where a command lives, with its short help so that ``--help`` imports no room."""

    module: str
    attribute: str
    help: str


COMMANDS: dict[str, CommandPlace] = {
    "demo": CommandPlace(
        "citemesh.demo_command",
        "demo",
        "Do the whole job on real records: load, mine, audit, export, train, evaluate, report.",
    ),
    "server": CommandPlace(
        "citemesh.graph.server_commands", "server", "Start, stop and inspect the local Neo4j."
    ),
    "graph": CommandPlace(
        "citemesh.graph.commands", "graph", "Load PubMed and MeSH into Neo4j and look at them."
    ),
    "holdout": CommandPlace(
        "citemesh.evaluation.holdout_command",
        "holdout",
        "Hold documents out as two evaluation tasks, before mining.",
    ),
    "queries": CommandPlace(
        "citemesh.training.generation.commands",
        "queries",
        "Generate queries from documents, to mine and train with.",
    ),
    "mine": CommandPlace(
        "citemesh.mining.commands",
        "mine",
        "Mine hard negatives from the graph, each with its evidence.",
    ),
    "audit": CommandPlace(
        "citemesh.mining.audit.commands",
        "audit",
        "Find the mined negatives that are probably relevant, show why, and take them out.",
    ),
    "export": CommandPlace(
        "citemesh.mining.export_command",
        "export",
        "Export a mined set for a trainer, with ids kept beside texts.",
    ),
    "train": CommandPlace(
        "citemesh.training.commands", "train", "Train a dense retriever by a recipe."
    ),
    "recipes": CommandPlace(
        "citemesh.training.recipes.commands",
        "recipes",
        "Show how each recipe trains, every value with its source.",
    ),
    "evaluate": CommandPlace(
        "citemesh.evaluation.commands", "evaluate", "Evaluate MODEL beside its untouched base."
    ),
    "report": CommandPlace(
        "citemesh.evaluation.report_command",
        "report",
        "Write one self-contained page: loaded, mined, dropped, audited, trained, measured.",
    ),
}


class RoomGroup(click.Group):
    """A click group that imports the module of a command when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a project uses them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        command: click.Command = getattr(import_module(place.module), place.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their short helps, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in COMMANDS.items()])


@click.group(cls=RoomGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="citemesh")
@click.option(
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="CITEMESH_WORKSPACE",
    default=Path("citemesh-data"),
    show_default=True,
    help="The folder with everything of one project (CITEMESH_WORKSPACE).",
)
@click.option("--quiet", is_flag=True, help="No progress, only results and errors.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def cli(ctx: click.Context, workspace: Path, quiet: bool, debug: bool) -> None:
    """Mine hard negatives for biomedical dense retrieval from PubMed's citation graph and MeSH.

    \b
    Example:
      citemesh demo
      citemesh graph load pubmed20n0014.xml.gz
      citemesh mine --anchors titles --strategy cited=2 --strategy sibling=4
    """
    from citemesh.progress import QUIET_VARIABLE
    from citemesh.workspace import Workspace

    if quiet:
        os.environ[QUIET_VARIABLE] = "1"
    ctx.obj = Workspace(workspace.absolute())


def main() -> None:
    """Run the command line; every foreseen failure is one line and exit code 1."""
    debug = "--debug" in sys.argv
    # Before torch is loaded: threads that wait without spinning. Where another program shares the
    # cores, spinning made a training step half as slow again and more (benchmarks/RESULTS.md).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        cli(standalone_mode=False, prog_name="citemesh")
    except click.UsageError as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail("Interrupted. What was finished is kept; the same command goes on from there.")
    except Exception as error:  # noqa: BLE001 - the one place where failures become exit codes
        if debug:
            traceback.print_exc()
        _fail(str(as_citemesh_error(error)))


def as_citemesh_error(error: Exception) -> Exception:
    """Turn what the machine says (disk full, package missing) into words; others pass unchanged."""
    if isinstance(error, CitemeshError):
        return error
    if is_no_space(error):
        return NoSpaceError(
            f"No space left to write ({error}).",
            "What was written so far is whole. Free some space and run the same command again.",
        )
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith("citemesh"):
        return MissingDependencyError(
            f"The package {error.name!r} is needed for this command and is not installed.",
            "Install the extras: pip install 'citemesh[all]'",
        )
    if isinstance(error, click.ClickException):
        return CitemeshError(error.format_message())
    if isinstance(error, OSError):
        return CitemeshError(f"{error}.")
    return CitemeshError(
        f"Unexpected {type(error).__name__}: {error}.", "Add --debug after `citemesh` for details."
    )


def _fail(message: str) -> None:
    click.echo(f"Error: {message}" if not message.startswith("Interrupted") else message, err=True)
    sys.exit(1)
