"""A folder for 3D Slicer: needles, segmentation and surfaces that load by drag and drop."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from planner.anatomy.levels import VertebraLevel
from planner.export.file_names import study_tag
from planner.export.snapshot import MeshKind, PlanSnapshot
from planner.export.variant_words import variants_of_plan
from planner.export.writer import PlanPart, WriteProblem, WriterInfo
from planner.foundation.progress import Progress, part_of
from planner.imaging.volume import VoxelMask
from planner_writer_mesh.colours import colour_of_kind
from planner_writer_mesh.writer import PlyWriter
from planner_writer_slicer.seg_nrrd import NamedSegment, read_seg_nrrd, seg_nrrd_bytes
from planner_writer_slicer.writer import SlicerMarkupsWriter

_READ_ME = "READ ME.txt"
_ARCH_COLOUR = (0.820, 0.745, 0.600)


class SlicerFolderWriter:
    """Writes one folder; dropped onto Slicer's window, everything in it loads in its place."""

    info = WriterInfo(
        id="slicer-folder",
        title="3D Slicer folder",
        file_suffixes=(".mrk.json", ".seg.nrrd", ".ply", ".txt"),
        needs=frozenset({PlanPart.NEEDLES}),
    )

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return what is wrong with the surfaces."""
        return PlyWriter().check(snapshot)

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write the folder."""
        inside = folder / _folder_name(snapshot)
        inside.mkdir()
        paths = list(SlicerMarkupsWriter().write(snapshot, inside, part_of(progress, 0.0, 0.2)))
        paths += PlyWriter().write(snapshot, inside, part_of(progress, 0.2, 0.6))
        for level, segments in _segments(snapshot):
            progress(0.6, f"Segmentation of {level.name}")
            path = inside / _segmentation_name(level, snapshot)
            comment = f"{snapshot.software}. {snapshot.disclaimer}"
            path.write_bytes(seg_nrrd_bytes(segments, comment))
            paths.append(path)
        read_me = inside / _READ_ME
        read_me.write_text(_words(snapshot), "utf-8")
        return (*paths, read_me)

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem for each needle, surface or segment that reads back differently."""
        return (
            *SlicerMarkupsWriter().read_back(snapshot, paths),
            *PlyWriter().read_back(snapshot, [path for path in paths if path.suffix == ".ply"]),
            *_segment_problems(snapshot, {path.name: path for path in paths}),
        )


def _folder_name(snapshot: PlanSnapshot) -> str:
    levels = "-".join(level.level.name for level in snapshot.plan.levels)
    return f"slicer-{levels}-{study_tag(snapshot)}"


def _segmentation_name(level: VertebraLevel, snapshot: PlanSnapshot) -> str:
    return f"{level.name}-{study_tag(snapshot)}.seg.nrrd"


def _segments(snapshot: PlanSnapshot) -> Iterator[tuple[VertebraLevel, list[NamedSegment]]]:
    for level_plan in snapshot.plan.levels:
        level = level_plan.level
        vertebra, fill = snapshot.vertebra(level), snapshot.fill(level)
        arch = VoxelMask(vertebra.whole.voxels & ~vertebra.body.voxels, vertebra.whole.geometry)
        found = [
            ("body", "vertebral body", colour_of_kind(MeshKind.BONE), vertebra.body),
            ("arch", "pedicles and arch", _ARCH_COLOUR, arch),
            ("canal", "spinal canal", colour_of_kind(MeshKind.CANAL), vertebra.canal),
        ]
        if fill is not None:
            colour = colour_of_kind(MeshKind.CEMENT)
            found.append(("cement", "planned cement (illustration)", colour, fill.mask))
        segments = [
            NamedSegment(f"{level.name}-{name}", f"{level.name} {words}", colour, mask)
            for name, words, colour, mask in found
            if not mask.is_empty
        ]
        if segments:
            yield level, segments


def _segment_problems(snapshot: PlanSnapshot, by_name: dict[str, Path]) -> Iterator[WriteProblem]:
    for level, segments in _segments(snapshot):
        read = read_seg_nrrd(by_name[_segmentation_name(level, snapshot)].read_bytes())
        for segment in segments:
            if not np.array_equal(read[segment.name], segment.mask.voxels):
                yield WriteProblem(f"{segment.name} reads back with other voxels.")


def _words(snapshot: PlanSnapshot) -> str:
    return (
        f"{snapshot.software}. {snapshot.disclaimer}\n\n"
        "Drop this folder onto 3D Slicer's window and confirm the list of files.\n"
        "Everything is in LPS millimetres, as each file says; load the CT from its own DICOM\n"
        "series and it lies in its place. Skin entries are estimates from the supine scan.\n"
        "The shape of planned cement is an illustration; its volume is the planned one.\n"
        f"{_variants(snapshot)}"
    )


def _variants(snapshot: PlanSnapshot) -> str:
    variants = variants_of_plan(snapshot.plan)
    return f"The case holds variants of the plan. {variants}.\n" if variants else ""
