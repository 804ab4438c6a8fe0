"""Running the command line as a user does, and reading its errors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


def command_line(workspace: Path, *arguments: object) -> list[str]:
    """The command for a process of its own."""
    return [sys.executable, "-m", "citemesh", "--workspace", str(workspace), *map(str, arguments)]


def clean_environment(**more: str) -> dict[str, str]:
    """This environment without another server or workspace in it, and without a model hub."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("NEO4J_", "CITEMESH_"))}
    return {**kept, "HF_HUB_OFFLINE": "1", **more}


def run_citemesh(
    workspace: Path, *arguments: object, environment: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command_line(workspace, *arguments), text=True, capture_output=True, timeout=900,
        env=clean_environment(**(environment or {})), check=False, **options,
    )  # fmt: skip


def one_clear_line(result: subprocess.CompletedProcess[str]) -> str:
    """The error of a failed command: exit code 1, one line, no traceback."""
    assert result.returncode == 1, result.stderr
    assert "Traceback" not in result.stderr
    errors = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1, result.stderr
    return errors[0]
