"""`citemesh audit run` and `audit validate` on the real file and a real server."""

import json
import signal
import subprocess

import pyarrow.parquet as pq
import pytest

from citemesh.errors import SettingsError
from citemesh.mining.audit.run import AuditSettings, run_audit
from citemesh.mining.audit.score import open_scorer
from citemesh.mining.audit.score.features import FEATURES, GRAPH_FEATURES
from citemesh.mining.negatives import read_mined
from tests.support import clean_environment, command_line, one_clear_line, run_citemesh

FILES = {"anchors.parquet", "manifest.json", "rates.json", "scorer.json", "verdicts.parquet"}
NO_GUARDS = ("siml", "shared_major", "published_later", "unknown_topic", "cocited")


def audit(workspace, *arguments):
    done = run_citemesh(workspace.root, "audit", "run", *arguments)
    assert done.returncode == 0, done.stderr
    return done


def rows(workspace, name):
    return pq.read_table(workspace.audit(name) / "verdicts.parquet").to_pylist()


@pytest.fixture(scope="module")
def mined(real_workspace):
    """``linked``: all that citations lead to; ``some``: of several strategies; both unguarded."""
    off = [word for own in NO_GUARDS for word in ("--no-guard", own)]
    for name, mix, more in (
        ("linked", ("cited=2", "two_hop=1", "coupled=1"), ()),
        ("some", ("cited=2", "sibling=2", "random=1"), ("--limit", 300)),
    ):
        words = [word for own in mix for word in ("--strategy", own)]
        done = run_citemesh(real_workspace.root, "mine", *words, *off, *more, "--name", name)
        assert done.returncode == 0, done.stderr
        audit(real_workspace, name)
    return real_workspace


@pytest.mark.parametrize("name", ["linked", "some"])
def test_both_engines_give_the_same_verdicts(mined, name):
    audit(mined, name, "--engine", "cypher", "--name", f"{name}-asked")
    arrays, cypher = rows(mined, name), rows(mined, f"{name}-asked")
    assert arrays == cypher
    assert {path.name for path in mined.audit(f"{name}-asked").iterdir()} == FILES
    assert {"clean", "ambiguous", "likely_false_negative"} <= {row["verdict"] for row in arrays}
    assert len({row["strategy"] for row in arrays}) == 3


def test_every_negative_is_judged_in_its_order(mined):
    negatives = [
        (anchor.query_id, n.negative_pmid, n.strategy, n.rank, len(anchor.known_pmids))
        for anchor, own in read_mined(mined.mined("linked"))
        for n in own
    ]
    found = [
        (r["query_id"], r["negative_pmid"], r["strategy"], r["rank"], r["known_positives"])
        for r in rows(mined, "linked")
    ]
    assert found == negatives
    manifest = json.loads((mined.audit("linked") / "manifest.json").read_text())
    assert manifest["counts"]["negatives"] == len(negatives)
    assert sum(manifest["counts"].values()) == 2 * len(negatives)


def test_what_is_cited_is_suspected_and_what_is_random_is_not(mined):
    found = rows(mined, "linked") + rows(mined, "some")
    assert all(r["verdict"] != "clean" for r in found if r["cites"] or r["cited_by"])
    shares = {}
    for strategy in ("cited", "two_hop", "random"):
        own = [r for r in found if r["strategy"] == strategy]
        assert len(own) > 20
        shares[strategy] = sum(r["verdict"] == "clean" for r in own) / len(own)
    assert shares["cited"] == 0
    assert shares["two_hop"] < 0.5 < 0.9 < shares["random"]


def test_weights_are_printed_stored_and_taken_by_another_audit(mined, tmp_path):
    first = audit(mined, "some", "--force")
    stored = json.loads((mined.audit("some") / "scorer.json").read_text())
    assert stored["features"] == list(GRAPH_FEATURES)
    assert "citations of the corpus itself" in first.stdout
    for name, weight in zip(stored["features"], stored["weights"], strict=True):
        assert f"{name} " in first.stdout
        assert f"{weight:+.2f}" in first.stdout
    weights = mined.audit("some") / "scorer.json"
    audit(mined, "some", "--weights", weights, "--name", "again")
    assert rows(mined, "again") == rows(mined, "some")
    manifest = json.loads((mined.audit("again") / "manifest.json").read_text())
    assert str(weights) in manifest["inputs"]
    # Other weights give other probabilities.
    stored["weights"] = [0.0] * len(stored["weights"])
    (tmp_path / "none.json").write_text(json.dumps(stored))
    audit(mined, "some", "--weights", tmp_path / "none.json", "--name", "none")
    assert len({(r["probability"], r["known_positives"]) for r in rows(mined, "none")}) == len(
        {r["known_positives"] for r in rows(mined, "none")}
    )


def test_thresholds_move_verdicts_and_nothing_else(mined):
    audit(mined, "some", "--likely", "0.9", "--ambiguous", "0.01", "--name", "strict")
    for usual, strict in zip(rows(mined, "some"), rows(mined, "strict"), strict=True):
        assert usual["probability"] == strict["probability"] or usual["linked"] or usual["cited_by"]
        if strict["verdict"] == "likely_false_negative":
            assert strict["probability"] >= 0.9
        if strict["verdict"] == "clean":
            assert strict["probability"] < 0.01


def test_plain_rules_have_no_probability(mined):
    done = audit(mined, "some", "--score", "rules", "--name", "rules")
    assert "plain rules" in done.stdout
    found = rows(mined, "rules")
    assert all(r["probability"] is None and "plain rules" in r["sentence"] for r in found)
    assert len({r["verdict"] for r in found}) >= 2


def test_a_users_triples_with_a_known_positive_and_an_unknown_paper_among_them(mined, tmp_path):
    (pair,) = [
        (a, n) for a, own in read_mined(mined.mined("linked")) for n in own if n.strategy == "cited"
    ][:1]
    anchor, negative = pair
    positives = list(anchor.positive_pmids)
    lines = [
        {"query": "one query", "pos": positives, "neg": [negative.negative_pmid, 99_999_998]},
        {"query": "One  Query", "pos": [5], "neg": [positives[0]]},
    ]
    path = tmp_path / "my triples.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    audit(mined, path, "--name", "theirs")
    cited, gone, own = rows(mined, "theirs")
    assert (cited["strategy"], cited["verdict"] != "clean") == ("given", True)
    assert (gone["verdict"], gone["reasons"][0]) == ("ambiguous", "not_in_graph")
    assert (own["verdict"], own["reasons"][0]) == ("reject", "known_positive")
    assert own["known_positives"] == len(positives) + 1


def test_an_encoder_adds_its_cosines(mined, model, monkeypatch):
    """The file has too few citations between documents to weigh them, unless fewer are asked."""
    done = audit(mined, "some", "--model", model, "--name", "seen")
    assert "are shown, not weighed" in done.stderr
    found = rows(mined, "seen")
    assert all(0 <= r["query_cosine"] <= 1 and 0 <= r["positive_cosine"] <= 1 for r in found)
    assert len({r["query_cosine"] for r in found}) > 100
    monkeypatch.setattr(open_scorer, "MIN_CITATIONS", 100)
    settings = AuditSettings(model=str(model))
    result = run_audit(mined, "some", settings, "weighed")
    assert tuple(result.scorer["features"]) == tuple(FEATURES)
    assert result.scorer["weights"][-1] > 0
    weights = mined.audit("weighed") / "scorer.json"
    with pytest.raises(SettingsError, match=r"weighs the cosines of an encoder.*--model"):
        run_audit(mined, "some", AuditSettings(weights=weights), "blind")
    again = AuditSettings(weights=weights, model=str(model))
    run_audit(mined, "some", again, "again-weighed")
    assert rows(mined, "again-weighed") == rows(mined, "weighed")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("som",), "Mined sets are: "),
        (("linked",), "is there already"),
        (("some", "--likely", "0.1", "--ambiguous", "0.5"), "leave no order"),
        (("some", "--score", "rules", "--likely", "0.7"), "gives no probabilities"),
        (("some", "--score", "rules", "--model", "x"), "neither --weights nor --model"),
        (("some", "--weights", "absent.json"), "are not there"),
        (("some", "--weights", "rules.json"), "holds no weights of evidence"),
        (("some", "--weights", "bytes.json"), "holds no weights of evidence"),
        (("some", "--qrels", "test"), "--qrels is for BEIR folders"),
        (("some", "--model", "/nowhere/model"), "cannot be loaded"),
        (("texts.jsonl",), "texts without ids"),
    ],
)
def test_faults_are_one_line_and_leave_nothing(mined, tmp_path, arguments, words):
    (tmp_path / "rules.json").write_text('{"format": 2, "origin": "plain rules"}')
    (tmp_path / "bytes.json").write_bytes(bytes(range(128, 256)))
    (tmp_path / "texts.jsonl").write_text('{"query": "q", "pos": ["A text."], "neg": ["Other."]}')
    before = sorted((mined.root / "audits").iterdir())
    name = () if arguments == ("linked",) else ("--name", "fault")
    refused = run_citemesh(mined.root, "audit", "run", *arguments, *name, cwd=tmp_path)
    assert words in one_clear_line(refused)
    assert sorted((mined.root / "audits").iterdir()) == before


@pytest.mark.parametrize("at", ["Learning", "Auditing"])
def test_an_interrupted_audit_keeps_the_older_one(mined, at):
    folder = mined.audit("linked")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    process = subprocess.Popen(
        command_line(mined.root, "audit", "run", "linked", "--force", "--engine", "cypher"),
        env=clean_environment(), text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    printed = ""
    for line in process.stderr:
        printed += line
        if at in line:
            process.send_signal(signal.SIGINT)
            break
    printed += process.communicate(timeout=120)[1]
    assert (process.returncode, "Interrupted" in printed) == (1, True), printed
    assert "Traceback" not in printed
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert not list(folder.parent.glob(".*"))


def test_validation_finds_more_than_label_similarity_alone(mined):
    done = run_citemesh(mined.root, "audit", "validate", "--name", "proof")
    assert done.returncode == 0, done.stderr
    assert "citations planted with their edge hidden" in done.stdout
    found = json.loads((mined.audit("proof") / "validation.json").read_text())
    planted = found["planted"]
    assert planted["citations"] > 400
    by_rule = {
        row["evidence"]: row
        for row in planted["found"]
        if (row["planted"], row["among"], row["share"]) == ("citation", "same_major", 0.1)
    }
    for alone in ("siml", "ic_cosine"):
        assert by_rule["combiner"]["precision"] > by_rule[alone]["precision"] + 0.05
        assert by_rule["combiner"]["recall"] > by_rule[alone]["recall"] + 0.05
    copies = {row["planted"]: row for row in planted["copies"]}
    assert copies["duplicate"]["rejected"] == copies["duplicate"]["pairs"] == 500
    assert copies["changed version"]["rejected"] == 0
    refused = run_citemesh(mined.root, "audit", "validate", "--name", "proof")
    assert "is there already" in one_clear_line(refused)
