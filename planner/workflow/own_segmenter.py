"""The program's own way to outline all levels, as a segmenter among others."""

from planner.anatomy.segmenter import FoundLevels, SegmenterInfo, SegmenterJob
from planner.foundation.progress import Progress
from planner.workflow.find_levels import outline_all

OWN_ID = "built-in"


class OwnSegmenter:
    """Follows the canal, tells discs from bodies and outlines each from its middle."""

    info = SegmenterInfo(OWN_ID, "Built in")

    def segment(self, job: SegmenterJob, progress: Progress) -> FoundLevels:
        """Return every whole vertebra.

        Raises
        ------
        AnatomyProblem
            If no spine was found.
        """
        return outline_all(job.volume, job.anchor, progress)
