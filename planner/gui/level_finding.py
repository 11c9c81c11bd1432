"""What the user does to levels: find one by a click, find all, rename, remove."""

import attrs
from PySide6.QtCore import QObject, Signal

from planner.anatomy.chain import SpineChain
from planner.anatomy.level_naming import LevelNaming
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.remeasure import with_found_heights
from planner.anatomy.segmenter import FoundLevels, LevelAnchor
from planner.anatomy.vertebra import VertebraModel
from planner.editing.part_labels import OWN_BONE, PartLabels
from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress, part_of
from planner.geometry.points import Triple
from planner.gui.case_document import CaseDocument
from planner.gui.jobs import JobRunner
from planner.gui.level_names import KnownLevel, known_levels, named_along, named_by_distance
from planner.gui.scene_keeper import SceneKeeper
from planner.planning.safety_maps import SafetyMaps
from planner.rendering.picture_of_plan import vertebra_picture_of
from planner.workflow.find_levels import (
    find_all_levels,
    find_one_level,
    find_spine,
    known_anchor,
)
from planner.workflow.open_study import OpenStudy

FINDING = "find-levels"
_FIRST_GUESS = VertebraLevel.L1
_SHARE_OF_SPINE, _SHARE_OF_FINDING, _SHARE_OF_LEVELS = 0.3, 0.8, 0.9


@attrs.frozen(eq=False)
class _Found:
    vertebra: VertebraModel
    maps: SafetyMaps
    spine: SpineChain | None
    naming: LevelNaming | None
    """Why it is called so, where it was counted along the spine."""


class LevelFinding(QObject):
    """Finds vertebrae as jobs and puts them into the document."""

    suggested = Signal(object, str)
    """The level that the next click is taken for, and why."""
    told = Signal(str)
    refused = Signal(object)

    def __init__(self, document: CaseDocument, keeper: SceneKeeper, jobs: JobRunner) -> None:
        super().__init__(document)
        self._document = document
        self._keeper = keeper
        self._jobs = jobs
        self._chosen: VertebraLevel | None = None
        self._anchor: KnownLevel | None = None
        self._spine: SpineChain | None = None
        """Named by a sample's point or else by ribs and sacrum, once a click has needed it."""

    def open(self, study: OpenStudy) -> None:
        """Begin with another study."""
        anchor = known_anchor(study)
        self._anchor = KnownLevel(anchor.level, anchor.at_lps_mm) if anchor else None
        self._chosen = None
        self._spine = None

    @property
    def first_place(self) -> Triple | None:
        """A place worth looking at first: the sample's known level."""
        return self._anchor.lps_mm if self._anchor else None

    def choose_name(self, level: VertebraLevel) -> None:
        """Take the next click for this level, whatever the count says."""
        self._chosen = level
        self.suggested.emit(level, "Your choice for the next click.")

    def suggest_at(self, lps_mm: Triple) -> VertebraLevel:
        """Suggest a name for a body at a place and return it."""
        if self._chosen is not None:
            return self._chosen
        along = named_along(self._spine, self._known(), lps_mm) if self._spine else None
        counted = named_by_distance(self._known(), lps_mm)
        if along is not None:
            level, why = along[0], along[1].evidence
        elif counted is None:
            level, why = _FIRST_GUESS, "No level is known here yet: choose its name, or check it."
        elif self._is_known(counted):
            level, why = counted[0], f"{counted[0].name} is known in this study."
        else:
            level, why = counted[0], f"Counted from {counted[1].level.name}: check the name."
        self.suggested.emit(level, why)
        return level

    def _is_known(self, counted: tuple[VertebraLevel, KnownLevel]) -> bool:
        level, origin = counted
        return origin is self._anchor and level is origin.level

    def _needs_spine_at(self, lps_mm: Triple) -> bool:
        """Return whether only the spine can tell what a body at a place is called."""
        counted = named_by_distance(self._known(), lps_mm)
        return self._chosen is None and (counted is None or not self._is_known(counted))

    def find_at(self, lps_mm: Triple) -> None:
        """Find the vertebra around a point inside its body."""
        scene = self._keeper.scene
        if scene is None or self._keep_by_hand_at(lps_mm):
            return
        guess, known, before = self.suggest_at(lps_mm), self._known(), self._spine
        needs_spine = self._needs_spine_at(lps_mm)

        def work(progress: Progress) -> _Found:
            spine = before or (_followed(scene.study, progress) if needs_spine else None)
            along = named_along(spine, known, lps_mm) if spine and needs_spine else None
            level, naming = along or (guess, None)
            finding = part_of(progress, _SHARE_OF_SPINE, _SHARE_OF_FINDING)
            vertebra = find_one_level(scene.study, lps_mm, level, finding)
            rest = part_of(progress, _SHARE_OF_FINDING, 1.0)
            vertebra_picture_of(vertebra)
            maps = scene.with_vertebra(vertebra, rest).maps[level]
            return _Found(vertebra, maps, spine, naming)

        def done(found: _Found) -> None:
            self._chosen = None
            self._spine = found.spine
            self._keeper.keep(found.vertebra, found.maps)
            self._document.put_vertebra(found.vertebra)
            if found.naming is not None:
                check = "" if found.naming.certain else " Check the name before you plan."
                self.told.emit(f"{found.vertebra.level.name}: {found.naming.evidence}{check}")

        self._jobs.start("Finding a level", work, done, key=FINDING, on_failed=self.refused.emit)

    def find_all(self) -> None:
        """Find every whole vertebra, named from a found one, the sample's point or the ribs."""
        scene = self._keeper.scene
        if scene is None:
            return
        anchor = self._anchor_of(scene.study)

        def work(progress: Progress) -> FoundLevels:
            found = find_all_levels(scene.study, anchor, part_of(progress, 0.0, _SHARE_OF_LEVELS))
            drawing = part_of(progress, _SHARE_OF_LEVELS, 1.0)
            for number, vertebra in enumerate(found.vertebrae):
                drawing(number / len(found.vertebrae), "Drawing the levels")
                # Or the window would wait for each surface when its level is chosen.
                vertebra_picture_of(vertebra)
            return found

        def done(found: FoundLevels) -> None:
            by_hand = {v.level for v in self._document.vertebrae if v.by_hand}
            self._document.put_vertebrae(
                tuple(v for v in found.vertebrae if v.level not in by_hand)
            )
            doubt = "" if found.naming.certain else " Check the names before you plan."
            said = f"{len(found.vertebrae)} levels found. {found.naming.evidence}{doubt}"
            kept = (
                f"Kept as set by hand: {', '.join(v.name for v in VertebraLevel if v in by_hand)}.",
            )
            self.told.emit(" ".join((said, *found.left_out, *(kept if by_hand else ()))))

        self._jobs.start("Finding all levels", work, done, key=FINDING, on_failed=self.refused.emit)

    def _keep_by_hand_at(self, lps_mm: Triple) -> bool:
        """Work on the level a point lies in where hands have set it, instead of finding it anew.

        A click in a body is easily made; an outline painted by hand is not.
        """
        for vertebra in self._document.vertebrae:
            labels = PartLabels.of_vertebra(vertebra) if vertebra.by_hand else None
            voxel = labels.voxel_of(lps_mm) if labels else None
            if labels is not None and voxel is not None and labels.voxels[voxel] in OWN_BONE:
                self._document.select(vertebra.level)
                name = vertebra.level.name
                self.told.emit(f"{name} was set by hand and is kept. Remove it to find it anew.")
                return True
        return False

    def rename(self, level: VertebraLevel, name: VertebraLevel) -> None:
        """Call a level otherwise, and count all others from it."""
        try:
            self._document.rename_vertebra(level, name)
        except PlannerError as problem:
            self.refused.emit(problem)
            return
        if len(self._document.vertebrae) > 1:
            self.told.emit(f"{level.name} is now {name.name}; all other levels count from it.")

    def find_landmarks(self) -> None:
        """Put the height landmarks of the selected level back to where its outline has them."""
        case, level = self._document.case, self._document.selection.level
        vertebra = case.vertebra(level) if case and level else None
        if vertebra is None:
            return
        try:
            found = with_found_heights(vertebra)
        except PlannerError as problem:
            self.refused.emit(problem)
        else:
            self._document.change_vertebra(found, "Find landmarks again")

    def _anchor_of(self, study: OpenStudy) -> LevelAnchor | None:
        """Return what names all levels: one the user has named goes before the sample's."""
        if self._document.vertebrae:
            first = self._document.vertebrae[0]
            return LevelAnchor(first.level, first.centre_lps_mm)
        return known_anchor(study)

    def _known(self) -> tuple[KnownLevel, ...]:
        anchors = (self._anchor,) if self._anchor else ()
        return known_levels(self._document.vertebrae) + anchors


def _followed(study: OpenStudy, progress: Progress) -> SpineChain | None:
    """Return the spine of a study, None where none is found."""
    try:
        return find_spine(study, progress=part_of(progress, 0.0, _SHARE_OF_SPINE))
    except PlannerError:
        return None
