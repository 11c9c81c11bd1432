"""What happens on the page that makes a case: a preview of the latest choice, then the case."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress
from planner.gui.crash_guard import words_for
from planner.gui.jobs import JobRunner
from planner.gui.make_case.make_case_page import MakeCasePage
from planner.workflow.preview_case import CasePreview, preview_case

if TYPE_CHECKING:
    from planner.gui.make_case.case_request import CaseRequest

_PREVIEW = "case-preview"


class CaseMaking(QObject):
    """Keeps the preview of a page up to date; one that was overtaken is never shown."""

    previewed = Signal()
    """The preview of the current choice is on the page."""

    def __init__(self, page: MakeCasePage, jobs: JobRunner) -> None:
        super().__init__(page)
        self._page = page
        self._jobs = jobs
        page.request_changed.connect(self.preview)

    @property
    def is_drawing(self) -> bool:
        """Whether any preview is still being drawn, one that was overtaken too."""
        return any(job.key == _PREVIEW for job in self._jobs.running)

    def preview(self, request: "CaseRequest") -> None:
        """Draw what is chosen."""

        def work(progress: Progress) -> CasePreview:
            return preview_case(request.spec(), progress)

        def done(preview: CasePreview) -> None:
            self._page.show_preview(preview)
            self.previewed.emit()

        self._jobs.start(
            "Drawing the preview", work, done, key=_PREVIEW, on_failed=self._show_refusal
        )

    def _show_refusal(self, problem: Exception) -> None:
        if not isinstance(problem, PlannerError):
            raise problem
        self._page.show_refusal(words_for(problem))
