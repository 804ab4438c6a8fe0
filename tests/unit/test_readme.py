"""Every command that README and docs tell a user to type can be typed."""

import re
import shlex
from pathlib import Path

import click
import pytest

from citemesh.cli import cli

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]


def commands():
    for page in PAGES:
        text = (ROOT / page).read_text()
        blocks = "".join(re.findall(r"```\n(.*?)```", text, re.DOTALL))
        quoted = re.findall(r"`(citemesh [^`…\n]*)`", text)
        for line in [*blocks.splitlines(), *quoted]:
            typed = line.split("#")[0].strip()
            if typed.startswith("citemesh ") and "[" not in typed:
                yield pytest.param(typed, id=f"{page}: {typed}")


@pytest.mark.parametrize("typed", list(commands()))
def test_a_command_in_the_docs_can_be_typed(typed):
    words = shlex.split(re.split(r" [<>|] ", typed)[0])[1:]  # what follows is the shell's
    group: click.Command = cli
    while isinstance(group, click.Group) and words:
        command = group.get_command(click.Context(group), words[0])
        assert command is not None, f"there is no command {words[0]}"
        group, words = command, words[1:]
    named_only = not words  # `citemesh mine` in running text names a command
    try:
        group.make_context("citemesh", words)
    except (click.MissingParameter, click.exceptions.NoArgsIsHelpError):
        assert named_only, typed


def test_the_two_commands_are_there():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        named = re.findall(r"^make (\w+)", (ROOT / page).read_text(), re.MULTILINE)
        assert set(named) <= targets
    assert {"demo", "test", "help", "check"} <= targets


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text()):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"
