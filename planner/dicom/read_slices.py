"""Slices on their way from files into an array, each read once."""

import functools
import itertools
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from planner.dicom.codestream import (
    CODESTREAM_SYNTAXES,
    decode,
    decoding_folder,
    longest_decoding_s,
)
from planner.dicom.element_values import DAMAGED_FILE_ERRORS
from planner.dicom.frame_pixels import (
    changed,
    codestream_of,
    compressed_values,
    is_plain_16_bit,
    read_plain_into,
    stored_frames,
)
from planner.dicom.image_header import ImageHeader
from planner.dicom.open_files import OpenFiles, opened_files
from planner.dicom.rescale import write_rescaled
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress
from planner.foundation.time_limit import OutOfTime, results_of
from planner.imaging.volume import HuArray

_TITLE = "Reading images"


class DamagedImages(DicomProblem):
    """Images that do not hold what their headers say, where the others do."""

    def __init__(self, images: Sequence[ImageHeader]) -> None:
        first = changed(images[0].path)
        message = first.message
        if len(images) > 1:
            message = f"{len(images)} images end early, are damaged or have changed, the first:"
        super().__init__(message, path=first.path, hint=first.hint)
        self.images = tuple(images)


class SliceReading:
    """Reads slices into an array, on several cores where they are compressed."""

    def __init__(self, slices: Sequence[ImageHeader], into: HuArray, progress: Progress) -> None:
        self._slices = slices
        self.into = into
        self._progress = progress
        self._done: set[int] = set()
        self._damaged: set[int] = set()

    def read(self, wanted: Sequence[int]) -> None:
        """Read those of some slices that are not read yet.

        Raises
        ------
        DamagedImages
            If some do not hold what their headers say; all others are read.
        DicomProblem
            If a file is gone, or decoding does not come to an end.
        Cancelled
            If the user has cancelled.
        """
        waiting = [k for k in wanted if k not in self._done]
        compressed = [k for k in waiting if _is_codestream(self._slices[k])]
        plain = [k for k in waiting if not _is_codestream(self._slices[k])]
        self._read_compressed(compressed)
        with opened_files() as files:
            for _, group in itertools.groupby(plain, key=lambda k: self._slices[k].file):
                self._read_file(list(group), files)
        self._report()
        if damaged := [self._slices[k] for k in wanted if k in self._damaged]:
            raise DamagedImages(damaged)

    def _report(self) -> None:
        self._progress(len(self._done) / len(self._slices), _TITLE)

    def _finish(self, k: int) -> None:
        self._done.add(k)
        self._report()

    def _give_up(self, k: int) -> None:
        self._damaged.add(k)
        self._finish(k)

    def _read_file(self, group: Sequence[int], files: OpenFiles) -> None:
        """Read the images of one file, and those behind a damaged one too."""
        first = self._slices[group[0]]
        self._report()
        try:
            while waiting := [k for k in group if k not in self._done]:
                try:
                    with files.open(first.file) as stream:
                        self._read_from(stream, waiting)
                except (DicomProblem, zipfile.BadZipFile, *DAMAGED_FILE_ERRORS):
                    self._give_up(next(k for k in waiting if k not in self._done))
        except OSError as problem:
            raise changed(first.path) from problem

    def _read_from(self, stream: BinaryIO, group: Sequence[int]) -> None:
        if is_plain_16_bit(self._slices[group[0]]):
            for k in group:
                header, into = self._slices[k], self.into[k]
                write_rescaled(read_plain_into(stream, header, into), header.pixels, into)
                self._finish(k)
            return
        frames = stored_frames(stream, [self._slices[k] for k in group])
        for k, (header, stored) in zip(group, frames, strict=True):
            write_rescaled(stored, header.pixels, self.into[k])
            self._finish(k)

    def _read_compressed(self, waiting: Sequence[int]) -> None:
        """Decode slices on all cores."""
        if not waiting:
            return
        first = self._slices[waiting[0]]
        limit_s = longest_decoding_s(first)
        with opened_files() as files, decoding_folder() as folder:
            tasks = (
                functools.partial(self._decode, k, codestream, folder)
                for k, codestream in self._codestreams(waiting, files)
            )
            try:
                for k in results_of(tasks, os.cpu_count() or 1, limit_s, self._report):
                    self._finish(k)
                for k in sorted(self._damaged - self._done):
                    self._finish(k)
            except OutOfTime as problem:
                undone = next(k for k in waiting if k not in self._done)
                raise changed(self._slices[undone].path) from problem

    def _codestreams(self, wanted: Iterable[int], files: OpenFiles) -> Iterator[tuple[int, bytes]]:
        """Return the compressed image of each slice; a file of several is read once."""
        for _, group in itertools.groupby(wanted, key=lambda k: self._slices[k].file):
            same_file = list(group)
            header = self._slices[same_file[0]]
            try:
                with files.open(header.file) as stream:
                    values = compressed_values(stream, header)
            except OSError as problem:
                raise changed(header.path) from problem
            except (DicomProblem, zipfile.BadZipFile, *DAMAGED_FILE_ERRORS):
                self._damaged.update(same_file)
                continue
            for k in same_file:
                try:
                    yield k, codestream_of(values, self._slices[k])
                except DAMAGED_FILE_ERRORS:
                    self._damaged.add(k)

    def _decode(self, k: int, codestream: bytes, folder: Path) -> int:
        """Decode a slice, in a thread, and return which."""
        header = self._slices[k]
        try:
            stored = decode(codestream, header, folder)
        except OSError as problem:
            raise changed(header.path) from problem
        except DAMAGED_FILE_ERRORS:
            self._damaged.add(k)
        else:
            write_rescaled(stored, header.pixels, self.into[k])
        return k


def _is_codestream(header: ImageHeader) -> bool:
    return header.samples == 1 and header.pixels.transfer_syntax_uid in CODESTREAM_SYNTAXES
