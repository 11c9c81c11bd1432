"""The values of a case as JSON text, and masks as packed bits beside it.

``decode(encode(x)) == x`` for every value: floats are written so that they read back to the last
bit, enums by the name or word that never changes.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping
from typing import TypeVar, cast

import attrs
import numpy as np
from cattrs import Converter
from cattrs.errors import BaseValidationError

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.dicom.study_reference import StudyReference
from planner.foundation.errors import CaseFileProblem, PlannerError
from planner.geometry.grids import GridGeometry
from planner.geometry.transforms import RigidTransform
from planner.imaging.volume import VoxelMask
from planner.planning.plan import Plan

_MASK_NAMES = ("whole", "body", "canal", "other_bone")
_ZLIB_LEVEL = 6
T = TypeVar("T")


def _make_converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(VertebraLevel, lambda level: level.name)
    converter.register_structure_hook(VertebraLevel, lambda name, _: VertebraLevel[name])
    converter.register_unstructure_hook(
        RigidTransform,
        lambda t: {"rotation": t.rotation.tolist(), "translation_mm": t.translation_mm.tolist()},
    )
    converter.register_structure_hook(
        RigidTransform, lambda d, _: RigidTransform(d["rotation"], d["translation_mm"])
    )
    converter.register_unstructure_hook(
        GridGeometry,
        lambda g: {"shape_ijk": list(g.shape_ijk), "lps_from_ijk": g.lps_from_ijk.tolist()},
    )
    converter.register_structure_hook(
        GridGeometry, lambda d, _: GridGeometry(tuple(d["shape_ijk"]), d["lps_from_ijk"])
    )
    return converter


_converter = _make_converter()


@attrs.frozen(eq=False)
class EncodedVertebra:
    """A vertebra as stored: its text names each mask by the SHA-256 of its packed bits."""

    text: str
    masks: Mapping[str, bytes]
    """Packed and compressed bits by the SHA-256 of what is stored."""


def encode_plan(plan: Plan) -> str:
    """Return a plan as JSON text; equal plans give equal text."""
    return _as_text(_converter.unstructure(plan))


def decode_plan(text: str) -> Plan:
    """Return the plan of a text made by `encode_plan`.

    Raises
    ------
    CaseFileProblem
        If the text describes no possible plan.
    """
    return _decoded("plan", lambda: _converter.structure(json.loads(text), Plan))


def encode_study(study: StudyReference) -> str:
    """Return a reference to images as JSON text."""
    return _as_text(_converter.unstructure(study))


def decode_study(text: str) -> StudyReference:
    """Return the reference of a text made by `encode_study`.

    Raises
    ------
    CaseFileProblem
        If the text describes no possible reference.
    """
    return _decoded("images", lambda: _converter.structure(json.loads(text), StudyReference))


def encode_vertebra(vertebra: VertebraModel) -> EncodedVertebra:
    """Return a vertebra as text and masks; equal masks are stored once."""
    values: dict[str, object] = {
        field.name: _converter.unstructure(getattr(vertebra, field.name))
        for field in attrs.fields(VertebraModel)
        if field.name not in _MASK_NAMES
    }
    packed = {name: _packed(getattr(vertebra, name)) for name in _MASK_NAMES}
    digests = {name: hashlib.sha256(bits).hexdigest() for name, bits in packed.items()}
    values["grid"] = _converter.unstructure(vertebra.whole.geometry)
    values["masks"] = digests
    return EncodedVertebra(_as_text(values), {digests[name]: packed[name] for name in _MASK_NAMES})


def decode_vertebra(encoded: EncodedVertebra) -> VertebraModel:
    """Return the vertebra of `encode_vertebra`.

    Raises
    ------
    CaseFileProblem
        If the text describes no possible vertebra, or a mask is missing or was changed.
    """
    return _decoded("vertebra", lambda: _vertebra(encoded))


def mask_names_in(text: str) -> tuple[str, ...]:
    """Return the SHA-256 names of the masks that a vertebra's text refers to."""
    masks = cast("Mapping[str, str]", json.loads(text)["masks"])
    return tuple(masks[name] for name in _MASK_NAMES)


def _vertebra(encoded: EncodedVertebra) -> VertebraModel:
    values = json.loads(encoded.text)
    grid = _converter.structure(values.pop("grid"), GridGeometry)
    digests = values.pop("masks")
    masks = {
        name: _unpacked(encoded.masks[digests[name]], digests[name], grid) for name in _MASK_NAMES
    }
    plain = {
        field.name: _converter.structure(values[field.name], cast("type[object]", field.type))
        for field in attrs.fields(VertebraModel)
        if field.name not in _MASK_NAMES
        and (field.name in values or field.default is attrs.NOTHING)
    }
    return cast("Callable[..., VertebraModel]", VertebraModel)(**plain, **masks)


def _packed(mask: VoxelMask) -> bytes:
    return zlib.compress(np.packbits(mask.voxels).tobytes(), _ZLIB_LEVEL)


def _unpacked(bits: bytes, digest: str, grid: GridGeometry) -> VoxelMask:
    if hashlib.sha256(bits).hexdigest() != digest:
        raise CaseFileProblem("A mask in the case file was changed after it was written.")
    packed = np.frombuffer(zlib.decompress(bits), dtype=np.uint8)
    voxels = np.unpackbits(packed, count=int(np.prod(grid.shape_kji))).reshape(grid.shape_kji)
    return VoxelMask(voxels.astype(np.bool_), grid)


def _as_text(value: object) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def _decoded(what: str, decode: Callable[[], T]) -> T:
    try:
        return decode()
    except CaseFileProblem:
        raise
    except (
        BaseValidationError,
        PlannerError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        zlib.error,
    ) as error:
        raise CaseFileProblem(f"The {what} in the case file cannot be read: it is damaged.") from (
            error
        )
