"""Series that nobody plans on: loaded in a job, shown on pages of their own."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from planner.assessment.findings import Severity
from planner.foundation.progress import Progress, part_of

if TYPE_CHECKING:  # these load pydicom and VTK, which the start page does without
    from planner.dicom.scan_result import SeriesSummary
    from planner.geometry.points import Triple
    from planner.gui.radiographs.radiograph_page import OpenRadiographs, RadiographPage
    from planner.gui.session import Session
    from planner.gui.volume_page import VolumePage
    from planner.imaging.volume import Volume

_KEY = "series-alone"
_SHARE_OF_READING = 0.8


class SeriesViewing(QObject):
    """Answers the study browser's wish to see a series by itself."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._volumes: VolumePage | None = None
        self._radiographs: RadiographPage | None = None
        session.shown_alone_chosen.connect(self.show_alone)
        session.radiograph_chosen.connect(self.show_radiographs)
        session.window.pages.currentChanged.connect(self._follow_page)
        session.window.action_of["cancel-gesture"].triggered.connect(self._leave)
        session.window.closing.connect(self._shut_down)

    def show_alone(self, series: "SeriesSummary") -> None:
        """Load a volume and show its slices."""

        def work(progress: Progress) -> "Volume":
            from planner.workflow.open_study import load_companion

            return load_companion(series, progress)

        def done(volume: "Volume") -> None:
            page = self._volume_page()
            session = self._session
            page.show_volume(series, volume, session.state, is_masked=session.is_masked)
            session.window.notice.hide()
            session.window.show_front_page(page, page.slices)

        self._session.jobs.start(f"Loading {_name(series)}", work, done, key=_KEY)

    def show_radiographs(self, series: "SeriesSummary") -> None:
        """Load the pictures of a series and show the first."""

        def work(progress: Progress) -> "OpenRadiographs":
            from planner.dicom.load_radiograph import load_radiographs
            from planner.gui.radiographs.radiograph_greys import radiograph_greys
            from planner.gui.radiographs.radiograph_page import OpenRadiographs

            found = load_radiographs(series, part_of(progress, 0.0, _SHARE_OF_READING))
            pictures = []
            for number, radiograph in enumerate(found):
                done_share = number / len(found)
                progress(_SHARE_OF_READING + (1.0 - _SHARE_OF_READING) * done_share, "Preparing")
                pictures.append((radiograph, radiograph_greys(radiograph)))
            return OpenRadiographs(series, tuple(pictures))

        def done(opened: "OpenRadiographs") -> None:
            page = self._radiograph_page()
            session = self._session
            session.radiograph_book.keep_in_case(series.key, kept=self._is_of_case(series))
            page.show_series(opened, session.state, is_masked=session.is_masked)
            session.window.notice.hide()
            session.window.show_front_page(page)

        self._session.jobs.start(f"Loading {_name(series)}", work, done, key=_KEY)

    def _volume_page(self) -> "VolumePage":
        from planner.gui.volume_page import VolumePage

        if self._volumes is None:
            self._volumes = VolumePage(self._session.palette)
            self._volumes.back_pressed.connect(self._go_back)
            self._volumes.told.connect(lambda words: self._session.tell(words, Severity.NOTE))
            self._volumes.document.plan_changed.connect(
                lambda *_plans: self._session.window.notice.hide()
            )
            self._volumes.views.hovered.connect(self._show_hovered)
        return self._volumes

    def _radiograph_page(self) -> "RadiographPage":
        from planner.gui.radiographs.radiograph_page import RadiographPage

        if self._radiographs is None:
            self._radiographs = RadiographPage(self._session.palette, self._session.radiograph_book)
            self._radiographs.back_pressed.connect(self._go_back)
        return self._radiographs

    def _is_of_case(self, series: "SeriesSummary") -> bool:
        """Return whether a series is surely of the patient of the open case."""
        from planner.dicom.same_patient import same_patient

        case = self._session.state.case
        return case is not None and same_patient(case.study.patient, series.patient) is True

    def _leave(self) -> None:
        """Leave what is being measured, or the page."""
        page = self._session.window.pages.currentWidget()
        if page is None or page not in {self._volumes, self._radiographs}:
            return
        pictures = self._radiographs
        if pictures is not None and page is pictures and pictures.view.tool is not None:
            pictures.leave_tool()
        elif self._volumes is not None and page is self._volumes and self._volumes.leave_gesture():
            self._session.window.notice.hide()
        else:
            self._go_back()

    def _go_back(self) -> None:
        if self._volumes is not None:
            self._volumes.rest()
        self._session.show_case_or_start()

    def _show_hovered(self, hovered: "tuple[Triple, float | None] | None") -> None:
        lps_mm, value = hovered or (None, None)
        volume = self._volumes.views.volume if self._volumes else None
        unit = "HU" if volume is None or volume.modality == "CT" else "signal"
        self._session.window.status_line.show_hovered(lps_mm, value, unit)

    def _follow_page(self, _index: int) -> None:
        """Say where left is only where it is so: a radiograph's sides are those of its marker."""
        page = self._session.window.pages.currentWidget()
        line = self._session.window.status_line
        is_radiograph = page is not None and page is self._radiographs
        line.sides.setVisible(not is_radiograph)
        # A page of its own has a window of its own, written into its views.
        line.window_level.setVisible(page not in {self._volumes, self._radiographs})
        line.show_hovered(None, None)

    def _shut_down(self) -> None:
        if self._volumes is not None:
            self._volumes.shut_down()


def _name(series: "SeriesSummary") -> str:
    return series.description or series.modality
