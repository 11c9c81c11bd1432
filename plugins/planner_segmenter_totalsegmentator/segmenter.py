"""Outlines by TotalSegmentator, where the user has installed it: its own program, run as one."""

import tempfile
from pathlib import Path

from planner.anatomy.segmenter import SegmenterInfo, SegmenterJob
from planner.foundation.errors import AnatomyProblem
from planner.foundation.progress import Progress, part_of
from planner.foundation.run_program import ProgramFailed, run_program
from planner.imaging.label_map_file import LABEL_FILE_SUFFIXES, read_label_map
from planner.imaging.labels import LabelMap
from planner.imaging.write_volume_file import write_volume

_SHARE_OF_WRITING, _SHARE_OF_RUNNING = 0.05, 0.95
_HOW_TO_GET = (
    "Install it by `pip install TotalSegmentator` in an environment of its own, run it once, and "
    "put its program on the PATH or choose it under Plan, Locate the program for outlines."
)


class TotalSegmentator:
    """Runs the user's own TotalSegmentator on the voxels alone."""

    info = SegmenterInfo("totalsegmentator", "TotalSegmentator", "TotalSegmentator", _HOW_TO_GET)

    def segment(self, job: SegmenterJob, progress: Progress) -> LabelMap:
        """Return the label map that the program writes.

        Raises
        ------
        AnatomyProblem
            If the program fails or writes no label map.
        """
        if job.program is None:
            raise AnatomyProblem("TotalSegmentator is not installed here.", hint=_HOW_TO_GET)
        with tempfile.TemporaryDirectory(prefix="vertebroplan-") as name:
            folder = Path(name)
            progress(0.0, "Writing the images for TotalSegmentator")
            write_volume(folder / "ct.nii.gz", job.volume)
            out = folder / "out"
            out.mkdir()
            command = (job.program, "-i", folder / "ct.nii.gz", "-o", out / "labels.nii.gz", "--ml")
            try:
                run_program(command, out, part_of(progress, _SHARE_OF_WRITING, _SHARE_OF_RUNNING))
            except ProgramFailed as problem:
                raise AnatomyProblem(
                    f"TotalSegmentator: {problem.message}",
                    path=problem.path,
                    hint="Run it by itself on one CT to see whether it is installed well.",
                ) from problem
            return _labels(out)


def _labels(folder: Path) -> LabelMap:
    """Return the one label map in a folder; some versions make a folder of the file's name."""
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name.lower().endswith(LABEL_FILE_SUFFIXES)
    ]
    if len(found) != 1:
        raise AnatomyProblem(
            "TotalSegmentator ended without writing one label map.",
            hint="Its version may be too old: version 2 is needed.",
        )
    return read_label_map(found[0])
