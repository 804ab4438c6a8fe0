"""Which files are asked for, where they are found, and what the command says."""

import gzip
import io
import json
import zipfile

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from citemesh.cli import cli
from citemesh.errors import InputError
from citemesh.graph.download.download import Options, download
from citemesh.graph.download.http import DownloadError
from citemesh.graph.download.icite import IciteSource
from citemesh.graph.download.numbers import parse_numbers
from citemesh.graph.download.sources import MeshSource, PubmedSource
from citemesh.graph.download.transfer import State
from tests import http_server as bad
from tests.download_world import CONTENT, NAME, PATH, Naps, get, publish
from tests.http_server import misbehaving_server

OPTIONS = Options(patience=Naps().patience())
MESH_XML = b"""<?xml version="1.0"?>\n<!DOCTYPE DescriptorRecordSet>
<DescriptorRecordSet LanguageCode="eng"></DescriptorRecordSet>\n"""


@pytest.fixture
def server():
    with misbehaving_server() as running:
        publish(running)
        yield running


# Which files.


def test_baseline_and_update_files_are_found_where_they_are(server, tmp_path):
    assert get(server, tmp_path, "2-").count(State.FETCHED) == 2
    asked = [path for path, _ in server.asked if path.endswith(".gz")]
    assert sorted(asked) == [
        "/pubmed/baseline/pubmed26n0002.xml.gz",
        "/pubmed/updatefiles/pubmed26n0003.xml.gz",
    ]


def test_a_number_that_is_nowhere_is_said_before_anything_is_fetched(server, tmp_path):
    with pytest.raises(DownloadError, match=r"n0009.*numbers 1 to 3 of 2026"):
        get(server, tmp_path, "1,9")
    assert server.requests_of(PATH) == []


def test_a_year_that_is_not_there_names_the_one_that_is(server, tmp_path):
    source = PubmedSource(2025, parse_numbers("1-"), f"{server.url}/pubmed")
    with pytest.raises(DownloadError, match="lists files of 2026, and none of 2025"):
        download(tmp_path, source, OPTIONS)


def test_an_open_range_beyond_the_end_says_where_that_is(server, tmp_path):
    with pytest.raises(DownloadError, match="files from 4 on; it has the numbers 1 to 3"):
        get(server, tmp_path, "4-")


def test_a_listing_that_breaks_off_is_not_believed(server, tmp_path):
    server.script("/pubmed/updatefiles/", bad.truncate(30))
    get(server, tmp_path, "3-").raise_for_failures()


def test_a_listing_may_come_packed(server, tmp_path):
    def packed(handler, content):
        body = gzip.compress(content)
        handler.start(200, len(body), Content_Encoding="gzip")
        handler.wfile.write(body)

    server.script("/pubmed/updatefiles/", packed)
    get(server, tmp_path, "3-").raise_for_failures()


@given(st.sets(st.integers(1, 60), min_size=1), st.booleans())
def test_numbers_and_ranges_say_the_same(numbers, as_range):
    text = ",".join(f"{n}-{n}" if as_range else str(n) for n in sorted(numbers, reverse=True))
    assert parse_numbers(text).among(set()) == tuple(sorted(numbers))


def test_an_open_range_takes_what_is_there():
    numbers = parse_numbers(" 1-3, 7 ,10-")
    assert numbers.among({1, 9, 10, 12}) == (1, 2, 3, 7, 10, 12)


@pytest.mark.parametrize(
    "text",
    ["", "0", "3-1", "1-999999999999", "1-100000", "a", "-3", "1,,2", "\u0663", "../1"],
)
def test_other_numbers_are_refused(text):
    with pytest.raises(InputError, match="--files"):
        parse_numbers(text)


@pytest.mark.parametrize("year", [2025, 2026])
@pytest.mark.parametrize("folder", ["{year}", "MESH_FILES"])
@pytest.mark.parametrize("suffix", [".gz", ".xml"])
def test_mesh_is_found_in_either_place_among_pages_with_status_200(
    server, tmp_path, year, folder, suffix
):
    content = CONTENT if suffix == ".gz" else MESH_XML
    right = f"/mesh/{folder.format(year=year)}/xmlmesh/desc{year}{suffix}"
    for place in (str(year), "MESH_FILES"):
        for other in (".gz", ".xml"):
            path = f"/mesh/{place}/xmlmesh/desc{year}{other}"
            server.put(path, content)
            server.script(path, *[bad.page] * (0 if path == right else 9))
    report = download(tmp_path, MeshSource(year, ("desc",), f"{server.url}/mesh"), OPTIONS)
    report.raise_for_failures()
    assert (tmp_path / f"desc{year}{suffix}").read_bytes() == content
    likely = {2025: "2025", 2026: "MESH_FILES"}[year]
    assert server.asked[0][0] == f"/mesh/{likely}/xmlmesh/desc{year}.gz"


def test_mesh_that_is_nowhere(server, tmp_path):
    with pytest.raises(DownloadError, match=r"supp2026\.gz is at none of"):
        download(tmp_path, MeshSource(2026, ("supp",), server.url), OPTIONS)


@pytest.mark.parametrize("suffix", [".gz", ".xml"])
def test_mesh_that_was_cut_off_is_fetched_again(server, tmp_path, suffix):
    path = f"/MESH_FILES/xmlmesh/desc2026{suffix}"
    server.put(path, CONTENT if suffix == ".gz" else MESH_XML)
    server.script(path, bad.honest, bad.lying_length(-20))
    report = download(tmp_path, MeshSource(2026, ("desc",), server.url), OPTIONS)
    report.raise_for_failures()
    assert (tmp_path / f"desc2026{suffix}").read_bytes() == server.files[path]


def citations_zip():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        # With a fixed date: the same bytes in every second.
        member = zipfile.ZipInfo("open_citation_collection.csv")
        archive.writestr(member, "citing,referenced\n1,2\n")
    return packed.getvalue()


def publish_snapshots(server, md5=None):
    dates = {11: "2025-12-03T10:00:00Z", 12: "2026-02-04T10:00:00Z", 13: "2026-01-04T10:00:00Z"}
    articles = [{"id": number, "published_date": date} for number, date in dates.items()]
    server.put("/v2/collections/4586573/articles", json.dumps(articles).encode())
    for number in dates:
        server.put(f"/zips/{number}", citations_zip())
        entry = {
            "name": "open_citation_collection.zip", "download_url": f"{server.url}/zips/{number}",
            "computed_md5": md5,
        }  # fmt: skip
        files = [{"name": "icite_metadata.zip"}, entry]
        server.put(f"/v2/articles/{number}/files", json.dumps(files).encode())


@pytest.mark.parametrize(("year", "number"), [(None, 12), (2025, 11)])
def test_icite_is_the_newest_snapshot(server, tmp_path, year, number):
    publish_snapshots(server)
    report = download(tmp_path, IciteSource(year, base_url=f"{server.url}/v2"), OPTIONS)
    assert report.arrived[0].path.read_bytes() == citations_zip()
    assert server.requests_of(f"/zips/{number}")


def test_another_address_of_icite_is_another_file(server, tmp_path):
    for number in (11, 12):
        server.put(f"/zips/{number}", citations_zip())
        report = download(tmp_path, IciteSource(url=f"{server.url}/zips/{number}"), OPTIONS)
        assert report.count(State.FETCHED) == 1
    assert len(list(tmp_path.glob("open_citation_collection-*.zip"))) == 2


def test_icites_md5_is_held_against_the_zip(server, tmp_path):
    publish_snapshots(server, md5="0" * 32)
    report = download(tmp_path, IciteSource(base_url=f"{server.url}/v2"), OPTIONS)
    assert "MD5 does not match" in report.failed["open_citation_collection.zip"]


@pytest.mark.parametrize("answer", [b"<html>", b"{}", b"[]", b'[{"id": "../x"}]', b"[1]", b"null"])
def test_a_figshare_that_answers_otherwise_says_what_to_do(server, tmp_path, answer):
    server.put("/v2/collections/4586573/articles", answer)
    with pytest.raises(DownloadError, match="give it with --url"):
        download(tmp_path, IciteSource(base_url=f"{server.url}/v2"), OPTIONS)


# The command.


def test_the_command_says_what_it_has_and_what_comes_next(server, tmp_path):
    arguments = ["--workspace", str(tmp_path), "graph", "download", "pubmed", "--files", "1,3"]
    arguments += ["--year", "2026", "--base-url", f"{server.url}/pubmed"]
    first, again = (CliRunner().invoke(cli, arguments, catch_exceptions=False) for _ in range(2))
    assert "2 fetched (0.6 MB)" in first.stdout
    assert "2 there already (0.6 MB)" in again.stdout
    assert f"Next: citemesh graph load {tmp_path / 'downloads' / NAME}" in again.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("pubmed --files 1", "--year"),
        ("pubmed --year 2026", "--files 1-3"),
        ("mesh --year 2026 --files 1", "--files is for pubmed"),
        ("icite --what desc", "--what is for mesh"),
        ("pubmed --files 1 --year 2026 --url http://h/x", "--url is for icite"),
        ("pubmed --files 1 --year 2026 --base-url file:///etc", "no http or https address"),
    ],
)
def test_what_does_not_go_together_is_refused(tmp_path, arguments, words):
    command = ["--workspace", str(tmp_path), "graph", "download", *arguments.split()]
    result = CliRunner().invoke(cli, command)
    assert result.exit_code
    assert words in f"{result.output} {result.exception}"
    assert not list(tmp_path.iterdir())
