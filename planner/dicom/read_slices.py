"""Slices on their way from files into an array, each read once."""

import itertools
import os
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from pydicom.uid import (
    JPEG2000,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

from planner.dicom.element_values import DAMAGED_FILE_ERRORS
from planner.dicom.frame_pixels import (
    changed,
    check_file,
    is_plain_16_bit,
    read_plain_into,
    stored_frames,
)
from planner.dicom.image_header import ImageHeader
from planner.dicom.open_files import OpenFiles, opened_files
from planner.dicom.rescale import write_rescaled
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress
from planner.imaging.volume import HuArray

_FEWEST_FOR_THREADS = 8
"""Fewer slices are decoded before SimpleITK is even imported."""
_IN_THREADS = frozenset(
    str(uid)
    for uid in (
        JPEGBaseline8Bit,
        JPEGLossless,
        JPEGLosslessSV1,
        JPEGLSLossless,
        JPEGLSNearLossless,
        JPEG2000Lossless,
        JPEG2000,
    )
)
_BATCH = 4
"""Slices that one core decodes at a time."""
_TITLE = "Reading images"


def _decodes_in_threads(header: ImageHeader) -> bool:
    """Return whether SimpleITK reads a slice as its header says, while other threads run."""
    pixels = header.pixels
    return (
        header.file.archive is None
        and header.frames == 1
        and pixels.samples == 1
        and pixels.photometric == "MONOCHROME2"
        and pixels.modality_lut is None
        and pixels.transfer_syntax_uid in _IN_THREADS
    )


class SliceReading:
    """Reads slices into an array, on several cores where they are compressed."""

    def __init__(self, slices: Sequence[ImageHeader], into: HuArray, progress: Progress) -> None:
        self._slices = slices
        self.into = into
        self._progress = progress
        self._done: set[int] = set()

    def read(self, wanted: Sequence[int]) -> None:
        """Read those of some slices that are not read yet.

        Raises
        ------
        DicomProblem
            If a file does not hold what its header says.
        Cancelled
            If the user has cancelled.
        """
        waiting = [k for k in wanted if k not in self._done]
        in_threads = [k for k in waiting if _decodes_in_threads(self._slices[k])]
        if len(in_threads) >= _FEWEST_FOR_THREADS:
            self._read_in_threads(in_threads)
            waiting = [k for k in waiting if k not in self._done]
        with opened_files() as files:
            for _, group in itertools.groupby(waiting, key=lambda k: self._slices[k].file):
                self._read_file(list(group), files)
        self._report()

    def _report(self) -> None:
        self._progress(len(self._done) / len(self._slices), _TITLE)

    def _finish(self, k: int) -> None:
        self._done.add(k)
        self._report()

    def _read_file(self, group: Sequence[int], files: OpenFiles) -> None:
        first = self._slices[group[0]]
        self._report()
        try:
            with files.open(first.file) as stream:
                if is_plain_16_bit(first):
                    for k in group:
                        header, into = self._slices[k], self.into[k]
                        write_rescaled(read_plain_into(stream, header, into), header.pixels, into)
                        self._finish(k)
                    return
                frames = stored_frames(stream, [self._slices[k] for k in group])
                for k, (header, stored) in zip(group, frames, strict=True):
                    write_rescaled(stored, header.pixels, self.into[k])
                    self._finish(k)
        except (OSError, zipfile.BadZipFile, *DAMAGED_FILE_ERRORS) as problem:
            raise changed(first.path) from problem

    def _read_in_threads(self, waiting: Sequence[int]) -> None:
        """Decode slices on all cores; those that fail are left for the slower way to judge."""
        workers = os.cpu_count() or 1
        with ThreadPoolExecutor(workers, thread_name_prefix="decode") as pool:
            order = iter(_batches(waiting, self._slices))
            running = {pool.submit(self._decode, b) for b in itertools.islice(order, 2 * workers)}
            # No more is under way than the cores can take, so that cancelling waits for little.
            while running:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    for k in future.result():
                        self._finish(k)
                for batch in itertools.islice(order, len(finished)):
                    running.add(pool.submit(self._decode, batch))

    def _decode(self, batch: Sequence[int]) -> Sequence[int]:
        """Decode some slices and return which are done: all or none."""
        from planner.imaging.compressed_slices import (  # noqa: PLC0415
            UndecodedSlices,
            read_compressed_slices,
        )

        headers = [self._slices[k] for k in batch]
        try:
            for header in headers:
                check_file(header)
            voxels = read_compressed_slices([header.path for header in headers])
        except (UndecodedSlices, DicomProblem, OSError, ValueError):
            return ()
        if voxels.shape != (len(batch), *self.into.shape[1:]):
            return ()
        for k, slice_ in zip(batch, voxels, strict=True):
            self.into[k] = slice_
        return batch


def _batches(waiting: Sequence[int], slices: Sequence[ImageHeader]) -> Iterator[list[int]]:
    """Return slices of one format together, few enough that a batch takes little time."""
    for _, alike in itertools.groupby(waiting, key=lambda k: slices[k].pixels):
        group = list(alike)
        for start in range(0, len(group), _BATCH):
            yield group[start : start + _BATCH]
