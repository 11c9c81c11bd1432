"""Orthanc takes our objects by C-STORE and by STOW-RS and gives them back unchanged."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import attrs
import httpx
import pydicom
import pytest
from phantom_snapshot import left_sided_snapshot
from receivers import send

from planner.export.registry import discover
from planner.export.run_export import run_export
from planner_sender_dicom.store import StoreSender
from planner_sender_dicom.stow import StowSender

PROGRAM = shutil.which("Orthanc")
WEB = Path("/usr/share/orthanc/plugins")
pytestmark = [
    pytest.mark.peer,
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="Orthanc is not installed"),
]


@attrs.frozen
class Orthanc:
    dicom_port: int
    web_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def stored(self) -> dict[str, bytes]:
        """Return each object as Orthanc gives it back, by its UID."""
        with httpx.Client(base_url=self.url, trust_env=False) as client:
            found = {}
            for instance in client.get("/instances").json():
                data = client.get(f"/instances/{instance}/file").content
                uid = client.get(f"/instances/{instance}/content/0008-0018").text.strip("\0 ")
                found[uid] = data
            return found

    def clear(self) -> None:
        with httpx.Client(base_url=self.url, trust_env=False) as client:
            for patient in client.get("/patients").json():
                client.delete(f"/patients/{patient}")


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    folder = tmp_path_factory.mktemp("orthanc")
    dicom_port, web_port = free_ports(2)
    settings = {
        "Name": "Test", "StorageDirectory": str(folder), "IndexDirectory": str(folder),
        "HttpPort": web_port, "DicomPort": dicom_port, "DicomAet": "ORTHANC",
        "RemoteAccessAllowed": False, "AuthenticationEnabled": False,
        "UnknownSopClassAccepted": True, "DicomCheckCalledAet": True,
        "Plugins": [str(WEB)], "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }  # fmt: skip
    path = folder / "orthanc.json"
    path.write_text(json.dumps(settings))
    with subprocess.Popen(
        [str(PROGRAM), str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        for line in process.stderr:
            if "Orthanc has started" in line:
                break
        yield Orthanc(dicom_port, web_port)
        process.terminate()
        process.stderr.read()


@pytest.fixture
def an_orthanc(orthanc: Orthanc) -> Orthanc:
    orthanc.clear()
    return orthanc


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("written")
    paths = [
        file.path
        for installed in discover().writers
        if installed.info.file_suffixes == (".dcm",)
        for file in run_export(left_sided_snapshot(), installed.writer, folder).files
    ]
    return {str(pydicom.dcmread(path).SOPInstanceUID): path for path in paths}


def test_what_came_by_c_store_is_given_back_unchanged(
    an_orthanc: Orthanc, written: dict[str, Path]
) -> None:
    connection = {
        "host": "127.0.0.1", "port": str(an_orthanc.dicom_port), "called_title": "ORTHANC",
    }  # fmt: skip
    assert StoreSender().test(connection).startswith("ORTHANC at 127.0.0.1 answered the echo")
    receipt = send(StoreSender(), connection)
    assert receipt.problems == receipt.notes == receipt.not_sent == ()
    returned = an_orthanc.stored()
    assert set(returned) == set(written)
    for uid, data in returned.items():
        assert pydicom.dcmread(pydicom.filebase.DicomBytesIO(data)) == pydicom.dcmread(written[uid])


@pytest.mark.skipif(
    not list(WEB.glob("libOrthancDicomWeb*")), reason="orthanc-dicomweb is not installed"
)
def test_what_came_by_stow_is_given_back_to_the_last_byte(
    an_orthanc: Orthanc, written: dict[str, Path]
) -> None:
    connection = {"url": f"{an_orthanc.url}/dicom-web"}
    assert StowSender().test(connection).startswith("The service answered")
    receipt = send(StowSender(), connection)
    assert receipt.problems == receipt.not_sent == ()
    returned = an_orthanc.stored()
    assert returned == {uid: path.read_bytes() for uid, path in written.items()}


def test_sending_twice_leaves_each_object_once(
    an_orthanc: Orthanc, written: dict[str, Path]
) -> None:
    connection = {
        "host": "127.0.0.1", "port": str(an_orthanc.dicom_port), "called_title": "ORTHANC",
    }  # fmt: skip
    for _ in range(2):
        assert send(StoreSender(), connection).problems == ()
    assert set(an_orthanc.stored()) == set(written)
