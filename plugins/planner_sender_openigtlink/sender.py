"""Sender of needles to a navigation system over OpenIGTLink."""

import contextlib
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from planner.anatomy.levels import Side
from planner.export.sender import (
    Connection,
    ConnectionField,
    ConnectionProblem,
    FieldKind,
    Parcel,
    SenderInfo,
    SendParcel,
    entered,
)
from planner.export.snapshot import PlanSnapshot
from planner.foundation.errors import WriterProblem
from planner.geometry.points import FloatArray, as_triple, as_unit_vector
from planner.geometry.ras import ras_from_lps
from planner.planning.plan import LevelPlan, PlannedNeedle
from planner_sender_openigtlink import messages

_WAIT_S = 5.0
_WAIT_FOR_ANSWER_S = 1.0
_DEVICE = "Vertebroplan"
_RGB = {Side.LEFT: (92, 199, 245), Side.RIGHT: (245, 168, 91)}
"""The program's left and right needle."""


class OpenIgtLinkSender:
    """Connects to a receiver and sends each needle as a line and as a tool pose."""

    info = SenderInfo(
        id="openigtlink",
        title="Navigation (OpenIGTLink)",
        fields=(
            ConnectionField("host", "Receiver", default="127.0.0.1", is_required=True),
            ConnectionField("port", "Port", FieldKind.PORT, default="18944"),
        ),
        note=(
            "Points are sent in the frame of this CT (RAS, mm). Registering patient and CT is the "
            "receiver's task: check a landmark there before you rely on any point."
        ),
    )

    def test(self, connection: Connection) -> str:
        """Connect and ask for the receiver's status, which not every receiver gives."""
        with _line_to(self.info, connection) as line:
            line.settimeout(_WAIT_FOR_ANSWER_S)
            try:
                line.sendall(messages.message("GET_STATUS", _DEVICE, b""))
                head = line.recv(messages.HEADER.size)
            except TimeoutError:
                return "Connected. The receiver gave no status, as many do not."
            except OSError as error:
                raise _lost(error) from error
        return (
            "Connected, and the receiver answered."
            if head
            else "Connected, but the receiver closed the line when asked for its status."
        )

    def parcels(self, snapshot: PlanSnapshot, files: Sequence[Path]) -> Sequence[Parcel]:
        """Return one TRAJ message of all needles, then one TRANSFORM message for each."""
        del files
        needles = [(level, needle) for level in snapshot.plan.levels for needle in level.needles]
        if not needles:
            raise WriterProblem("The plan has no needle: place one first.")
        lines = [_trajectory(level, needle, snapshot) for level, needle in needles]
        return (
            Parcel("Trajectories (TRAJ)", messages.trajectories(_DEVICE, lines)),
            *(
                Parcel(f"{_name(level, needle)} (TRANSFORM)", _pose(level, needle))
                for level, needle in needles
            ),
        )

    @contextlib.contextmanager
    def connected(self, connection: Connection, parcels: Sequence[Parcel]) -> Iterator[SendParcel]:
        """Hold a line to the receiver open."""
        del parcels
        with _line_to(self.info, connection) as line:

            def send(parcel: Parcel) -> str:
                try:
                    line.sendall(parcel.data)
                except OSError as error:
                    raise _lost(error) from error
                return ""

            yield send
            _close(line)


def _line_to(info: SenderInfo, connection: Connection) -> socket.socket:
    values = entered(info, connection)
    try:
        return socket.create_connection((values["host"], int(values["port"])), timeout=_WAIT_S)
    except OSError as error:
        raise ConnectionProblem(
            f"No receiver at {values['host']}, port {values['port']}: {error.strerror or error}.",
            hint="Start the OpenIGTLink server there, or check address and port.",
        ) from error


def _close(line: socket.socket) -> None:
    """Say that all is sent, and wait until the receiver has taken it or a little while."""
    try:
        line.shutdown(socket.SHUT_WR)
        line.settimeout(_WAIT_FOR_ANSWER_S)
        while line.recv(messages.HEADER.size):
            pass
    except TimeoutError:
        pass
    except OSError as error:
        raise _lost(error) from error


def _lost(error: OSError) -> ConnectionProblem:
    return ConnectionProblem(
        f"The line to the receiver was lost: {error.strerror or error}.",
        hint="See whether it still runs, then send again.",
    )


def _trajectory(
    level: LevelPlan, needle: PlannedNeedle, snapshot: PlanSnapshot
) -> messages.Trajectory:
    models = {model.id: model for model in snapshot.devices.needles}
    model = models.get(needle.model_id)
    return messages.Trajectory(
        name=_name(level, needle),
        group=level.level.name,
        rgb=_RGB[needle.side],
        entry_ras_mm=as_triple(ras_from_lps(needle.skin_lps_mm)),
        target_ras_mm=as_triple(ras_from_lps(needle.tip_lps_mm)),
        radius_mm=model.outer_diameter_mm / 2.0 if model else 0.0,
    )


def _name(level: LevelPlan, needle: PlannedNeedle) -> str:
    return f"{level.level.name} {needle.side.value} needle"


def _pose(level: LevelPlan, needle: PlannedNeedle) -> bytes:
    """Return the pose of a tool whose origin is the tip and whose z axis runs from skin to tip."""
    device = f"{level.level.name}-{needle.side.value}-tip"
    return messages.transform(device, _ras_from_tool(needle))


def _ras_from_tool(needle: PlannedNeedle) -> FloatArray:
    tip = ras_from_lps(needle.tip_lps_mm)
    along = as_unit_vector(tip - ras_from_lps(needle.skin_lps_mm))
    # Any turn about the needle is as good as another: x lies as near to the patient's right as
    # it can, which a needle never runs along.
    across = as_unit_vector(np.cross(along, np.cross((1.0, 0.0, 0.0), along)))
    matrix = np.eye(4)
    matrix[:3] = np.stack((across, np.cross(along, across), along, tip), axis=1)
    return matrix
