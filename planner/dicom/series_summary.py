"""From the images of one series to what can be done with it, part by part."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from planner.dicom.image_header import ImageHeader, SkippedFile
from planner.dicom.open_files import OpenFiles
from planner.dicom.scan_result import SeriesKind, SeriesSummary
from planner.dicom.series_check import check_series
from planner.dicom.series_details import SeriesDetails, series_details
from planner.dicom.series_kind import kind_of, radiograph_problems, why_set_aside
from planner.dicom.series_parts import SeriesPart, parts_of
from planner.dicom.series_problem import SeriesProblem
from planner.dicom.transfer_syntaxes import syntax_name, why_unreadable

_ASIDE_NAMES = {"localiser": "localiser", "capture": "captures", "colour": "captures"}


@attrs.frozen
class _Series:
    """What all parts of a series share."""

    folder: Path
    details: SeriesDetails
    name: str
    """What tells it from others of the same UID, empty where there are none."""


def summaries_of(
    folder: Path, headers: Sequence[ImageHeader], files: OpenFiles, name: str = ""
) -> tuple[SeriesSummary, ...]:
    """Return a series as a whole, or each of its parts, those that are set aside last.

    Parameters
    ----------
    folder
        What was scanned.
    headers
        The images of one series, at least one, in the order they were found.
    files
        Opens the first of them once more.
    name
        What tells the series from others of the same UID.
    """
    series = _Series(folder, series_details(headers[0], files), name)
    shown, aside = _set_aside(headers)
    parts = list(_shown_parts(series, shown))
    parts += [_aside_part(series, code, group) for code, group in aside.items()]
    if len(parts) == 1:
        parts = [attrs.evolve(parts[0], part=name)]
    return _counted_once(parts)


def _set_aside(
    headers: Sequence[ImageHeader],
) -> tuple[list[ImageHeader], dict[tuple[str, str], list[ImageHeader]]]:
    shown = []
    aside: dict[tuple[str, str], list[ImageHeader]] = defaultdict(list)
    for header in headers:
        reason = why_set_aside(header)
        if reason[0]:
            aside[reason].append(header)
        else:
            shown.append(header)
    return shown, aside


def _shown_parts(series: _Series, shown: Sequence[ImageHeader]) -> Iterator[SeriesSummary]:
    if not shown:
        return
    if kind_of(shown[0]) is SeriesKind.RADIOGRAPH:
        yield _radiographs(series, shown)
        return
    fit = [header for header in shown if _is_fit(header)]
    unfit = [header for header in shown if not _is_fit(header)]
    parts = parts_of(fit) if fit else [SeriesPart("", ())]
    # Images that cannot be read or placed are told of with the first part.
    parts[0] = attrs.evolve(parts[0], headers=(*parts[0].headers, *unfit))
    for part in parts:
        yield _volume(series, part)


def _is_fit(header: ImageHeader) -> bool:
    return header.is_placed and not why_unreadable(header.pixels.transfer_syntax_uid)


def _volume(series: _Series, part: SeriesPart) -> SeriesSummary:
    kind = kind_of(part.headers[0])
    check = check_series(part.headers, is_ct=kind is SeriesKind.CT)
    summary = _summary(series, kind, part.headers, check.slices, check.problems)
    return attrs.evolve(
        summary,
        part=" ".join(filter(None, (series.name, part.name))),
        frame_of_reference_uid=(check.slices or part.headers)[0].frame_of_reference_uid or None,
        geometry=check.geometry,
        shear=check.shear,
        left_out=check.left_out,
    )


def _radiographs(series: _Series, headers: Sequence[ImageHeader]) -> SeriesSummary:
    unread = {h.path: why_unreadable(h.pixels.transfer_syntax_uid) for h in headers}
    shown = tuple(h for h in headers if not unread[h.path])
    problems = radiograph_problems(shown or headers)
    summary = _summary(series, SeriesKind.RADIOGRAPH, headers, shown, tuple(problems))
    left_out = tuple(SkippedFile(p, "compression", text) for p, text in unread.items() if text)
    kind = SeriesKind.RADIOGRAPH if shown else SeriesKind.SET_ASIDE
    return attrs.evolve(summary, kind=kind, left_out=left_out)


def _aside_part(
    series: _Series, reason: tuple[str, str], headers: Sequence[ImageHeader]
) -> SeriesSummary:
    code, text = reason
    problem = SeriesProblem(code, text, is_blocking=True)
    name = " ".join(filter(None, (series.name, _ASIDE_NAMES.get(code, "other images"))))
    summary = _summary(series, SeriesKind.SET_ASIDE, headers, (), (problem,))
    paths = dict.fromkeys(header.path for header in headers)
    left_out = tuple(SkippedFile(path, code, text) for path in paths)
    return attrs.evolve(summary, part=name, left_out=left_out)


def _summary(
    series: _Series,
    kind: SeriesKind,
    headers: Sequence[ImageHeader],
    slices: tuple[ImageHeader, ...],
    problems: tuple[SeriesProblem, ...],
) -> SeriesSummary:
    first = (slices or headers)[0]
    details = series.details
    return SeriesSummary(
        folder=series.folder,
        kind=kind,
        study_uid=first.study_uid,
        series_uid=first.series_uid,
        part=series.name,
        frame_of_reference_uid=first.frame_of_reference_uid or None,
        modality=first.modality,
        description=details.description,
        date=details.date,
        patient=details.patient,
        transfer_syntax=syntax_name(first.pixels.transfer_syntax_uid),
        images=0,
        slices=slices,
        geometry=None,
        warnings=problems,
        contrast_agent=details.contrast_agent,
        tube_voltage_kv=details.tube_voltage_kv,
        members=tuple(headers),
    )


def _counted_once(parts: Sequence[SeriesSummary]) -> tuple[SeriesSummary, ...]:
    """Count each file with the first part that has an image of it; no two parts share a name."""
    counted: set[Path] = set()
    found = []
    names: set[str] = set()
    for part in parts:
        paths = {header.path for header in part.members} - counted
        counted |= paths
        name = part.part
        while name in names:
            name = f"{part.part} ({len(names)})"
        names.add(name)
        found.append(attrs.evolve(part, images=len(paths), part=name))
    return tuple(found)
