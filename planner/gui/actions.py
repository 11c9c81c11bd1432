"""Everything the program can be told to do, as one table: menus, keys, palette come from it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from planner.gui.desk_state import DeskState
from planner.gui.stages import Stage, blocked_reason
from planner.rendering.plan_picture import NeedleEnd

if TYPE_CHECKING:
    from planner.gui.commands import Commands


@attrs.frozen
class ActionSpec:
    """One thing to do."""

    id: str
    text: str
    menu: str
    run: Callable[["Commands"], None]
    status_tip: str
    shortcut: str = ""
    icon: str = ""
    enabled_when: Callable[[DeskState], bool] = lambda _state: True


def _has_case(state: DeskState) -> bool:
    return state.case is not None


def _has_vertebra(state: DeskState) -> bool:
    return state.vertebra is not None and not state.is_gesture_running


def _stage_action(stage: Stage) -> ActionSpec:
    return ActionSpec(
        id=f"stage-{stage.value}",
        text=stage.title,
        menu="Stage",
        run=lambda commands: commands.go_to(stage),
        status_tip=f"Go to stage {stage.value}, {stage.title.lower()}",
        shortcut=str(stage.value),
        icon=_STAGE_ICONS[stage],
        enabled_when=lambda state: blocked_reason(stage, state) is None,
    )


_STAGE_ICONS = {
    Stage.STUDY: "study",
    Stage.LEVELS: "levels",
    Stage.APPROACH: "needle",
    Stage.BALLOON: "balloon",
    Stage.CEMENT: "cement",
    Stage.REHEARSE: "rehearse",
    Stage.HAND_OVER: "export",
}

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "open-folder",
        "Open a folder with images",
        "File",
        lambda c: c.ask_for_folder(),
        "Look through a folder and all in it for CT, MR and X-ray images",
        "Ctrl+O",
        "folder",
    ),
    ActionSpec(
        "open-file",
        "Open a file with images",
        "File",
        lambda c: c.ask_for_file(),
        "Open a ZIP archive, a DICOMDIR, or a DICOM, NIfTI or NRRD file",
        "Ctrl+Alt+O",
        "study",
    ),
    ActionSpec(
        "open-case",
        "Open a case",
        "File",
        lambda c: c.ask_for_case(),
        "Open a case that was planned before",
        "Ctrl+Shift+O",
        "case",
    ),
    ActionSpec(
        "make-case",
        "Make a case",
        "File",
        lambda c: c.make_case(),
        "A digital spine with the fracture you ask for: a model, not a patient",
        "Ctrl+N",
        "plus",
    ),
    ActionSpec(
        "browse-series",
        "Choose another series",
        "File",
        lambda c: c.browse_series(),
        "Show every series beside the open one; the case stays open",
        "Ctrl+B",
        "levels",
        _has_case,
    ),
    ActionSpec(
        "save-copy",
        "Save a copy as",
        "File",
        lambda c: c.save_copy(),
        "Give the case a name and a place; every change is saved already",
        "Ctrl+S",
        "drop",
        _has_case,
    ),
    ActionSpec(
        "export",
        "Export",
        "File",
        lambda c: c.export(),
        "Write the plan with the chosen writers",
        "Ctrl+E",
        "export",
        lambda state: state.can_export,
    ),
    ActionSpec(
        "report",
        "Write the report",
        "File",
        lambda c: c.write_report(),
        "Write the PDF report alone",
        "Ctrl+P",
        "report",
        lambda state: state.can_export,
    ),
    ActionSpec(
        "close-case",
        "Back to the start page",
        "File",
        lambda c: c.close_case(),
        "Close the case; nothing is lost",
        "Ctrl+W",
        "close",
        _has_case,
    ),
    ActionSpec("quit", "Quit", "File", lambda c: c.quit(), "Close the program", "Ctrl+Q"),
    ActionSpec(
        "undo",
        "Undo",
        "Edit",
        lambda c: c.undo(),
        "Take back the last change",
        "Ctrl+Z",
        "undo",
        lambda state: state.undo_text is not None,
    ),
    ActionSpec(
        "redo",
        "Redo",
        "Edit",
        lambda c: c.redo(),
        "Do the change again that was taken back",
        "Ctrl+Shift+Z",
        "redo",
        lambda state: state.redo_text is not None,
    ),
    ActionSpec(
        "cancel-gesture",
        "Take back the drag",
        "Edit",
        lambda c: c.cancel_gesture(),
        "Put back what is being dragged, or leave a page before the case",
        "Esc",
    ),
    *(_stage_action(stage) for stage in Stage),
    ActionSpec(
        "find-all",
        "Find all levels",
        "Plan",
        lambda c: c.find_all_levels(),
        "Find every whole vertebra in the images",
        "Ctrl+L",
        "wand",
        _has_case,
    ),
    ActionSpec(
        "propose",
        "Propose needles",
        "Plan",
        lambda c: c.propose(),
        "Search the safest needles for this level",
        "P",
        "wand",
        _has_vertebra,
    ),
    ActionSpec(
        "set-entry",
        "Set the entry with the next click",
        "Plan",
        lambda c: c.place_next(NeedleEnd.ENTRY),
        "The next click sets the skin entry of the active needle",
        "E",
        "entry",
        _has_vertebra,
    ),
    ActionSpec(
        "set-target",
        "Set the target with the next click",
        "Plan",
        lambda c: c.place_next(NeedleEnd.TIP),
        "The next click sets the tip of the active needle",
        "T",
        "target",
        _has_vertebra,
    ),
    ActionSpec(
        "switch-needle",
        "Work on the other needle",
        "Plan",
        lambda c: c.switch_needle(),
        "Make the other side's needle the active one",
        "X",
        "needle",
        lambda state: state.has_needles and not state.is_gesture_running,
    ),
    ActionSpec(
        "toggle-planes",
        "Vertebra's planes or scanner's planes",
        "View",
        lambda c: c.toggle_planes(),
        "Turn the slices to the vertebra, or back to the scanner",
        "A",
        "planes",
        _has_case,
    ),
    ActionSpec(
        "follow-needle",
        "Slices follow the needle",
        "View",
        lambda c: c.follow_needle(),
        "Off, down the barrel, or along the needle",
        "B",
        "target",
        lambda state: state.has_needles,
    ),
    ActionSpec(
        "mask-name",
        "Hide the patient's name",
        "View",
        lambda c: c.toggle_name(),
        "Hide or show name and id, for teaching",
        "N",
        "hide",
        _has_case,
    ),
    ActionSpec(
        "theme",
        "Dark or light",
        "View",
        lambda c: c.toggle_theme(),
        "Use the other theme from the next start on",
        icon="sun",
    ),
    ActionSpec(
        "palette",
        "Search commands",
        "Help",
        lambda c: c.show_palette(),
        "Find anything the program can do by its name",
        "Ctrl+K",
        "search",
    ),
    ActionSpec(
        "help",
        "Help for this stage",
        "Help",
        lambda c: c.show_stage_help(),
        "What this stage is for and which keys it has",
        "F1",
        "help",
    ),
    ActionSpec(
        "about",
        "About Vertebroplan",
        "Help",
        lambda c: c.show_about(),
        "Versions, disclaimer, plugins",
        icon="note",
    ),
)

MENUS = ("File", "Edit", "Stage", "Plan", "View", "Help")
