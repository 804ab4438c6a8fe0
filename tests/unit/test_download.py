"""Downloads from a real server on this machine that does all that servers do wrong, then heals."""

import errno
import shutil
import time
from email.utils import formatdate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citemesh.errors import is_no_space
from citemesh.graph.download import transfer as download_transfer
from citemesh.graph.download.http import DownloadError
from citemesh.graph.download.transfer import State
from tests import http_server as bad
from tests.download_world import CONTENT, HALF, NAME, PATH, Naps, fetched, get, publish
from tests.http_server import misbehaving_server


@pytest.fixture
def server():
    with misbehaving_server() as running:
        publish(running)
        yield running


# One misbehaviour, then an honest server.


MISBEHAVIOURS = {
    "truncates": bad.truncate(HALF),
    "sends nothing": bad.truncate(0),
    "stalls": bad.stall(HALF),
    "redirects": bad.status(302, Location="/pubmed/updatefiles/pubmed26n0003.xml.gz"),
    "answers 429": bad.status(429, Retry_After="1"),
    "answers 503": bad.status(503),
    "answers with a page": bad.page,
    "answers no HTTP": bad.garble,
    "promises too much": bad.lying_length(+1000),
    "promises too little": bad.lying_length(-1000),
    "answers 416": bad.status(416),
    "sends a part unasked": bad.part(5),
}
#: The last two are answers to ranges only; elsewhere they end a run.
PASSING = list(MISBEHAVIOURS)[:-2]


@pytest.mark.parametrize("name", PASSING)
def test_heals(server, tmp_path, name):
    server.script(PATH, MISBEHAVIOURS[name])
    assert fetched(server, tmp_path).count(State.FETCHED) == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(sorted(MISBEHAVIOURS)), min_size=2, max_size=4))
def test_no_sequence_of_misbehaviours_leaves_a_wrong_file(server, tmp_path, names):
    folder = tmp_path / "downloads"
    shutil.rmtree(folder, ignore_errors=True)
    server.script(PATH, *(MISBEHAVIOURS[name] for name in names))
    while True:
        report = get(server, folder, patience=Naps().patience(read_timeout=0.03))
        if not report.failed:
            break
        assert not (folder / NAME).exists()
    fetched(server, folder)


# How long it waits.


def test_pauses_double_and_vary(server, tmp_path):
    naps = Naps()
    server.script(PATH, *[bad.status(503)] * 4)
    fetched(server, tmp_path, patience=naps.patience(attempts=5, longest_pause=3.0))
    assert naps == [0.75 * pause for pause in (1.0, 2.0, 3.0, 3.0)]


@pytest.mark.parametrize("as_date", [False, True])
def test_waits_as_long_as_the_server_asks(server, tmp_path, as_date):
    naps = Naps()
    asked = formatdate(time.time() + 100, usegmt=True) if as_date else "100"
    server.script(PATH, bad.status(429, Retry_After=asked))
    fetched(server, tmp_path, patience=naps.patience())
    [nap] = naps
    assert 60 < nap <= 100


def test_a_wait_beyond_the_limit_is_left_to_the_user(server, tmp_path):
    server.script(PATH, bad.status(503, Retry_After="7200"))
    report = get(server, tmp_path, patience=Naps().patience())
    assert "asks to wait 7,200 s" in report.failed[NAME]


@pytest.mark.parametrize("value", ["soon", "-5", "Mon, 01 Jan 99999 00:00:00 GMT", "\xb2"])
def test_a_retry_after_that_says_nothing_is_passed_over(server, tmp_path, value):
    naps = Naps()
    server.script(PATH, bad.status(503, Retry_After=value))
    fetched(server, tmp_path, patience=naps.patience())
    assert naps == [0.75]


# What is refused.


@pytest.mark.parametrize("path", [PATH, f"{PATH}.md5"])
def test_a_page_in_the_place_of_a_file_never_gets_its_name(server, tmp_path, path):
    server.script(path, *[bad.page] * 4)
    report = get(server, tmp_path)
    assert not (tmp_path / NAME).exists()
    with pytest.raises(DownloadError, match=r"an HTML page|holds no MD5"):
        report.raise_for_failures()


def test_a_wrong_md5_is_refused_and_nothing_is_kept_of_it(server, tmp_path):
    right = server.files[f"{PATH}.md5"]
    server.files[f"{PATH}.md5"] = f"MD5({NAME})= {'0' * 32}\n".encode()
    report = get(server, tmp_path)
    assert "MD5 does not match" in report.failed[NAME]
    assert not list(tmp_path.glob("*.gz*"))
    server.files[f"{PATH}.md5"] = right
    fetched(server, tmp_path)


def test_the_md5_of_another_file_is_none(server, tmp_path):
    server.files[f"{PATH}.md5"] = server.files[f"{PATH}.md5"].replace(b"n0001", b"n0002")
    assert "holds no MD5 of pubmed26n0001" in get(server, tmp_path).failed[NAME]


def test_without_an_md5_a_cut_off_gzip_file_is_refused(server, tmp_path):
    del server.files[f"{PATH}.md5"]
    server.script(PATH, bad.lying_length(-1000))
    fetched(server, tmp_path)
    assert len(server.requests_of(PATH)) == 2


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("file:///etc/passwd", "file"),
        ("ftp://127.0.0.1/x", "ftp"),
        ("http://[", "IPv6"),
        (PATH, "redirects"),
    ],
)
def test_redirects_lead_to_http_only_and_not_in_circles(server, tmp_path, location, words):
    server.script(PATH, *[bad.status(302, Location=location)] * 50)
    report = get(server, tmp_path)
    assert words in report.failed[NAME]
    assert len(server.requests_of(PATH)) <= 6


def test_names_in_a_listing_never_become_paths(server, tmp_path):
    listing = server.files["/pubmed/updatefiles/"]
    server.files["/pubmed/updatefiles/"] = (
        b'<a href="../../../evil.xml.gz">x</a><a href="/../up/pubmed26n0009.xml.gz">x</a>' + listing
    )
    server.put("/pubmed/updatefiles/pubmed26n0009.xml.gz", CONTENT)
    report = get(server, tmp_path / "in", "3-")
    assert [a.path.name for a in report.arrived] == ["pubmed26n0003.xml.gz", "pubmed26n0009.xml.gz"]
    assert [p.name for p in tmp_path.iterdir()] == ["in"]
    assert all(path.startswith("/pubmed/") and ".." not in path for path, _ in server.asked)


def test_404_is_not_tried_again_and_does_not_end_the_rest(server, tmp_path):
    del server.files[PATH]
    report = get(server, tmp_path, "1-3")
    assert list(report.failed) == [NAME]
    assert report.count(State.FETCHED) == 2
    assert len(server.requests_of(PATH)) == 1


def test_failures_between_files_that_come_do_not_end_the_rest(server, tmp_path):
    listing = "".join(f'<a href="pubmed26n{n:04d}.xml.gz">' for n in range(1, 8))
    server.put("/pubmed/baseline/", listing.encode())
    server.put("/pubmed/baseline/pubmed26n0004.xml.gz", CONTENT, sidecar=True)
    server.put("/pubmed/baseline/pubmed26n0007.xml.gz", CONTENT, sidecar=True)
    for missing in (2, 3):
        server.files.pop(f"/pubmed/baseline/pubmed26n{missing:04d}.xml.gz", None)
    server.put("/pubmed/updatefiles/", b"")
    report = get(server, tmp_path, "1-", parallel=1)
    assert [a.path.name[9:13] for a in report.arrived] == ["0001", "0004", "0007"]
    assert len(report.failed) == 4


def test_a_server_that_fails_three_files_in_a_row_is_left_alone(server, tmp_path):
    listing = "".join(f'<a href="pubmed26n{n:04d}.xml.gz">' for n in range(1, 101))
    server.put("/pubmed/baseline/", listing.encode())
    server.put("/pubmed/updatefiles/", b"")
    for path in [p for p in server.files if p.endswith(".gz")]:
        del server.files[path]
    report = get(server, tmp_path, "1-")
    assert (len(report.failed), report.untried) == (3, 97)
    with pytest.raises(DownloadError, match=r"3 of 100 files .* 97 were not tried"):
        report.raise_for_failures()


def test_a_full_disk_stays_what_it_is(server, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download_transfer.Transfer, "_write", full)
    with pytest.raises(OSError, match="No space") as error:
        get(server, tmp_path)
    assert is_no_space(error.value)
    assert len(server.requests_of(PATH)) == 1
