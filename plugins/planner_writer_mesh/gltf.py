"""Binary glTF: all surfaces with names and colours.

The standard's unit is the metre and its up is y. The surfaces themselves stay in LPS millimetres;
the node above them, which says so, turns them upright and makes them metres.
"""

import json
import struct
from collections.abc import Sequence

import numpy as np

from planner.export.snapshot import NamedMesh
from planner_writer_mesh.colours import colour_of, opacity_of

JsonObject = dict[str, object]

_FLOAT, _UNSIGNED_INT = 5126, 5125
_VERTICES, _INDICES = 34962, 34963
_METRES = 0.001
_GLTF_FROM_LPS = (
    (_METRES, 0.0, 0.0, 0.0),
    (0.0, 0.0, _METRES, 0.0),
    (0.0, -_METRES, 0.0, 0.0),
    (0.0, 0.0, 0.0, 1.0),
)
"""The patient stands upright and faces +z: x to the patient's left, y up."""


def glb_bytes(meshes: Sequence[NamedMesh], generator: str, description: str) -> bytes:
    """Return surfaces as one binary glTF file."""
    body, views, accessors = _buffers(meshes)
    names = [named.title for named in meshes]
    document: JsonObject = {
        "asset": {
            "version": "2.0",
            "generator": generator,
            "copyright": description,
            "extras": {"space_of_meshes": "LPS", "unit_of_meshes": "mm"},
        },
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [
            {
                "name": "Patient, meshes in LPS mm",
                "matrix": [
                    float(v) for column in zip(*_GLTF_FROM_LPS, strict=True) for v in column
                ],
                "children": list(range(1, len(meshes) + 1)),
            },
            *({"name": name, "mesh": number} for number, name in enumerate(names)),
        ],
        "meshes": [_mesh(number, name) for number, name in enumerate(names)],
        "materials": [_material(named) for named in meshes],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": len(body)}],
    }
    text = _padded(json.dumps(document, allow_nan=False).encode("utf-8"), b" ")
    chunks = b"".join(
        struct.pack("<I4s", len(data), kind) + data
        for kind, data in ((b"JSON", text), (b"BIN\0", body))
    )
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def _buffers(meshes: Sequence[NamedMesh]) -> tuple[bytes, list[JsonObject], list[JsonObject]]:
    """Return the numbers of all meshes, where each lies, and what each is."""
    body = bytearray()
    views: list[JsonObject] = []
    accessors: list[JsonObject] = []
    for named in meshes:
        vertices = named.mesh.vertices_lps_mm.astype("<f4")
        indices = named.mesh.faces.astype("<u4").ravel()
        for data, target in ((vertices.tobytes(), _VERTICES), (indices.tobytes(), _INDICES)):
            place = {"buffer": 0, "byteOffset": len(body), "byteLength": len(data)}
            views.append({**place, "target": target})
            body += data
        accessors.append(
            {
                "bufferView": len(views) - 2,
                "componentType": _FLOAT,
                "count": len(vertices),
                "type": "VEC3",
                "min": [float(v) for v in vertices.min(axis=0)],
                "max": [float(v) for v in vertices.max(axis=0)],
            }
        )
        accessors.append(
            {
                "bufferView": len(views) - 1,
                "componentType": _UNSIGNED_INT,
                "count": int(np.size(indices)),
                "type": "SCALAR",
            }
        )
    return bytes(body), views, accessors


def _mesh(number: int, name: str) -> JsonObject:
    primitive = {
        "attributes": {"POSITION": 2 * number},
        "indices": 2 * number + 1,
        "material": number,
    }
    return {"name": name, "primitives": [primitive]}


def _material(named: NamedMesh) -> JsonObject:
    opacity = opacity_of(named)
    return {
        "name": named.title,
        "pbrMetallicRoughness": {
            "baseColorFactor": [*colour_of(named), opacity],
            "metallicFactor": 0.0,
            "roughnessFactor": 0.8,
        },
        "alphaMode": "OPAQUE" if opacity == 1.0 else "BLEND",
    }


def _padded(data: bytes, filler: bytes) -> bytes:
    return data + filler * (-len(data) % 4)
