"""Damaged PubMed files: records, counted skips or one clear error, and never what is not there."""

import http.server
import threading
from collections import Counter
from contextlib import contextmanager
from random import Random

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import DATA, Trial, run
from benchmarks.mutations import damage_structure, pubmed_sources
from benchmarks.pubmed_oracle import facts_in_source, facts_in_tables
from citemesh.errors import InputError
from citemesh.graph.pubmed.read import read_pubmed

SOURCES = pubmed_sources(DATA)
FILE = """{head}<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE">
<PMID Version="1">42</PMID><Article><ArticleTitle>{title}</ArticleTitle></Article>
{headings}</MedlineCitation>
<PubmedData><ReferenceList>{references}</ReferenceList></PubmedData></PubmedArticle>
</PubmedArticleSet>"""
REFERENCE = (
    '<Reference><ArticleIdList><ArticleId IdType="pubmed">{}</ArticleId></ArticleIdList>'
    "</Reference>"
)
SECRET = "5005005"


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    return Trial(tmp_path_factory.mktemp("fuzz"))


def tables_or_none(tmp_path, text):
    """The tables of a file; none when it is refused in one line."""
    source = tmp_path / "made.xml"
    source.write_text(text)
    try:
        return list(read_pubmed(source, Counter()))
    except InputError as error:
        assert "\n" not in str(error)
        return []


def all_words(tables):
    """Everything in the tables, as text."""
    return "".join(str(table.to_pylist()) for batch in tables for table in batch.values())


def test_undamaged_files_tell_exactly_what_they_say(tmp_path):
    # Else the oracle would prove nothing.
    told_in_all = 0
    for number, data in enumerate(SOURCES):
        path = tmp_path / f"{number}.xml"
        path.write_bytes(data)
        source = facts_in_source(data)
        if b"<!ENTITY" in data:
            continue
        assert source is not None
        told = facts_in_tables(read_pubmed(path, Counter()))
        assert source.owed <= told <= source.allowed
        told_in_all += len(told)
    assert told_in_all > 10


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(st.randoms(use_true_random=False), st.sampled_from(SOURCES))
def test_odd_structure(trial, random, source):
    trial.read(damage_structure(random, source))


def test_damaged_files_and_flat_memory(tmp_path):
    trial = Trial(tmp_path)
    assert run(trial, 300, 1, DATA).failures == {}
    before = psutil.Process().memory_info().rss
    assert run(trial, 2000, 2, DATA).failures == {}
    assert psutil.Process().memory_info().rss - before < 40 << 20
    # Had all been refused, or none damaged, the test would prove nothing.
    assert trial.outcomes["records"] > 100
    assert trial.skips["record without a PMID"] > 5
    assert sum(n for kind, n in trial.outcomes.items() if kind.startswith("refused")) > 100


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol" * 10}">' for n in range(10))
BOMBS = {
    "billion laughs": (f"<!DOCTYPE PubmedArticleSet [{LAUGHS}]>", "&l9;"),
    "quadratic": (f'<!DOCTYPE PubmedArticleSet [<!ENTITY q "{"lol" * 9000}">]>', "&q;" * 9000),
    "parameter": (
        '<!DOCTYPE PubmedArticleSet [<!ENTITY % p "&#60;!ENTITY l \'lollol\'>"> %p;]>', "&l;",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_entity_bombs_do_not_grow(tmp_path, name):
    head, title = BOMBS[name]
    tables = tables_or_none(
        tmp_path, FILE.format(head=head, title=title, headings="", references=REFERENCE.format(7))
    )
    assert "lol" not in all_words(tables)


@contextmanager
def listening():
    """A server that notes what is asked of it."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SECRET.encode())

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("place", ["entity", "parameter entity", "doctype"])
@pytest.mark.parametrize("scheme", ["file", "http"])
def test_nothing_outside_the_file_is_read(tmp_path, place, scheme):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    with listening() as (address, asked):
        url = f"{address}/x" if scheme == "http" else secret.as_uri()
        head = {
            "entity": f'<!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "{url}">]>',
            "parameter entity": f'<!DOCTYPE PubmedArticleSet [<!ENTITY % x SYSTEM "{url}"> %x;]>',
            "doctype": f'<!DOCTYPE PubmedArticleSet SYSTEM "{url}">',
        }[place]
        tables = tables_or_none(
            tmp_path,
            FILE.format(head=head, title="&x;", headings="", references=REFERENCE.format("&x;")),
        )
        assert asked == []
    assert SECRET not in all_words(tables)


@pytest.mark.parametrize(
    "written", ["4<i>2</i>", "4<!-- -->2", "4<?p ?>2", "&#52;2", "4<![CDATA[2]]>"]
)
def test_a_number_in_pieces_is_whole_or_absent(tmp_path, written):
    tables = tables_or_none(
        tmp_path,
        FILE.format(head="", title="T", headings="", references=REFERENCE.format(written)),
    )
    assert {v for _, _, v in facts_in_tables(tables)} <= {42}


@pytest.mark.parametrize("written", ["4&none;2", "42&none;", "&none;42"])
def test_an_entity_that_only_an_unread_dtd_could_know_spoils_its_value(tmp_path, written):
    # With a DOCTYPE, which every real file has, such a reference is well-formed.
    head = '<!DOCTYPE PubmedArticleSet SYSTEM "http://no.such/a.dtd">'
    heading = (
        f'<MeshHeadingList><MeshHeading><DescriptorName UI="D0000{written}" MajorTopicYN="N">'
        "A</DescriptorName></MeshHeading></MeshHeadingList>"
    )
    tables = tables_or_none(
        tmp_path,
        FILE.format(head=head, title="T", headings=heading, references=REFERENCE.format(written)),
    )
    found = {value for _, _, value in facts_in_tables(tables)}
    assert not any(str(value).isalnum() for value in found), found


def test_a_seed_repeats_its_damage():
    first, second = (damage_structure(Random(5), SOURCES[0]) for _ in range(2))
    assert first == second
