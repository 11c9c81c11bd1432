"""What each action does, in a line or two; the work is the session's and the desk's."""

from pathlib import Path
from typing import TYPE_CHECKING

import attrs
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from planner.assessment.findings import Severity
from planner.foundation.errors import PlannerError
from planner.gui.action_spec import ActionSpec
from planner.gui.dialogs.about import AboutDialog
from planner.gui.dialogs.command_palette import CommandPalette
from planner.gui.dialogs.paper_preview import PaperPreview
from planner.gui.dialogs.stage_help import StageHelp
from planner.gui.page_frame import STAGE_PROPERTY
from planner.gui.session import Session
from planner.gui.stages import Stage
from planner.rendering.plan_picture import NeedleEnd

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.gui.browser.browser_page import BrowserPage
    from planner.gui.case_desk import CaseDesk
    from planner.gui.editing.outline_editing import OutlineEditing
    from planner.gui.needle_steering import NeedleSteering
    from planner.gui.segmenter_commands import SegmenterCommands
    from planner.gui.view_desk import ViewDesk
    from planner.workflow.preview_paper import PaperPage

_CASE_FILES = "Cases (*.vplan)"
_IMAGE_FILES = (
    "All files (*);;Archives (*.zip);;DICOM (*.dcm *.ima DICOMDIR);;Volumes (*.nii *.nii.gz *.nrrd)"
)
"""All files first: images from a CD have no suffix."""
_PLAN_FILES = "Plans (*.json *.dcm);;All files (*)"
_LABEL_FILES = "Label maps (*.nii *.nii.gz *.nrrd *.dcm);;All files (*)"
_REPORT = "report-pdf"


class Commands(QObject):
    """The verbs of the program."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._window = session.window
        self._segmenters: SegmenterCommands | None = None
        window = session.window
        window.action_chosen.connect(self._run)
        window.top_bar.undo_pressed.connect(self.undo)
        window.top_bar.redo_pressed.connect(self.redo)
        window.top_bar.search_pressed.connect(self.show_palette)
        window.start_page.folder_pressed.connect(self.ask_for_folder)
        window.start_page.file_pressed.connect(self.ask_for_file)
        window.start_page.case_pressed.connect(self.ask_for_case)
        window.start_page.make_case_pressed.connect(self.make_case)
        window.start_page.rehearse_pressed.connect(self.rehearse_case)
        session.front_desk.browser_made.connect(self._connect_browser)
        session.desk_made.connect(self._connect_desk)

    def ask_for_folder(self) -> None:
        """Open images from a folder the user chooses."""
        chosen = QFileDialog.getExistingDirectory(
            self._window, "Open a folder with images", self._session.preferences.last_folder
        )
        if chosen:
            self._session.prefer(attrs.evolve(self._session.preferences, last_folder=chosen))
            self._session.open_path(Path(chosen))

    def ask_for_file(self) -> None:
        """Open images from a file the user chooses."""
        self._ask_for_file("Open a file with images", _IMAGE_FILES)

    def ask_for_case(self) -> None:
        """Open a case file the user chooses."""
        self._ask_for_file("Open a case", _CASE_FILES)

    def make_case(self) -> None:
        """Show the page that makes a digital-spine case."""
        self._session.front_desk.show_make_case()

    def rehearse_case(self) -> None:
        """Show the graded cases to rehearse."""
        self._session.rehearsal_chosen.emit()

    def browse_series(self) -> None:
        """Show every series beside the open one."""
        self._session.front_desk.browse()

    def import_plan(self) -> None:
        """Put a plan that was exported before onto the open case."""
        desk = self._session.desk
        chosen, _kind = QFileDialog.getOpenFileName(
            self._window, "Import a plan", self._session.preferences.export_folder, _PLAN_FILES
        )
        if chosen and desk is not None:
            desk.planning.importing.take(Path(chosen))

    def import_labels(self) -> None:
        """Take the levels that another program outlined onto the board."""
        desk = self._session.desk
        chosen, _kind = QFileDialog.getOpenFileName(
            self._window, "Import a label map", self._session.preferences.last_folder, _LABEL_FILES
        )
        if chosen and desk is not None:
            desk.workbench.go_to(Stage.LEVELS)
            # What is drawn on an outline is kept before another comes in its place.
            desk.planning.masks.end()
            desk.planning.labelling.take(Path(chosen))

    def save_copy(self) -> None:
        """Write the case, with all its history, under a name the user chooses."""
        desk = self._session.desk
        chosen, _kind = QFileDialog.getSaveFileName(
            self._window, "Save a copy", self._session.preferences.last_folder, _CASE_FILES
        )
        if not chosen or desk is None or desk.planning.case_file is None:
            return
        path = Path(chosen).with_suffix(".vplan")
        try:
            # The dialog has asked whether the file of the typed name shall be replaced, no other.
            desk.planning.case_file.copy_to(path, replace=path == Path(chosen))
        except PlannerError as problem:
            self._session.tell_problem(problem)
        else:
            self._session.tell(f"A copy lies in {path}.", Severity.NOTE)

    def close_case(self) -> None:
        """Go back to the start page."""
        self._session.close_case()

    def quit(self) -> None:
        """Close the window."""
        self._window.close()

    def undo(self) -> None:
        """Take back the last change."""
        if (desk := self._session.desk) is not None:
            desk.planning.document.undo()

    def redo(self) -> None:
        """Do the last undone change again."""
        if (desk := self._session.desk) is not None:
            desk.planning.document.redo()

    def go_to(self, stage: Stage) -> None:
        """Show a stage."""
        if (desk := self._session.desk) is not None:
            desk.workbench.go_to(stage)

    def place_next(self, end: NeedleEnd) -> None:
        """Let the next click set an end of the active needle."""
        if (desk := self._session.desk) is not None:
            desk.place_next(end)

    def propose(self) -> None:
        """Search needles for the selected level."""
        if (desk := self._session.desk) is not None:
            desk.workbench.go_to(Stage.APPROACH)
            desk.planning.needles.propose()

    def find_all_levels(self) -> None:
        """Find every whole vertebra."""
        if (desk := self._session.desk) is not None:
            desk.workbench.go_to(Stage.LEVELS)
            desk.planning.segmenting.find_all()

    def locate_segmenter(self) -> None:
        """Say where the program lies that outlines all levels."""
        if self._segmenters is not None:
            self._segmenters.locate()

    def steer(self, do: "Callable[[NeedleSteering], object]") -> None:
        """Do something with the active needle."""
        if (desk := self._session.desk) is not None:
            do(desk.planning.steering)

    def keep_variant(self) -> None:
        """Set the selected level's plan aside and go on with a copy of it."""
        if (desk := self._session.desk) is not None:
            desk.planning.variants.keep()

    def next_variant(self) -> None:
        """Work on the next variant of the selected level."""
        if (desk := self._session.desk) is not None:
            desk.planning.variants.switch_to_next()

    def compare_variants(self) -> None:
        """Show two variants of the selected level side by side."""
        desk = self._session.desk
        level = desk.planning.document.selection.level if desk else None
        if desk is not None and level is not None:
            # With it come VTK's pictures: the start page does without.
            from planner.gui.variants.compare_dialog import CompareDialog

            variants = desk.planning.variants
            CompareDialog(variants, level, self._session.palette, self._window).open()

    def switch_needle(self) -> None:
        """Make the other side's needle the active one."""
        if (desk := self._session.desk) is not None:
            document = desk.planning.document
            other = document.selection.side.opposite
            planned = document.level_plan
            if planned is not None and planned.needle(other) is not None:
                document.select(planned.level, other)

    def export(self) -> None:
        """Go to the hand-over, or from there write."""
        desk = self._session.desk
        if desk is None:
            return
        if desk.workbench.stage is not Stage.HAND_OVER:
            desk.workbench.go_to(Stage.HAND_OVER)
        else:
            self._write(desk.workbench.hand_over.chosen_ids)

    def write_report(self) -> None:
        """Write the PDF report alone."""
        self.go_to(Stage.HAND_OVER)
        self._write((_REPORT,))

    def toggle_name(self) -> None:
        """Hide or show who the patient is."""
        if (desk := self._session.desk) is not None:
            desk.toggle_name()

    def toggle_planes(self) -> None:
        """Turn the slices to the vertebra, or back to the scanner."""
        aligned = not self._session.preferences.are_planes_aligned
        self._session.prefer(attrs.evolve(self._session.preferences, are_planes_aligned=aligned))
        if (desk := self._session.desk) is not None:
            desk.look_again()
        whose = "the vertebra" if aligned else "the scanner"
        self._session.tell(f"Slices follow the planes of {whose}.", Severity.NOTE)

    def follow_needle(self) -> None:
        """Go on to the next way in which slices follow the needle."""
        if (desk := self._session.desk) is not None:
            desk.workbench.follow_needle()

    def on_views(self, do: "Callable[[ViewDesk], object]") -> None:
        """Do something with the views of the open case."""
        if (desk := self._session.desk) is not None:
            do(desk.viewing)

    def on_outline(self, do: "Callable[[OutlineEditing], object]") -> None:
        """Do something with the outline of the selected level."""
        if (desk := self._session.desk) is not None:
            do(desk.outline)

    def show_measuring_view(self) -> None:
        """Show the level's mid-sagittal slice alone, or all views again."""
        if (desk := self._session.desk) is not None:
            desk.toggle_measuring_view()

    def cancel_gesture(self) -> None:
        """Take the running drag back, or leave a page before the case."""
        if self._session.front_desk.leave():
            return
        if (desk := self._session.desk) is not None:
            desk.cancel_gesture()

    def show_stage_help(self) -> None:
        """Say what the stage is for."""
        desk = self._session.desk
        shown = self._window.pages.currentWidget()
        of_page = shown.property(STAGE_PROPERTY) if shown is not None else None
        of_desk = desk.workbench.stage if desk else Stage.STUDY
        stage = of_desk if of_page is None else Stage(of_page)
        StageHelp(stage, self._window.action_of.values(), self._window).exec()

    def show_about(self) -> None:
        """Say what the program is and is not."""
        failures = [f"{f.distribution}: {f.error}" for f in self._session.state.writer_failures]
        AboutDialog(failures, self._window).exec()

    def show_palette(self) -> None:
        """Find an action by its name."""
        CommandPalette(tuple(self._window.action_of.values()), self._window).exec()

    def toggle_theme(self) -> None:
        """Use the other theme from the next start on."""
        is_dark = not self._session.preferences.is_dark
        self._session.prefer(attrs.evolve(self._session.preferences, is_dark=is_dark))
        self._session.tell(
            f"The {'dark' if is_dark else 'light'} theme is used from the next start on.",
            Severity.NOTE,
        )

    def _ask_for_file(self, title: str, kinds: str) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(
            self._window, title, self._session.preferences.last_folder, kinds
        )
        if chosen:
            self._session.prefer(
                attrs.evolve(self._session.preferences, last_folder=str(Path(chosen).parent))
            )
            self._session.open_path(Path(chosen))

    def _connect_browser(self, browser: "BrowserPage") -> None:
        browser.folder_pressed.connect(self.ask_for_folder)
        browser.file_pressed.connect(self.ask_for_file)

    def _run(self, spec: ActionSpec) -> None:
        if self._window.slices is not None and spec.on_slices is not None:
            spec.on_slices(self._window.slices)
        else:
            spec.run(self)

    def _connect_desk(self, desk: "CaseDesk") -> None:
        # With it come the senders' libraries: the start page does without.
        from planner.gui.segmenter_commands import SegmenterCommands
        from planner.gui.send_commands import SendCommands

        desk.workbench.approach.variants.compare_pressed.connect(self.compare_variants)
        desk.workbench.study.browse_pressed.connect(self.browse_series)
        desk.workbench.levels.import_pressed.connect(self.import_labels)
        self._segmenters = SegmenterCommands(self._session, desk)
        panel = desk.workbench.hand_over
        panel.folder.setText(self._session.preferences.export_folder)
        panel.folder_pressed.connect(self._ask_for_export_folder)
        panel.replace_pressed.connect(self._replace_exports)
        panel.primary_pressed.connect(self.export)
        panel.preview_pressed.connect(self._preview)
        desk.planning.exporting.previewed.connect(self._show_preview)
        panel.send.send_pressed.connect(SendCommands(self._session, desk).ask)

    def _preview(self, writer_id: str) -> None:
        if (desk := self._session.desk) is not None:
            is_deidentified = desk.workbench.hand_over.deidentify.isChecked()
            desk.planning.exporting.preview(writer_id, deidentify=is_deidentified)

    def _show_preview(self, title: str, pages: "tuple[PaperPage, ...]") -> None:
        PaperPreview(title, pages, self._window).open()

    def _ask_for_export_folder(self) -> str:
        chosen = QFileDialog.getExistingDirectory(
            self._window, "Export into", self._session.preferences.export_folder
        )
        if chosen and (desk := self._session.desk) is not None:
            self._session.prefer(attrs.evolve(self._session.preferences, export_folder=chosen))
            desk.workbench.hand_over.folder.setText(chosen)
        return chosen

    def _write(self, writer_ids: tuple[str, ...], *, may_replace: bool = False) -> None:
        desk = self._session.desk
        if desk is None:
            return
        folder = desk.workbench.hand_over.folder.text() or self._ask_for_export_folder()
        if folder:
            desk.run_export(writer_ids, Path(folder), may_replace=may_replace)

    def _replace_exports(self, writer_ids: tuple[str, ...]) -> None:
        self._write(writer_ids, may_replace=True)
