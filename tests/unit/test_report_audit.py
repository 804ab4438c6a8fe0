"""Which audit a report shows: the one of these very negatives, with its page beside it."""

from pathlib import Path

import pyarrow as pa
import pytest

from citemesh.errors import InputError
from citemesh.evaluation.report_audit import read_audit
from citemesh.manifest import Manifest, file_sha256
from citemesh.mining.audit.rates import write_rates
from citemesh.mining.audit.verdicts import VERDICT_SCHEMA, VerdictWriter
from citemesh.workspace import Workspace
from tests.unit.mined_sample import write_mined

#: Verdict and reasons of each negative.
ROWS = [
    ("clean", ["shared_headings", "published_later"]),
    ("clean", ["shared_headings"]),
    ("clean", ["shared_headings"]),
    ("reject", ["same_work"]),
    ("ambiguous", ["citation", "chains", "same_work"]),
    ("likely_false_negative", ["citation", "shared_citers"]),
]


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path / "ws")
    write_mined(made.mined("m"))
    write_audit(made, "m")
    return made


def write_audit(workspace, name):
    folder = workspace.audit(name)
    folder.mkdir(parents=True)
    columns = dict.fromkeys(VERDICT_SCHEMA.names)
    rows = [
        {**columns, "strategy": "sibling", "verdict": verdict, "reasons": reasons, "branches": []}
        for verdict, reasons in ROWS
    ]
    with VerdictWriter(folder) as writer:
        for row in rows:  # a reader meets more than one part
            writer.write(pa.Table.from_pylist([row], VERDICT_SCHEMA))
    write_rates(folder)
    manifest = workspace.mined("m") / "manifest.json"
    Manifest("audit", {"audited": "m"}, {"m/manifest.json": file_sha256(manifest)}).write(folder)


def shown_audit(workspace):
    shown = read_audit(workspace, "m", "run")
    assert shown is not None
    return shown


def test_reasons_are_those_of_negatives_that_are_not_clean(workspace):
    shown = shown_audit(workspace)
    assert shown.reasons == [("citation", 2), ("same_work", 2), ("chains", 1)]
    (sibling,) = shown.strategies
    assert (sibling["group"], sibling["clean"], sibling["flagged"]) == ("sibling", 3, 1 / 3)


def test_the_link_leads_from_the_report_to_the_page(workspace):
    assert shown_audit(workspace).page is None
    page = workspace.audit("m") / "page.html"
    page.write_text("")
    link = shown_audit(workspace).page
    assert not Path(link).is_absolute()
    assert (workspace.run("run") / link).resolve() == page.resolve()


def test_an_audit_of_older_negatives_is_not_shown(workspace):
    Manifest("mine", {"mined": "anew"}).write(workspace.mined("m"))
    assert read_audit(workspace, "m", "run") is None
    with pytest.raises(InputError, match="no audit of the mined set 'm' as it is now"):
        read_audit(workspace, "m", "run", "m")


def test_only_an_audit_that_was_asked_for_must_be_there(workspace):
    write_mined(workspace.mined("other"))
    assert read_audit(workspace, "other", "run") is None
    with pytest.raises(InputError, match="audit run other --name mine"):
        read_audit(workspace, "other", "run", "mine")
    # One of another mined set is not taken for it, though it is there.
    with pytest.raises(InputError, match="no audit of the mined set 'other'"):
        read_audit(workspace, "other", "run", "m")
