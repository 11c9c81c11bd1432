"""What the segments of a DICOM Segmentation are: by their codes, else by their labels."""

from collections.abc import Iterator, Sequence

from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

_LEVEL_NAMES = (*(f"C{n}" for n in range(1, 8)), *(f"T{n}" for n in range(1, 13)),
                *(f"L{n}" for n in range(1, 6)))  # fmt: skip
_LEVELS: dict[Code, str] = {getattr(codes.SCT, f"{name}Vertebra"): name for name in _LEVEL_NAMES}
_PARTS: dict[Code, str] = {
    codes.SCT.Vertebra: "vertebra",
    codes.SCT.ArchOfVertebra: "arch",
    Code("272673000", "SCT", "Bone"): "vertebra",
    Code("244710003", "SCT", "Body of vertebra"): "body",
}
_OTHERS: dict[Code, str] = {
    codes.SCT.Aorta: "aorta",
    codes.SCT.InferiorVenaCava: "inferior vena cava",
    codes.SCT.Rib: "rib",
    codes.SCT.Sacrum: "sacrum",
}


def segment_name(segment: Dataset) -> str:
    """Return what a segment is called, codes of vertebrae before free text.

    A vertebra by its code is called ``T12 vertebra``, part of one ``T12 arch`` or ``T12 body``.
    """
    label = str(segment.get("SegmentLabel", "")).strip()
    kinds = tuple(_codes(segment.get("SegmentedPropertyTypeCodeSequence")))
    regions = tuple(_codes(segment.get("AnatomicRegionSequence")))
    for kind in kinds:
        if kind in _LEVELS:
            return f"{_LEVELS[kind]} vertebra"
        if kind in _OTHERS:
            return label if _says_more(label, _OTHERS[kind]) else _OTHERS[kind]
        if kind in _PARTS:
            level = next((_LEVELS[region] for region in regions if region in _LEVELS), None)
            return label if level is None else f"{level} {_PARTS[kind]}"
    return label


def _says_more(label: str, name: str) -> bool:
    return name in label.lower()


def _codes(items: Sequence[Dataset] | None) -> Iterator[Code]:
    for item in items or ():
        value, scheme = item.get("CodeValue"), item.get("CodingSchemeDesignator")
        if value and scheme:
            yield Code(str(value), str(scheme), str(item.get("CodeMeaning", "")))
