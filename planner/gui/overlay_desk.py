"""A second series over the CT: loaded, registered, moved by hand, and what is said of all that."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs
import numpy as np
from PySide6.QtCore import QObject, Signal

from planner.dicom.same_patient import same_patient
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress
from planner.geometry.points import PointLike
from planner.geometry.transforms import RigidTransform, rotation_about
from planner.gui.jobs import JobRunner
from planner.gui.view_state import Layout, ViewState
from planner.imaging.volume import Volume
from planner.imaging.window_level import SPINE, window_for_signal
from planner.rendering.image_overlay import ImageOverlay

if TYPE_CHECKING:  # these load pydicom and SimpleITK, which a case without an overlay does without
    from planner.dicom.scan_result import SeriesSummary
    from planner.dicom.study_reference import PatientIdentity
    from planner.imaging.registration import Registration

_KEY = "overlay"


@attrs.frozen
class Alignment:
    """How an overlay came to lie where it does."""

    lps_from_overlay: RigidTransform
    words: str
    is_doubtful: bool = False


class OverlayDesk(QObject):
    """Loads and aligns the second series; the views show what the view state holds of it."""

    told = Signal(str)
    warned = Signal(str)

    def __init__(
        self, state: ViewState, jobs: JobRunner, fixed: Callable[[], Volume | None]
    ) -> None:
        super().__init__(state)
        self._state, self._jobs, self._fixed = state, jobs, fixed
        self._name = ""
        self._base = Alignment(RigidTransform.identity(), "")
        self._by_hand = RigidTransform.identity()

    def load(self, series: "SeriesSummary", patient: "PatientIdentity") -> None:
        """Load a series of the open patient and lay it where the scanner says it lies.

        Raises
        ------
        DicomProblem
            If it is another patient's.
        """
        is_same = same_patient(series.patient, patient)
        if is_same is False:
            raise DicomProblem(
                "This series is another patient's, so it is not laid over this one's CT.",
                hint="Choose a series of the patient whose case is open.",
            )
        name = series.description or series.modality

        def work(progress: Progress) -> Volume:
            from planner.workflow.open_study import load_companion

            return load_companion(series, progress)

        def done(volume: Volume) -> None:
            self.show(volume, name)
            if is_same is None:
                self.warned.emit(
                    f"Names and ids leave a doubt whether {name} is of the same patient: "
                    "make sure before you trust it."
                )

        self._jobs.start(f"Loading {name}", work, done, key=_KEY)

    def show(self, volume: Volume, name: str) -> None:
        """Lay a volume over the CT."""
        from planner.imaging.registration import initial_alignment, shares_frame

        fixed = self._fixed()
        if fixed is None:
            return
        is_shared = shares_frame(fixed, volume)
        words = "as scanned, not registered" if is_shared else "NOT ALIGNED: centre on centre"
        self._name = name
        self._base = Alignment(initial_alignment(fixed, volume), words, not is_shared)
        self._by_hand = RigidTransform.identity()
        window = SPINE if volume.modality == "CT" else window_for_signal(volume)
        self._state.set_overlay(
            ImageOverlay(
                volume, self._base.lps_from_overlay, window, name=name, label=self._label(volume)
            )
        )
        self.told.emit(f"{name} lies over the CT, {words.lower()}. Ctrl+R registers it.")

    def close(self) -> None:
        """Take the overlay away."""
        self._state.set_layout(Layout.FOUR_UP)
        self._state.set_overlay(None)

    def register(self) -> None:
        """Align it by what both series show, away from the window's thread."""
        overlay, fixed = self._state.overlay, self._fixed()
        if overlay is None or fixed is None:
            self.told.emit("There is no second series to register.")
            return
        volume = overlay.volume

        def work(progress: Progress) -> "Registration":
            from planner.imaging.registration import register_rigidly

            return register_rigidly(fixed, volume, progress)

        def done(found: "Registration") -> None:
            if self._state.overlay is not None and self._state.overlay.volume is volume:
                self._take(found)

        self._jobs.start(f"Registering {self._name}", work, done, key=_KEY)

    def nudge(self, shift_lps_mm: PointLike) -> None:
        """Move the overlay by hand."""
        self._move(RigidTransform(np.eye(3), np.asarray(shift_lps_mm, dtype=np.float64)))

    def turn(self, axis_lps: PointLike, angle_deg: float) -> None:
        """Turn the overlay by hand about the crosshair."""
        centre = np.asarray(self._state.crosshair_lps_mm)
        rotation = rotation_about(axis_lps, angle_deg)
        self._move(RigidTransform(rotation, centre - rotation @ centre))

    def reset(self) -> None:
        """Take back what was moved by hand."""
        self._by_hand = RigidTransform.identity()
        self._show_place()

    def _take(self, found: "Registration") -> None:
        residual = f"residual {found.residual_mm:.1f} mm"
        words = f"registered, {residual}"
        if not found.is_reliable:
            words = f"registered but UNRELIABLE: {found.doubt}"
        self._base = Alignment(found.fixed_from_moving, words, not found.is_reliable)
        self._by_hand = RigidTransform.identity()
        self._show_place()
        if found.is_reliable:
            self.told.emit(
                f"{self._name} is registered: two runs in opposite directions agree to "
                f"{found.residual_mm:.1f} mm. Look at the borders of bone before you trust it."
            )
        else:
            self.warned.emit(
                f"{self._name} could not be registered reliably: {found.doubt}. "
                "Move it by hand (Ctrl and the arrows) or do without."
            )

    def _move(self, step: RigidTransform) -> None:
        if self._state.overlay is not None:
            self._by_hand = step @ self._by_hand
            self._show_place()

    def _show_place(self) -> None:
        overlay = self._state.overlay
        if overlay is not None:
            place = self._by_hand @ self._base.lps_from_overlay
            self._state.set_overlay(overlay.with_place(place, self._label(overlay.volume)))

    def _label(self, volume: Volume) -> str:
        moved = _moved_words(self._by_hand, volume, self._base.lps_from_overlay)
        return f"{volume.modality} overlay: {self._base.words}{moved}"


def _moved_words(by_hand: RigidTransform, volume: Volume, base: RigidTransform) -> str:
    """Return by how much the overlay was moved by hand, at its middle."""
    middle = base.point(volume.geometry.centre_lps_mm)
    shift_mm = float(np.linalg.norm(by_hand.point(middle) - middle))
    cosine = np.clip((np.trace(by_hand.rotation) - 1.0) / 2.0, -1.0, 1.0)
    turn_deg = float(np.degrees(np.arccos(cosine)))
    if shift_mm < 0.05 and turn_deg < 0.05:
        return ""
    return f", by hand {shift_mm:.1f} mm {turn_deg:.1f}\N{DEGREE SIGN}"
