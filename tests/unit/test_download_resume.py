"""Downloads that go on where they broke off, and never sew two versions of a file together."""

import gzip
from email.utils import formatdate

import pytest

from citemesh.graph.download.download import Options, download
from citemesh.graph.download.sources import MeshSource
from tests import http_server as bad
from tests.download_world import CONTENT, HALF, NAME, OTHER, PATH, Naps, fetched, get, publish
from tests.http_server import misbehaving_server


@pytest.fixture
def server():
    with misbehaving_server() as running:
        publish(running)
        yield running


def broken_off(server, folder, sent=HALF):
    """Let a download fail after `sent` bytes and forget how it came to that."""
    server.script(PATH, bad.truncate(sent))
    assert get(server, folder, patience=Naps().patience(attempts=1)).failed
    assert not (folder / NAME).exists()
    assert (folder / f"{NAME}.partial").stat().st_size == sent
    server.asked.clear()


def test_goes_on_by_range_from_what_has_arrived(server, tmp_path):
    broken_off(server, tmp_path)
    fetched(server, tmp_path)
    [request] = server.requests_of(PATH)
    assert request["Range"] == f"bytes={HALF}-"
    assert request["If-Range"].startswith('"')


def test_a_file_that_changed_between_two_ranges_is_not_sewn_together(server, tmp_path):
    broken_off(server, tmp_path)
    server.put(PATH, OTHER, sidecar=True)
    fetched(server, tmp_path)


def test_a_server_that_ignores_if_range_is_found_out_by_its_etag(server, tmp_path):
    broken_off(server, tmp_path)
    server.put(PATH, OTHER, sidecar=True)
    server.script(PATH, bad.part(HALF))
    fetched(server, tmp_path)
    assert "Range" not in server.requests_of(PATH)[1]


def test_a_server_that_ignores_range_sends_all_of_it(server, tmp_path):
    broken_off(server, tmp_path)
    server.script(PATH, bad.whole)
    fetched(server, tmp_path)
    assert len(server.requests_of(PATH)) == 1


def test_another_range_than_was_asked_for_is_not_used(server, tmp_path):
    broken_off(server, tmp_path)
    server.script(PATH, bad.part(HALF + 7))
    fetched(server, tmp_path)


def test_without_etag_and_date_it_begins_anew(server, tmp_path):
    server.with_validators = False
    broken_off(server, tmp_path)
    fetched(server, tmp_path)
    [request] = server.requests_of(PATH)
    assert "Range" not in request


@pytest.mark.parametrize("etag", ['W/"a"', "bare", '"\xfc"', '"a"\r\n folded'])
def test_a_weak_or_odd_etag_does_not_stand_in_if_range(server, tmp_path, etag):
    server.with_validators = False
    date = formatdate(bad.PUBLISHED, usegmt=True)

    def weak(handler, content):
        handler.start(200, len(content), ETag=etag, Last_Modified=date)
        handler.wfile.write(content[:HALF])
        handler.drop()

    server.script(PATH, weak)
    fetched(server, tmp_path)
    assert server.requests_of(PATH)[1]["If-Range"] == date


@pytest.mark.parametrize("date", ["yesterday", "a\r\n b", "Mon, 01 Jan 99999 00:00:00 GMT", "\xfc"])
def test_an_odd_date_is_passed_over(server, tmp_path, date):
    server.with_validators = False

    def odd(handler, content):
        handler.start(200, len(content), Last_Modified=date)
        handler.wfile.write(content[:HALF])
        handler.drop()

    def odd_and_whole(handler, content):
        handler.start(200, len(content), Last_Modified=date)
        handler.wfile.write(content)

    server.script(PATH, odd, odd_and_whole)
    fetched(server, tmp_path)


def test_a_shorter_file_answers_416_and_is_fetched_anew(server, tmp_path):
    broken_off(server, tmp_path)
    server.put(PATH, gzip.compress(b"short"), sidecar=True)
    server.script(PATH, bad.part(HALF))
    fetched(server, tmp_path)


def test_a_whole_partial_file_is_not_asked_for_again(server, tmp_path):
    broken_off(server, tmp_path, sent=HALF)
    with (tmp_path / f"{NAME}.partial").open("ab") as partial:
        partial.write(CONTENT[HALF:])
    fetched(server, tmp_path)
    assert server.requests_of(PATH) == []


def test_attempts_that_gain_bytes_do_not_use_patience_up(server, tmp_path):
    server.script(PATH, *[bad.truncate(40_000)] * 7)
    fetched(server, tmp_path, patience=Naps().patience(attempts=2, worthwhile=10_000))


def test_what_came_before_a_stall_is_kept(server, tmp_path):
    server.script(PATH, bad.stall(100_001))
    fetched(server, tmp_path)
    assert server.requests_of(PATH)[1]["Range"] == "bytes=100001-"


def test_a_content_encoding_does_not_unpack_the_file(server, tmp_path):
    def encoded(handler, content):
        handler.start(200, len(content), Content_Encoding="gzip")
        handler.wfile.write(content)

    server.script(PATH, encoded)
    fetched(server, tmp_path)
    assert server.requests_of(PATH)[0]["Accept-Encoding"] == "identity"


def test_a_server_that_sends_less_than_the_rest_is_asked_for_more(server, tmp_path):
    broken_off(server, tmp_path)
    server.script(PATH, bad.part(HALF, HALF + 999), bad.part(HALF + 1000, HALF + 1999))
    fetched(server, tmp_path)
    asked = [headers["Range"] for headers in server.requests_of(PATH)]
    assert asked == [f"bytes={HALF + more}-" for more in (0, 1000, 2000)]


@pytest.mark.parametrize("first", [5000, 5007])
def test_plain_xml_without_an_md5_is_not_sewn_together_either(server, tmp_path, first):
    def xml(letter):
        return b"<DescriptorRecordSet>" + letter * 10_000 + b"</DescriptorRecordSet>"

    path, source = "/MESH_FILES/xmlmesh/desc2026.xml", MeshSource(2026, ("desc",), server.url)
    server.put(path, xml(b"a"))
    server.script(path, bad.honest, bad.truncate(5000))
    assert download(tmp_path, source, Options(patience=Naps().patience(attempts=1))).failed
    if first == 5000:
        server.put(path, xml(b"b"))
    server.script(path, bad.honest, bad.part(first))
    download(tmp_path, source, Options(patience=Naps().patience())).raise_for_failures()
    assert (tmp_path / "desc2026.xml").read_bytes() == server.files[path]
