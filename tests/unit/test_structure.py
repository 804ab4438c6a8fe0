"""The shape of the project: rooms, packages, sizes, lazy commands."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from citemesh.cli import COMMANDS, cli

ROOT = Path(__file__).parents[2]
ROOMS = ("core", "graph", "mining", "training", "evaluation")
#: What each room may import; core comes first and knows none of the others.
MAY_IMPORT = {
    "core": set(),
    "graph": set(),
    "mining": {"graph"},
    "training": {"graph", "mining"},
    "evaluation": {"graph", "mining", "training"},
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def python_files():
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def imported_rooms(path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            room = name.removeprefix("citemesh.").split(".")[0]
            if name.startswith("citemesh.") and room in ROOMS:
                yield room


@pytest.mark.parametrize("path", python_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path):
    room = path.relative_to(ROOT).parts[0]
    assert set(imported_rooms(path)) <= MAY_IMPORT[room] | {room}


@pytest.mark.parametrize("path", python_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_over_300_lines(path):
    assert len(path.read_text().splitlines()) <= 300


def test_every_folder_with_code_is_a_listed_package():
    packages = set(PROJECT["tool"]["setuptools"]["packages"])
    folders = PROJECT["tool"]["setuptools"]["package-dir"]
    rooms = {folder: package for package, folder in folders.items()}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            if path.suffix in (".py", ".cypher", ".j2", ".css", ".gz") and path.is_file():
                inside = path.parent.relative_to(ROOT / room).parts
                assert ".".join([rooms[room], *inside]) in packages, path


def test_help_imports_neither_torch_nor_neo4j():
    code = (
        "import sys\nfrom citemesh.cli import cli\n"
        "try: cli(['--help'], standalone_mode=False)\nfinally:\n"
        "  heavy = {'torch', 'neo4j', 'pandas', 'pyarrow', 'lxml', 'jgo'} & set(sys.modules)\n"
        "  sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_the_short_help_is_that_of_the_command(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert COMMANDS[name].help == command.get_short_help_str(limit=200)


def all_commands(group, path=()):
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        yield (*path, name), command
        if hasattr(command, "list_commands"):
            yield from all_commands(command, (*path, name))


@pytest.mark.parametrize(
    ("path", "command"),
    list(all_commands(cli)),
    ids=lambda v: " ".join(v) if isinstance(v, tuple) else "",
)
def test_every_command_has_help_and_an_example(path, command):
    assert command.help
    if not hasattr(command, "list_commands"):
        assert "Example:" in command.help
        assert f"citemesh {' '.join(path)}" in command.help
    for parameter in command.params:
        if parameter.param_type_name == "option" and parameter.name != "help":
            assert parameter.help, parameter.name


def test_every_constraint_is_an_exact_pin():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 40
    for pin in pins:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[^\s@]+", pin), pin
