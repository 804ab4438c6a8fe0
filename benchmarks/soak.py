"""Kill loads and updates, or their server, at random moments; run them again; compare the graphs.

    python -m benchmarks.soak --kills 50 --seed 1

Every graph that comes out must have the fingerprint of an undisturbed load. Exit code 1 if one has
not, or if a command failed with anything but one clear line.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.histories import write_citations, write_history
from citemesh.graph import server
from citemesh.graph.client import GraphClient
from citemesh.graph.connection import Connection
from citemesh.graph.fingerprint import fingerprint
from citemesh.workspace import Workspace

MESH = Path(__file__).parents[1] / "tests" / "data" / "small_mesh.tsv"
#: What is killed: the command that imports, that writes a first load or an update over Bolt, or the
#: server while an update is written.
KINDS = ("import", "load", "update", "server")
#: What the commands say when a phase begins; a kill comes at a random moment after one of these.
PHASES = {
    "import": ("Reading", "Building", "Importing", "Starting"),
    "load": ("Reading", "Writing MeSH", "Writing records", "Writing citations", "Settling"),
    "update": ("Reading", "Writing records", "Writing citations", "Settling"),
    "server": ("Writing records", "Writing citations", "Settling"),
}
#: Seconds after the beginning of a phase within which the kill comes: most phases are short.
LONGEST_DELAY = {"import": 2.0, "load": 0.7, "update": 0.7, "server": 0.5}
#: Runs after which a command must have ended well.
MOST_RUNS = 4


@dataclass(frozen=True)
class Kill:
    """One disturbed load.

    Args:
        kind: one of `KINDS`.
        phase: what the command was doing.
        delay: seconds from the beginning of that phase to the kill.
        hit: whether the command was still running then.
        runs: runs that it took in all.
        equal: whether the graph came out as if undisturbed.
    """

    kind: str
    phase: str
    delay: float
    hit: bool
    runs: int
    equal: bool


class Soak:
    """A server to load into, made-up files, and the fingerprint that every load must end in.

    Args:
        folder: an empty folder.
        seed: of files and moments.
        records: per file.
    """

    def __init__(self, folder: Path, seed: int, records: int = 1_500) -> None:
        self._folder = folder
        self._chance = random.Random(seed)
        self._far = Workspace(folder / "far")
        self._connection = server.ensure_running(self._far)
        self._files = write_history(folder, seed, files=4, records=records, pmids=2 * records)
        self._citations = write_citations(
            folder, seed, "citations.csv", rows=4 * records, pmids=2 * records
        )
        self._count = 0
        self._base, self._later = self._files[:2], self._files[2:]
        self._run(self._fresh_workspace(), self._load_everything(), self._remote())
        self.expected = self._fingerprint(self._connection)

    def close(self) -> None:
        """Stop the server."""
        server.stop(self._far)

    def kill(self, kind: str) -> Kill:
        """Disturb one load and run it again until it is done."""
        workspace, remote = self._fresh_workspace(), kind != "import"
        arguments = self._load_everything()
        if kind in ("update", "server"):
            base = ["graph", "load", "--force", "--mesh", MESH, *self._base]
            self._run(workspace, base, self._remote())
            later = [*self._later, "--citations", self._citations]
            arguments = ["graph", "update", *later]
        phase = self._chance.choice(PHASES[kind])
        delay = self._chance.uniform(0, LONGEST_DELAY[kind])
        hit = self._disturb(kind, workspace, arguments, phase, delay)
        runs = 1 + self._run_until_done(workspace, arguments, remote)
        connection = self._connection if remote else server.ensure_running(workspace)
        equal = self._fingerprint(connection) == self.expected
        if not remote:
            server.stop(workspace)
        return Kill(kind, phase, round(delay, 2), hit, runs, equal)

    def _load_everything(self) -> list[object]:
        given = [*self._files, "--citations", self._citations]
        return ["graph", "load", "--force", "--mesh", MESH, *given]

    def _fresh_workspace(self) -> Workspace:
        self._count += 1
        return Workspace(self._folder / f"workspace-{self._count}")

    def _remote(self) -> dict[str, str]:
        return {"NEO4J_URI": self._connection.uri, "NEO4J_PASSWORD": self._connection.password}

    def _disturb(
        self, kind: str, workspace: Workspace, arguments: list[object], phase: str, delay: float
    ) -> bool:
        environment = {} if kind == "import" else self._remote()
        with _started(workspace, arguments, environment) as process:
            said = _wait_for(process, phase)
            try:
                process.wait(timeout=delay)
                return False
            except subprocess.TimeoutExpired:
                if kind != "server":
                    os.killpg(process.pid, signal.SIGKILL)
                    return True
                self._kill_server()
                _, errors = process.communicate(timeout=300)
                _check_error(process.returncode, said + errors)
                return True

    def _kill_server(self) -> None:
        state = server.status(self._far)
        assert state.pid is not None
        psutil.Process(state.pid).kill()

    def _run_until_done(self, workspace: Workspace, arguments: list[object], remote: bool) -> int:
        self._connection = server.ensure_running(self._far)
        for run in range(1, MOST_RUNS + 1):
            with _started(workspace, arguments, self._remote() if remote else {}) as process:
                _, errors = process.communicate(timeout=300)
            _check_error(process.returncode, errors)
            if process.returncode == 0:
                return run
        raise AssertionError(f"not done after {MOST_RUNS} runs: {errors}")

    def _run(
        self, workspace: Workspace, arguments: list[object], environment: dict[str, str]
    ) -> None:
        with _started(workspace, arguments, environment) as process:
            _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors

    @staticmethod
    def _fingerprint(connection: Connection) -> str:
        with GraphClient(connection) as client:
            return fingerprint(client)


@contextmanager
def _started(
    workspace: Workspace, arguments: list[object], environment: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A command in a process group of its own, so that its workers die with it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("NEO4J_", "CITEMESH_"))}
    command = [sys.executable, "-m", "citemesh", "--workspace", str(workspace.root)]
    with subprocess.Popen(
        [*command, *map(str, arguments)], env={**kept, **environment}, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def _wait_for(process: subprocess.Popen[str], phase: str) -> str:
    """Read what a command says until a phase begins; what was said."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if line.startswith(phase):
            break
    return said


def _check_error(code: int, errors: str) -> None:
    """A command ends well or with one clear line."""
    lines = [line for line in errors.splitlines() if line.startswith("Error: ")]
    assert (code == 0 and not lines) or (code == 1 and len(lines) == 1), (code, errors)
    assert "Traceback" not in errors, errors


def main() -> None:
    """Print one line per kill and a summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int, default=1_500, help="per file, four files")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="citemesh-soak-") as name:
        soak = Soak(Path(name), arguments.seed, arguments.records)
        kills: list[Kill] = []
        try:
            for number in range(arguments.kills):
                kills.append(soak.kill(KINDS[number % len(KINDS)]))
                print(f"{number + 1:3}", kills[-1], flush=True)
        finally:
            soak.close()
    for kind in KINDS:
        some = [kill for kill in kills if kill.kind == kind]
        hit, equal = sum(k.hit for k in some), sum(k.equal for k in some)
        print(f"{kind}: {len(some)} kills, {hit} while it ran, {equal} graphs equal")
    sys.exit(not all(kill.equal for kill in kills))


if __name__ == "__main__":
    main()
