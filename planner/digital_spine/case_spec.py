"""What a made case shall be: read from TOML, or one of the specs that come with the program."""

import contextlib
import enum
import functools
import math
import tomllib
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.model_patient import ModelPatient
from planner.digital_spine.pathology import (
    FRACTURE_KINDS,
    Cavity,
    Cement,
    Cleft,
    Fracture,
    Lesion,
    NeedleTrack,
    Pathology,
    Screws,
    Spurs,
    WallHole,
    fracture_of_kind,
)
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.tissues import MrContrast
from planner.foundation.errors import PlannerError, PlanProblem
from planner.foundation.resource_files import resource

_KINDS: Mapping[str, type[Pathology]] = {
    "fracture": Fracture,
    "hole": WallHole,
    "cleft": Cleft,
    "lesion": Lesion,
    "spurs": Spurs,
    "screws": Screws,
    "needle-track": NeedleTrack,
    "cavity": Cavity,
    "cement": Cement,
}
_Value = TypeVar("_Value")
_FOLDER = ("digital-spine", "cases")


@attrs.frozen
class CaseSpec:
    """A case to be made; the same spec gives the same bytes."""

    title: str
    description: str = ""
    seed: int = attrs.field(default=1, validator=attrs.validators.ge(0))
    patient: ModelPatient = attrs.field(factory=ModelPatient)
    scan: ScanSettings = attrs.field(factory=ScanSettings)
    first_level: VertebraLevel = VertebraLevel.T10
    last_level: VertebraLevel = VertebraLevel.L3
    """The field reaches from the first whole level to the last one."""
    field_mm: float = attrs.field(
        default=200.0,
        validator=attrs.validators.and_(attrs.validators.ge(60.0), attrs.validators.le(500.0)),
    )
    """Width and depth of the picture."""
    focus_level: VertebraLevel = VertebraLevel.T12
    """The level the case is about."""
    mr: tuple[MrContrast, ...] = ()
    """Kinds of MR image of the same patient to make as well."""
    radiographs: bool = False
    """Whether AP and lateral X-rays are made as well."""
    pathologies: tuple[Pathology, ...] = ()


@attrs.frozen
class ReadySpec:
    """A spec that comes with the program."""

    id: str
    spec: CaseSpec


def _problem(where: str, text: str) -> PlanProblem:
    return PlanProblem(f"{where}: {text}", hint="Look at the specs that come with the program.")


def _scalar(value: object, wanted: type[object], where: str) -> object:
    """Return one value of TOML as the type a field has."""
    if wanted is VertebraLevel:
        return VertebraLevel.named(str(value))
    if issubclass(wanted, enum.Enum):
        known = [str(member.value) for member in wanted]
        if str(value) not in known:
            raise _problem(where, f"{value!r} is none of {', '.join(known)}")
        return wanted(value)
    if wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise _problem(where, f"{value!r} is no number")
        return float(value)
    if isinstance(value, wanted):
        return value
    raise _problem(where, f"{value!r} is no {wanted.__name__}")


def _as_type(value: object, wanted: Any, where: str) -> object:
    if typing.get_origin(wanted) in {typing.Union, types.UnionType}:
        inner = next(part for part in typing.get_args(wanted) if part is not type(None))
        return _as_type(value, inner, where)
    if typing.get_origin(wanted) is tuple:
        if not isinstance(value, list):
            raise _problem(where, f"{value!r} is no list")
        parts = typing.get_args(wanted)
        is_any_length = len(parts) == 2 and parts[1] is Ellipsis
        if not is_any_length and len(value) != len(parts):
            raise _problem(where, f"needs {len(parts)} values")
        kinds = [parts[0]] * len(value) if is_any_length else list(parts)
        return tuple(_as_type(v, kind, where) for v, kind in zip(value, kinds, strict=True))
    return _scalar(value, wanted, where)


def _table(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _problem(where, f"{value!r} is no table")
    return value


def _structured(kind: type[_Value], table: Mapping[str, object], where: str) -> _Value:
    """Return a value of a class from a table, or say what of the table cannot be."""
    hints = typing.get_type_hints(kind)
    known = {field.name for field in attrs.fields(cast("Any", kind))}
    for name in table:
        if name not in known:
            raise _problem(where, f"{name!r} is none of {', '.join(sorted(known))}")
    fields = {
        name: _as_type(value, hints[name], f"{where}.{name}") for name, value in table.items()
    }
    with _sentences(where):
        return kind(**fields)


@contextlib.contextmanager
def _sentences(where: str) -> Iterator[None]:
    """Turn what a value's own checks say into a problem that names the place."""
    try:
        yield
    except (TypeError, ValueError) as error:
        sentence = str(error.args[0]) if error.args else "cannot be"
        raise _problem(where, sentence) from error


def _pathology(row: Mapping[str, object], place: int) -> Pathology:
    where = f"pathology {place + 1}"
    rest = dict(row)
    kind = str(rest.pop("kind", ""))
    if kind in FRACTURE_KINDS:
        level = VertebraLevel.named(str(rest.pop("level", "")))
        severity = _as_type(rest.pop("severity", 0.3), float, f"{where}.severity")
        with _sentences(where):
            textbook = fracture_of_kind(level, kind, cast("float", severity))
        shape = {
            field.name: getattr(textbook, field.name)
            for field in attrs.fields(Fracture)
            if field.name not in rest
        }
        given = _structured(Fracture, {**rest, "level": level.name}, where)
        return attrs.evolve(given, **{k: v for k, v in shape.items() if k != "level"})
    if kind not in _KINDS:
        known = ", ".join([*FRACTURE_KINDS, *_KINDS])
        raise _problem(where, f"its kind {kind!r} is none of {known}")
    return _structured(_KINDS[kind], rest, where)


def spec_from_table(table: Mapping[str, object]) -> CaseSpec:
    """Return the spec of a TOML document.

    Raises
    ------
    PlanProblem
        If something in it is not known or cannot be; the sentence names it.
    """
    rest = dict(table)
    rows = rest.pop("pathology", [])
    if not isinstance(rows, list):
        raise _problem("pathology", "each one is a table of its own: [[pathology]]")
    patient = _structured(ModelPatient, _table(rest.pop("patient", {}), "patient"), "patient")
    scan = _structured(ScanSettings, _table(rest.pop("scan", {}), "scan"), "scan")
    spec = _structured(CaseSpec, rest, "case")
    return attrs.evolve(
        spec,
        patient=patient,
        scan=scan,
        pathologies=tuple(
            _pathology(_table(row, f"pathology {n + 1}"), n) for n, row in enumerate(rows)
        ),
    )


def read_spec(path: Path) -> CaseSpec:
    """Return the spec in a file.

    Raises
    ------
    PlannerError
        If the file cannot be read or says something that cannot be; the sentence says what.
    """
    try:
        return spec_from_table(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise PlanProblem(
            "The spec cannot be read.", path=path, hint="Give the path of a TOML file."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanProblem(f"The spec is no TOML: {error}.", path=path) from error
    except PlannerError as problem:
        raise PlanProblem(problem.message, path=path, hint=problem.hint) from problem


@functools.cache
def ready_specs() -> tuple[ReadySpec, ...]:
    """Return the specs that come with the program, in the order of their ids."""
    files = [f for f in resource(*_FOLDER).iterdir() if f.name.endswith(".toml")]
    return tuple(
        ReadySpec(
            file.name.removesuffix(".toml"), spec_from_table(tomllib.loads(file.read_text("utf-8")))
        )
        for file in sorted(files, key=lambda f: f.name)
    )


def ready_spec(spec_id: str) -> CaseSpec:
    """Return one of the program's own specs.

    Raises
    ------
    PlanProblem
        If there is none of that id.
    """
    for ready in ready_specs():
        if ready.id == spec_id:
            return ready.spec
    known = ", ".join(ready.id for ready in ready_specs())
    raise PlanProblem(f"No spec is named {spec_id!r}.", hint=f"Choose one of: {known}.")


def named_or_read_spec(name_or_path: Path) -> CaseSpec:
    """Return the spec in a file, or the program's own one of that id where there is no file.

    Raises
    ------
    PlannerError
        If there is neither, or the file says something that cannot be.
    """
    if not name_or_path.exists() and name_or_path.suffix != ".toml":
        return ready_spec(str(name_or_path))
    return read_spec(name_or_path)
