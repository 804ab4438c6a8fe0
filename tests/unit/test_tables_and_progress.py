"""What people and programs read: tables, JSON, progress lines."""

import io
import json
from typing import Any

import click
import pytest
from click.testing import CliRunner

from citemesh.progress import QUIET_VARIABLE, _Lines, progress_bar, say, step
from citemesh.tables import print_rows, render_table

ROWS: list[dict[str, Any]] = [
    {"name": "CITES", "count": 48_598, "share": 0.5},
    {"name": "AT", "count": None, "share": 1},
]


def test_numbers_stand_to_the_right_with_thousands_separated():
    lines = render_table(ROWS).splitlines()
    assert lines[0].split() == ["name", "count", "share"]
    assert "48,598" in lines[2]
    assert lines[2].index("48,598") + 6 == lines[3].index("-") + 1


def test_nothing_is_said_to_be_nothing():
    assert render_table([]) == "(nothing)"


def test_a_list_of_names_with_commas_can_be_told_apart():
    lines = render_table([{"headings": ["Leukemia, Lymphoid", "Lung"], "deep": [{"a": [1]}]}])
    assert "Leukemia, Lymphoid; Lung" in lines
    assert '[{"a": [1]}]' in lines


def test_identifiers_keep_their_digits_and_long_cells_are_cut_where_asked():
    rows = [{"pmid": 31_452_104, "title": "A\tlong\ntitle"}]
    assert "31,452,104" in render_table(rows)
    assert render_table(rows, thousands=False, widest=8).splitlines()[2] == "31452104  A long …"
    assert len(render_table(rows).splitlines()) == 3


@pytest.mark.parametrize("output_format", ["table", "json"])
def test_json_is_for_programs(output_format):
    command = click.command()(lambda: print_rows(ROWS, output_format))
    printed = CliRunner().invoke(command).output
    if output_format == "json":
        assert json.loads(printed) == ROWS
    else:
        assert "CITES" in printed


def test_a_log_gets_lines_and_no_carriage_returns():
    stream = io.StringIO()
    lines = _Lines(stream)
    for text in ("\r 10%", "", "\n", "\r 20%\n"):
        lines.write(text)
    assert stream.getvalue() == "10%\n20%\n"


def test_quiet_prints_nothing(capsys, monkeypatch):
    monkeypatch.setenv(QUIET_VARIABLE, "1")
    with step("Long work"), progress_bar("Work", total=2) as bar:
        bar.update(2)
    say("words")
    assert capsys.readouterr().err == ""


def test_a_step_says_how_long_it_took(capsys, monkeypatch):
    monkeypatch.delenv(QUIET_VARIABLE, raising=False)
    with step("Work"):
        pass
    assert "Work: done in 0.0 s" in capsys.readouterr().err
