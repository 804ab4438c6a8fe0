"""Query generation: nothing is lost or made twice, and what is kept leads back."""

import json
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from citemesh.errors import InputError, OutputExistsError, SettingsError
from citemesh.graph.pmid_set import order_key
from citemesh.mining.anchors.queries import read_positives
from citemesh.mining.anchors.query_forms import open_query_file
from citemesh.training.generation import job
from citemesh.training.generation.cleaning import normalised
from citemesh.training.generation.generate import generate_queries
from citemesh.training.generation.generator import Output
from citemesh.training.generation.settings import GenerationSettings
from citemesh.workspace import Workspace
from tests.unit.query_writers import Killed, ToyWriter
from tests.unit.text_index_samples import SampleCorpus, word_encoder

DOCUMENTS = {
    pmid: f"title{pmid} " + " ".join(f"w{pmid}x{place}" for place in range(8))
    for pmid in range(1_000, 1_022)
} | {2_000: "Reply to none at all", 2_001: "Reply to a few more words"}  # fmt: skip
SETTINGS = GenerationSettings(("titles", "doc2query", "instruct:claim"), seed=3, per_document=2)
FILES = ("queries.jsonl", "dropped.jsonl", "drops.json")


class LoadedCorpus(SampleCorpus):
    """A corpus that also knows whose PMIDs are documents."""

    def settled(self):
        return SimpleNamespace(document_owners=lambda pmids: np.isin(pmids, list(self._all)))


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setattr(job, "Corpus", lambda folder: LoadedCorpus(DOCUMENTS))
    return Workspace(tmp_path / "ws")


@pytest.fixture
def run(workspace, monkeypatch):
    """Generates with a toy writer; returns the output's folder."""

    def call(settings=SETTINGS, writer=None, name="made", **more):
        writer = ToyWriter() if writer is None else writer
        models = {"doc2query": writer, "instruct": writer}
        monkeypatch.setattr(job, "_models", lambda *_: models)
        encoder = word_encoder() if settings.filter_model else None
        monkeypatch.setattr(job, "_encoder", lambda *_: encoder)
        generate_queries(workspace, settings, name, **more)
        return workspace.queries(name)

    return call


def rows_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def contents(folder):
    return {name: (folder / name).read_bytes() for name in FILES}


FILTERED = replace(SETTINGS, filter_model="words", keep_top=3)


@pytest.mark.parametrize("settings", [SETTINGS, FILTERED], ids=["unfiltered", "filtered"])
def test_every_query_is_kept_or_dropped_for_one_reason(run, settings):
    folder = run(settings)
    kept, dropped = rows_of(folder / "queries.jsonl"), rows_of(folder / "dropped.jsonl")
    counts = json.loads((folder / "drops.json").read_text())
    expected = {"titles": 24, "doc2query": 48, "instruct:claim": 48}
    assert {name: own["generated"] for name, own in counts.items()} == expected
    for name, own in counts.items():
        assert own["generated"] == own["kept"] + sum(own["dropped"].values())
        assert own["kept"] == sum(row["type"] == name for row in kept)
        assert own["dropped"] == Counter(r["dropped"] for r in dropped if r["type"] == name)
    ids = [row["query_id"] for row in (*kept, *dropped)]
    assert len(set(ids)) == len(ids) == sum(expected.values())
    seen = {reason for own in counts.values() for reason in own["dropped"]}
    assert {"empty", "copied", "unfinished", "ambiguous"} <= seen
    assert ("not retrieved" in seen) == (settings is FILTERED)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert sum(manifest["dropped"].values()) == len(dropped)
    assert manifest["counts"]["kept"] == len(kept)


def test_kept_queries_are_clean_different_and_read_by_mine(run):
    folder = run()
    rows = rows_of(folder / "queries.jsonl")
    assert rows
    assert not any("dropped" in row for row in rows)
    assert len({normalised(row["query"]) for row in rows}) == len(rows)
    file = open_query_file(folder / "queries.jsonl")
    known = read_positives(file)
    assert known.first.all()
    read = [(query_id, text) for _, query_id, text in file.queries()]
    assert read == [(row["query_id"], row["query"]) for row in rows]
    positives = {query_id: pmid for _, query_id, pmid in file.positives()}
    for row in rows:
        assert positives[row["query_id"]] == int(row["query_id"].split("-")[-2])
        assert row["source"] == ("PubMed" if row["type"] == "titles" else "toy")


def test_the_filter_lets_through_what_leads_back_and_nothing_that_strays(run):
    unfiltered, filtered = run(), run(FILTERED, name="filtered")
    before = [row["query_id"] for row in rows_of(unfiltered / "queries.jsonl")]
    after = [row["query_id"] for row in rows_of(filtered / "queries.jsonl")]
    # Only takes away, and changes no order.
    assert after == [query_id for query_id in before if query_id in set(after)]
    assert 0 < len(after) < len(before)
    generated = [row for row in rows_of(filtered / "queries.jsonl") if row["type"] != "titles"]
    assert len(generated) > 10


def test_titles_search_in_abstracts_alone(run, monkeypatch):
    # No word of a title stands in an abstract here. With the title in the passage each would find
    # its own document, as the same words do when a model wrote them, and nothing would be tested.
    texts = {pmid: f"title{pmid} abstract{pmid}" for pmid in range(300, 340)}
    monkeypatch.setattr(job, "Corpus", lambda folder: LoadedCorpus(texts))
    settings = replace(FILTERED, types=("titles",), per_document=1)
    titles = rows_of(run(settings) / "queries.jsonl")
    echo = run(replace(settings, types=("doc2query",)), EchoTitle(), name="echo")
    named = run(replace(settings, types=("instruct:title",)), EchoTitle(), name="named")
    assert len(rows_of(echo / "queries.jsonl")) >= 30
    assert len(titles) < 10
    texts_of = [
        [row["query"] for row in rows] for rows in (titles, rows_of(named / "queries.jsonl"))
    ]
    assert texts_of[0] == texts_of[1]


class EchoTitle(ToyWriter):
    """Writes the title of the document whose abstract it reads."""

    def _one(self, passage, seed):
        return Output(passage.replace("abstract", "title"), True)


@pytest.mark.parametrize("settings", [SETTINGS, FILTERED], ids=["unfiltered", "filtered"])
def test_killed_at_any_chunk_the_same_call_ends_with_the_same_bytes(run, workspace, settings):
    whole = ToyWriter()
    expected = contents(run(settings, whole))
    calls = len(whole.asked)
    assert calls == 12  # 24 documents by fours, for two types
    for killed_at in range(calls):
        name = f"killed{killed_at}"
        with pytest.raises(Killed):
            run(settings, ToyWriter(killed_at), name)
        assert not workspace.queries(name).exists()
        writer = ToyWriter()
        assert contents(run(settings, writer, name)) == expected
        # Only the chunk that it died in is written again.
        assert writer.asked == whole.asked[killed_at - killed_at % 2 :]
    assert not list((workspace.root / "query-work").iterdir())


def test_killed_twice_and_while_writing_a_line(run, workspace):
    expected = contents(run(SETTINGS, name="whole"))
    for killed_at in (5, 3):
        with pytest.raises(Killed):
            run(SETTINGS, ToyWriter(killed_at))
    (partial,) = (workspace.root / "query-work").glob("*/candidates.jsonl")
    with partial.open("ab") as stream:
        stream.write(b'{"query_id": "doc2query-1007-1", "que')
    assert contents(run(SETTINGS)) == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 4}, {"limit": 15}, {"per_document": 1}, {"types": ("doc2query", "titles")},
        {"temperature": 0.5}, {"filter_model": "words", "keep_top": 3},
    ],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
def test_the_partial_file_of_another_command_is_not_taken_up(run, changed):
    other = replace(SETTINGS, **changed)
    expected = contents(run(other, name="expected"))
    with pytest.raises(Killed):
        run(SETTINGS, ToyWriter(killed_at=6))
    assert contents(run(other)) == expected


def test_other_weights_do_not_take_it_up_either(run):
    with pytest.raises(Killed):
        run(SETTINGS, ToyWriter(killed_at=6))
    writer = ToyWriter(weights="others")
    run(SETTINGS, writer)
    assert len(writer.asked) == 12


def test_documents_are_those_with_the_smallest_h_and_none_denied(run, tmp_path):
    order = sorted(DOCUMENTS, key=lambda pmid: int(order_key(np.array([pmid]))[0]))
    denied = tmp_path / "deny.txt"
    denied.write_text(f"{order[0]}\n{order[3]}\n")
    settings = replace(SETTINGS, types=("titles",), per_document=1, limit=6, deny=(denied,))
    folder = run(settings)
    made = rows_of(folder / "queries.jsonl") + rows_of(folder / "dropped.jsonl")
    assert {row["positive_pmids"][0] for row in made} == {*order[1:3], *order[4:8]}


def test_a_users_files_are_joined_under_ids_of_their_own(run, tmp_path):
    one, other, denied = tmp_path / "one.tsv", tmp_path / "two.jsonl", tmp_path / "deny.txt"
    one.write_text("q\tw1000x1 w1000x2\t1000\nq\tw1000x1 w1000x2\t1001\ngone\tnowhere\t77\n")
    other.write_text(
        '{"query_id": "q", "query": "w1002x3 w1002x4", "positive_pmids": [1002, 1003]}\n'
        '{"query_id": "r", "query": "w1003x3 w1003x4", "positive_pmids": [1003]}\n'
        '{"query_id": "s", "query": "W1000x1  w1000x2.", "positive_pmids": [1005]}\n'
    )
    denied.write_text("1003\n")
    settings = GenerationSettings(
        (str(one), str(other)), deny=(denied,), filter_model="words", keep_top=5
    )
    folder = run(settings)
    kept = {row["query_id"]: row["positive_pmids"] for row in rows_of(folder / "queries.jsonl")}
    assert kept == {"file2-q": [1002]}
    dropped = {row["query_id"]: row["dropped"] for row in rows_of(folder / "dropped.jsonl")}
    assert dropped == {
        "file1-q": "ambiguous", "file2-s": "ambiguous", "file1-gone": "no text",
        "file2-r": "denied",
    }  # fmt: skip


def test_each_text_has_a_seed_of_its_own_that_other_documents_do_not_change(run):
    all_, few, other = ToyWriter(), ToyWriter(), ToyWriter()
    run(SETTINGS, all_)
    run(replace(SETTINGS, limit=5), few, "few")
    run(replace(SETTINGS, seed=4), other, "other")
    assert len(set(all_.seeds)) == len(all_.seeds) == 96
    assert len(few.seeds) == 20
    assert set(few.seeds) < set(all_.seeds)
    assert not set(other.seeds) & set(all_.seeds)


def test_an_output_that_is_there_is_not_replaced_unasked(run):
    before = contents(run())
    writer = ToyWriter()
    with pytest.raises(OutputExistsError, match="--force"):
        run(writer=writer)
    assert not writer.asked
    assert contents(run(force=True)) == before


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        (GenerationSettings(()), SettingsError, "No type"),
        (GenerationSettings(("titles", "titles")), SettingsError, "twice"),
        (GenerationSettings(("doc2qery",)), InputError, "Did you mean doc2query"),
        (GenerationSettings(("instruct",)), SettingsError, "Known: instruct:question"),
        (GenerationSettings(("instruct:clam",)), SettingsError, "Did you mean claim"),
        (GenerationSettings(("nowhere.tsv",)), InputError, "neither"),
        (GenerationSettings(per_document=0), SettingsError, "per-document"),
        (GenerationSettings(per_document=2, temperature=0), SettingsError, "temperature"),
        (GenerationSettings(temperature=-1), SettingsError, "temperature"),
        (GenerationSettings(limit=0), SettingsError, "limit"),
        (GenerationSettings(keep_top=0), SettingsError, "keep-top"),
        (GenerationSettings(filter_model="words", keep_top=24), SettingsError, "keeps every"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_work_is_refused_before_any_work(run, workspace, settings, error, words):
    writer = ToyWriter()
    with pytest.raises(error, match=words):
        run(settings, writer)
    assert not writer.asked
    assert not (workspace.root / "queries").exists()
    assert not (workspace.root / "query-work").exists()


def test_no_document_left_is_an_error(run, tmp_path, workspace):
    denied = tmp_path / "deny.txt"
    denied.write_text("".join(f"{pmid}\n" for pmid in DOCUMENTS))
    with pytest.raises(InputError, match="no document"):
        run(replace(SETTINGS, deny=(denied,)))
    assert not (workspace.root / "query-work").exists()
