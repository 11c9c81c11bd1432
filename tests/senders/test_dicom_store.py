"""Objects sent by C-STORE arrive as they were written; what does not arrive is said in words."""

from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from phantom_snapshot import IDENTITY, left_sided_snapshot
from receivers import Archive, Certificates, send

from planner.export.deidentify import deidentified
from planner.export.registry import discover
from planner.export.run_export import run_export
from planner.export.sender import ConnectionProblem
from planner.foundation.errors import WriterProblem
from planner.foundation.progress import Cancelled
from planner_sender_dicom.store import StoreSender

Start = Callable[..., Archive]
SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"


def to(archive: Archive, **values: str) -> dict[str, str]:
    base = {"host": "127.0.0.1", "port": str(archive.port), "called_title": "ARCHIVE"}
    return base | values


def written(folder: Path) -> dict[str, pydicom.Dataset]:
    found = {}
    for installed in discover().writers:
        if installed.info.file_suffixes == (".dcm",):
            for file in run_export(left_sided_snapshot(), installed.writer, folder).files:
                dataset = pydicom.dcmread(file.path)
                found[dataset.SOPInstanceUID] = dataset
    return found


def test_every_object_arrives_equal_to_the_file(start_archive: Start, tmp_path: Path) -> None:
    archive = start_archive()
    receipt = send(StoreSender(), to(archive))
    assert receipt.problems == receipt.not_sent == ()
    files = written(tmp_path)
    assert len(receipt.sent) == len(files) == len(archive.stored) >= 8
    for dataset in archive.stored:
        assert dataset == files[dataset.SOPInstanceUID]


def test_what_is_sent_deidentified_does_not_name_the_patient(start_archive: Start) -> None:
    archive = start_archive()
    send(StoreSender(), to(archive), deidentified(left_sided_snapshot()))
    for dataset in archive.stored:
        assert str(dataset.PatientName) == "De-identified"
        assert IDENTITY.patient_id not in str(dataset)


def test_an_echo_says_who_answered_and_sends_nothing(start_archive: Start) -> None:
    archive = start_archive()
    said = StoreSender().test(to(archive))
    assert said == "ARCHIVE at 127.0.0.1 answered the echo. The line is not encrypted."
    assert archive.stored == []


def test_with_tls_objects_arrive_and_the_echo_says_nothing_of_an_open_line(
    start_archive: Start, certificates: Certificates
) -> None:
    archive = start_archive(context=certificates.server)
    safe = to(archive, host="localhost", tls="yes", ca_file=str(certificates.authority))
    assert "not encrypted" not in StoreSender().test(safe)
    assert send(StoreSender(), safe).problems == ()
    assert archive.stored


@pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning")
def test_an_open_line_to_a_receiver_that_wants_tls_is_a_sentence(
    start_archive: Start, certificates: Certificates
) -> None:
    archive = start_archive(context=certificates.server)
    with pytest.raises(ConnectionProblem, match="does not take these DICOM objects") as raised:
        StoreSender().test(to(archive))
    assert "whether it wants TLS" in raised.value.hint


@pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("authority", ["", "no-such-file.pem"])
def test_a_receiver_whose_certificate_nobody_vouches_for_gets_nothing(
    start_archive: Start, certificates: Certificates, authority: str
) -> None:
    archive = start_archive(context=certificates.server)
    receipt = send(StoreSender(), to(archive, host="localhost", tls="yes", ca_file=authority))
    assert receipt.sent == ()
    assert archive.stored == []
    (problem,) = receipt.problems
    assert ("certificate cannot be read" if authority else "TLS with localhost failed") in problem


def test_another_title_than_the_receivers_is_named(start_archive: Start) -> None:
    with pytest.raises(ConnectionProblem, match="OTHER refuses the connection") as raised:
        StoreSender().test(to(start_archive(), called_title="OTHER"))
    assert "AE titles" in raised.value.hint


def test_nobody_there_is_a_sentence_and_loses_nothing(free_port: int) -> None:
    receipt = send(StoreSender(), to(Archive(free_port)))
    (problem,) = receipt.problems
    assert f"Nothing answers at 127.0.0.1, port {free_port}: Connection refused." in problem
    assert "Nothing was sent; the plan is safe in its case." in problem
    assert receipt.sent == ()
    assert len(receipt.not_sent) >= 8


@pytest.mark.parametrize(("key", "value"), [("host", " "), ("port", "99999"), ("port", "dicom")])
def test_a_field_that_cannot_be_is_a_sentence(key: str, value: str) -> None:
    with pytest.raises(ConnectionProblem) as raised:
        StoreSender().test(to(Archive(104), **{key: value}))
    assert raised.value.hint


def test_a_line_lost_half_way_says_what_had_arrived(start_archive: Start) -> None:
    archive = start_archive()

    def answer(event: object) -> int:
        if len(archive.stored) == 2:
            event.assoc.abort()
        return 0x0000

    archive.answer = answer
    receipt = send(StoreSender(), to(archive))
    assert len(receipt.sent) == 2
    (problem,) = receipt.problems
    assert "The line to the receiver was lost." in problem
    assert f"2 of {2 + len(receipt.not_sent)} had arrived before" in problem


def test_a_kind_that_the_receiver_does_not_take_is_named_and_the_others_arrive(
    start_archive: Start,
) -> None:
    archive = start_archive(refuses=SEGMENTATION)
    receipt = send(StoreSender(), to(archive))
    (problem,) = receipt.problems
    assert "the receiver takes no Segmentation Storage" in problem
    assert len(receipt.not_sent) == 1
    assert len(receipt.sent) == len(archive.stored) >= 7


@pytest.mark.parametrize(
    ("status", "words"), [(0xA700, "it is out of room"), (0xC000, "no reason was given")]
)
def test_a_refusal_gives_the_reason_and_the_others_arrive(
    start_archive: Start, status: int, words: str
) -> None:
    archive = start_archive()
    seen = []

    def answer(event: object) -> int:
        seen.append(event)
        return status if len(seen) == 1 else 0x0000

    archive.answer = answer
    receipt = send(StoreSender(), to(archive))
    (problem,) = receipt.problems
    assert words in problem
    assert len(receipt.sent) == len(seen) - 1


def test_what_the_receiver_changed_is_noted(start_archive: Start) -> None:
    archive = start_archive()
    archive.answer = lambda _event: 0xB000
    receipt = send(StoreSender(), to(archive))
    assert receipt.problems == ()
    assert len(receipt.notes) == len(receipt.sent)
    assert receipt.notes[0].endswith("stored, but some values were changed.")


def test_a_cancel_keeps_account_of_what_had_arrived(start_archive: Start) -> None:
    archive = start_archive()

    def progress(fraction: float, message: str = "") -> None:
        assert 0.0 <= fraction <= 1.0
        if message.startswith("Sending") and len(archive.stored) == 1:
            raise Cancelled

    receipt = send(StoreSender(), to(archive), progress=progress)
    assert receipt.is_cancelled
    assert len(receipt.sent) == len(archive.stored) == 1
    assert len(receipt.not_sent) >= 7


def test_the_receipt_and_the_names_of_what_was_sent_never_name_the_patient(
    start_archive: Start,
) -> None:
    text = str(send(StoreSender(), to(start_archive())))
    assert "ller" not in text
    assert IDENTITY.patient_id not in text


def test_without_the_extra_the_sender_is_set_aside_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(WriterProblem, match=r"install vertebroplan\[network\]"):
        StoreSender()
