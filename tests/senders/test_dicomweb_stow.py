"""Objects sent by STOW-RS arrive to the last byte; what does not arrive is said in words."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from phantom_snapshot import left_sided_snapshot
from receivers import Certificates, WebArchive, send

from planner.export.registry import discover
from planner.export.run_export import run_export
from planner.export.sender import ConnectionProblem
from planner.foundation.errors import WriterProblem
from planner_sender_dicom.stow import StowSender

Start = Callable[..., WebArchive]


def written(folder: Path) -> list[bytes]:
    return [
        file.path.read_bytes()
        for installed in discover().writers
        if installed.info.file_suffixes == (".dcm",)
        for file in run_export(left_sided_snapshot(), installed.writer, folder).files
    ]


def test_every_byte_of_every_object_arrives(start_web_archive: Start, tmp_path: Path) -> None:
    archive = start_web_archive()
    receipt = send(StowSender(), {"url": archive.url + "/"})
    assert receipt.problems == receipt.not_sent == ()
    assert sorted(archive.parts) == sorted(written(tmp_path))
    assert {request[:2] for request in archive.requests} == {("POST", "/dicom-web/studies")}


def test_the_test_of_the_line_sends_nothing_of_the_case(start_web_archive: Start) -> None:
    archive = start_web_archive()
    said = StowSender().test({"url": archive.url})
    assert said == "The service answered. The line is not encrypted."
    assert archive.requests == [("GET", "/dicom-web/studies?limit=1", "")]


def test_with_https_objects_arrive_where_the_certificate_is_vouched_for(
    start_web_archive: Start, certificates: Certificates
) -> None:
    archive = start_web_archive(certificates.server)
    trusted = {"url": archive.url, "ca_file": str(certificates.authority)}
    assert StowSender().test(trusted) == "The service answered."
    assert send(StowSender(), trusted).problems == ()
    stored = len(archive.parts)
    (problem,) = send(StowSender(), {"url": archive.url}).problems
    assert "cannot be reached" in problem
    assert "certificate" in problem
    assert len(archive.parts) == stored


def test_user_and_password_are_sent_and_a_refusal_of_them_stops_at_once(
    start_web_archive: Start,
) -> None:
    archive = start_web_archive()
    archive.answers = lambda _method, _number: (401, {})
    receipt = send(StowSender(), {"url": archive.url, "user": "u", "password": "secret"})
    (problem,) = receipt.problems
    assert "refuses this user and password" in problem
    assert "secret" not in str(receipt)
    ((_method, _path, said),) = archive.requests
    assert said == f"Basic {base64.b64encode(b'u:secret').decode()}"


def test_one_refused_object_gives_its_reason_and_the_others_arrive(
    start_web_archive: Start,
) -> None:
    archive = start_web_archive()
    failed = {"00081198": {"vr": "SQ", "Value": [{"00081197": {"vr": "US", "Value": [0x0122]}}]}}
    archive.answers = lambda _method, number: (409, failed) if number == 1 else (200, {})
    receipt = send(StowSender(), {"url": archive.url})
    (problem,) = receipt.problems
    assert "refused with status 409: it takes no objects of this kind" in problem
    assert len(receipt.not_sent) == 1
    assert len(receipt.sent) == len(archive.requests) - 1


@pytest.mark.parametrize(
    ("status", "words"), [(404, "no DICOMweb service"), (500, "status 500"), (302, "status 302")]
)
def test_what_is_no_service_is_a_sentence(
    start_web_archive: Start, status: int, words: str
) -> None:
    archive = start_web_archive()
    archive.answers = lambda _method, _number: (status, {})
    with pytest.raises(ConnectionProblem, match=words) as raised:
        StowSender().test({"url": archive.url})
    assert raised.value.hint


@pytest.mark.parametrize("url", ["", "pacs/dicom-web", "ftp://pacs", "http://[nowhere"])
def test_what_is_no_address_is_a_sentence(url: str) -> None:
    with pytest.raises(ConnectionProblem) as raised:
        StowSender().test({"url": url})
    assert raised.value.hint


def test_nobody_there_is_a_sentence_and_loses_nothing(free_port: int) -> None:
    receipt = send(StowSender(), {"url": f"http://127.0.0.1:{free_port}/dicom-web"})
    (problem,) = receipt.problems
    assert "The service at 127.0.0.1 cannot be reached" in problem
    assert "Nothing was sent" in problem


def test_a_service_that_goes_away_says_what_had_arrived(start_web_archive: Start) -> None:
    archive = start_web_archive()

    def answers(_method: str, number: int) -> tuple[int, object]:
        if number == 3:
            raise ConnectionResetError
        return 200, {}

    archive.answers = answers
    receipt = send(StowSender(), {"url": archive.url})
    assert len(receipt.sent) == 3
    assert f"3 of {3 + len(receipt.not_sent)} had arrived before" in receipt.problems[0]


def test_without_the_extra_the_sender_is_set_aside_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(WriterProblem, match=r"install vertebroplan\[network\]"):
        StowSender()
