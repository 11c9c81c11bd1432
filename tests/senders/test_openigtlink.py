"""Needles sent over OpenIGTLink arrive where they were planned, as others read the messages."""

import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import attrs
import crcmod
import numpy as np
import pyigtl
import pytest
from phantom_snapshot import (
    LEVEL,
    SKIN,
    TIP,
    empty_snapshot,
    left_sided_snapshot,
    right_sided_snapshot,
    snapshot_of,
    three_level_plan,
)
from receivers import send

from planner.export.sender import ConnectionProblem
from planner_sender_openigtlink.messages import crc64
from planner_sender_openigtlink.sender import OpenIgtLinkSender

INCLUDES = Path("/usr/include/openigtlink")
HEADER = ">H12s20sQQQ"
SENDER = OpenIgtLinkSender()


@attrs.define
class Receiver:
    """A socket that keeps whatever comes, and says what it was told to."""

    port: int
    data: bytes = b""
    reply: bytes = b""
    most: int | None = None
    """How many bytes are taken before the line is cut."""

    @property
    def connection(self) -> dict[str, str]:
        return {"host": "127.0.0.1", "port": str(self.port)}

    def messages(self) -> list[tuple[str, str, bytes]]:
        """Return type, device and body of each message, its checksum proven."""
        checksum = crcmod.mkCrcFun(0x142F0E1EBA9EA3693, rev=False, initCrc=0, xorOut=0)
        found, rest = [], self.data
        while rest:
            version, kind, device, _time, size, crc = struct.unpack_from(HEADER, rest)
            body = rest[58 : 58 + size]
            assert version == 1
            assert checksum(body) == crc
            found.append((text(kind), text(device), body))
            rest = rest[58 + size :]
        return found


def text(padded: bytes) -> str:
    return padded.split(b"\0", 1)[0].decode("ascii")


@pytest.fixture
def a_receiver() -> Iterator[Receiver]:
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(10.0)
    receiver = Receiver(listening.getsockname()[1])

    def listen() -> None:
        try:
            line, _ = listening.accept()
        except OSError:
            return
        with line:
            line.settimeout(10.0)
            if receiver.most is not None:
                receiver.data += line.recv(receiver.most)
                # A reset, as when a program is killed.
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            while more := line.recv(65536):
                receiver.data += more
                if receiver.reply:
                    line.sendall(receiver.reply)

    thread = threading.Thread(target=listen)
    thread.start()
    yield receiver
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def ras(lps_mm: tuple[float, ...]) -> list[float]:
    x, y, z = lps_mm
    return [-x, -y, z]


def test_the_trajectory_runs_from_skin_to_tip_in_ras_millimetres(a_receiver: Receiver) -> None:
    receipt = send(SENDER, a_receiver.connection)
    assert receipt.problems == ()
    assert receipt.sent == ("Trajectories (TRAJ)", "T12 left needle (TRANSFORM)")
    (kind, device, body), _ = a_receiver.messages()
    assert (kind, device, len(body)) == ("TRAJ", "Vertebroplan", 150)
    assert text(body[:64]) == "T12 left needle"
    assert text(body[64:96]) == LEVEL.name
    assert body[96] == 3  # entry and target
    numbers = struct.unpack(">7f", body[102:130])
    assert numbers == pytest.approx([*ras(SKIN), *ras(TIP), 3.05 / 2.0], abs=1e-3)


def test_pyigtl_reads_the_tools_pose_with_its_z_axis_along_the_needle(a_receiver: Receiver) -> None:
    send(SENDER, a_receiver.connection)
    _, (kind, device, body) = a_receiver.messages()
    assert (kind, device) == ("TRANSFORM", "T12-left-tip")
    message = pyigtl.TransformMessage()
    message._valid = True
    message.header_version = 1
    message._unpack_content(body)
    pose = message.matrix
    assert pose[:3, 3] == pytest.approx(ras(TIP), abs=1e-3)
    along = np.subtract(ras(TIP), ras(SKIN))
    assert pose[:3, 2] == pytest.approx(along / np.linalg.norm(along), abs=1e-6)
    assert np.linalg.det(pose[:3, :3]) == pytest.approx(1.0, abs=1e-6)


def test_left_arrives_left_and_right_right(a_receiver: Receiver) -> None:
    send(SENDER, a_receiver.connection, right_sided_snapshot())
    (_, _, body), (_, device, _) = a_receiver.messages()
    assert text(body[:64]) == "T12 right needle"
    assert device == "T12-right-tip"
    # 2 in LPS, to the right of the vertebra's centre at 10; RAS grows to the right.
    assert struct.unpack(">f", body[114:118])[0] == pytest.approx(-2.0, abs=1e-3)


def test_all_needles_of_all_levels_are_in_one_message_and_have_a_pose_each(
    a_receiver: Receiver,
) -> None:
    plan = three_level_plan()
    send(SENDER, a_receiver.connection, snapshot_of(plan))
    (_, _, body), *poses = a_receiver.messages()
    count = sum(len(level.needles) for level in plan.levels)
    assert len(body) == 150 * count
    assert len(poses) == count


def test_the_same_plan_gives_the_same_bytes_that_do_not_name_the_patient() -> None:
    first, second = (
        [parcel.data for parcel in SENDER.parcels(left_sided_snapshot(), ())] for _ in range(2)
    )
    assert first == second
    assert b"ller" not in b"".join(first)


def test_the_checksum_is_the_protocols() -> None:
    # The check value of CRC-64/ECMA-182.
    assert crc64(b"123456789") == 0x6C40DF5F0B497347


def test_a_plan_without_a_needle_sends_nothing(a_receiver: Receiver) -> None:
    receipt = send(SENDER, a_receiver.connection, empty_snapshot())
    assert "no needle" in receipt.problems[0]
    assert a_receiver.data == b""


def test_a_receiver_that_gives_no_status_is_still_connected(a_receiver: Receiver) -> None:
    assert SENDER.test(a_receiver.connection).startswith("Connected. The receiver gave no status")


def test_a_receiver_that_answers_is_told_of_and_only_asked(a_receiver: Receiver) -> None:
    a_receiver.reply = struct.pack(HEADER, 1, b"STATUS", b"robot", 0, 0, 0)
    assert SENDER.test(a_receiver.connection) == "Connected, and the receiver answered."
    ((kind, _device, body),) = a_receiver.messages()
    assert (kind, body) == ("GET_STATUS", b"")


def test_nobody_there_is_a_sentence_and_loses_nothing(free_port: int) -> None:
    there = {"host": "127.0.0.1", "port": str(free_port)}
    (problem,) = send(SENDER, there).problems
    assert f"No receiver at 127.0.0.1, port {free_port}: Connection refused." in problem
    assert "Nothing was sent; the plan is safe in its case." in problem
    with pytest.raises(ConnectionProblem):
        SENDER.test(there)


def test_a_line_lost_on_the_way_is_a_sentence(a_receiver: Receiver) -> None:
    a_receiver.most = 58
    (problem,) = send(SENDER, a_receiver.connection, snapshot_of(three_level_plan())).problems
    assert "The line to the receiver was lost" in problem


def test_the_user_is_told_that_registration_is_the_receivers_task() -> None:
    assert "Registering patient and CT is the receiver's task" in SENDER.info.note


@pytest.mark.peer
def test_a_receiver_built_on_the_openigtlink_library_prints_the_planned_points(
    tmp_path: Path, free_port: int
) -> None:
    if not INCLUDES.is_dir() or shutil.which("g++") is None:
        pytest.skip("libopenigtlink-dev or g++ is not installed")
    program = tmp_path / "receiver"
    source = Path(__file__).with_name("igtl_receiver.cxx")
    libraries = [f"-I{INCLUDES}", "-lOpenIGTLink", "-lpthread"]
    subprocess.run(["g++", "-O0", str(source), "-o", str(program), *libraries], check=True)
    with subprocess.Popen([program, str(free_port)], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert running.stdout.readline() == "listening\n"
        receipt = send(SENDER, {"host": "127.0.0.1", "port": str(free_port)})
        said, _ = running.communicate(timeout=30)
    assert receipt.problems == ()
    assert running.returncode == 0
    trajectory, pose = said.splitlines()
    kind, name, group, form, points, radius = trajectory.split("|")
    assert (kind, name, group, form) == ("TRAJ", "T12 left needle", "T12", "3")
    assert [float(n) for n in points.split()] == pytest.approx([*ras(SKIN), *ras(TIP)], abs=1e-3)
    assert float(radius) == pytest.approx(3.05 / 2.0, abs=1e-3)
    kind, device, numbers = pose.split("|")
    assert (kind, device) == ("TRANSFORM", "T12-left-tip")
    assert np.array(numbers.split(), float).reshape(3, 4)[:, 3] == pytest.approx(ras(TIP), abs=1e-3)
