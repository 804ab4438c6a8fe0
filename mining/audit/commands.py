"""``citemesh audit``: judge negatives, review them, take verdicts back, prove that it works."""

from __future__ import annotations

from importlib import import_module

import click

#: Command to the module that has it, and its name there: none is imported before it is called.
_COMMANDS = {
    "run": ("citemesh.mining.audit.run_command", "run"),
    "page": ("citemesh.mining.audit.page.page_command", "page"),
    "apply": ("citemesh.mining.audit.labels.apply_command", "apply"),
    "validate": ("citemesh.mining.audit.validate.validate_command", "validate"),
}


class _AuditGroup(click.Group):
    """Imports a command when it is called, or listed with its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which they are used."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=_AuditGroup)
def audit() -> None:
    """Find the mined negatives that are probably relevant, show why, and take them out.

    \b
    Example:
      citemesh audit run default
      citemesh audit page default
      citemesh audit apply default labels.jsonl --name reviewed
    """
