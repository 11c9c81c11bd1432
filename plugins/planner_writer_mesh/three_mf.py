"""3MF: all surfaces in one package, with names, colours and the millimetre as its unit."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from planner.export.snapshot import NamedMesh
from planner_writer_mesh.colours import bytes_of, colour_of

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP archive can name: packages differ in content only."""
_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model" '
    'ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>'
    "</Types>\n"
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Target="/3D/3dmodel.model" Id="rel0" '
    'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>'
    "</Relationships>\n"
)
_MODEL = "3D/3dmodel.model"
_COLOURS_ID = 1


def write_3mf(meshes: Sequence[NamedMesh], path: Path, title: str, description: str) -> None:
    """Write surfaces as one 3MF package in LPS millimetres."""
    with zipfile.ZipFile(path, "w") as package:
        _add(package, "[Content_Types].xml", _CONTENT_TYPES)
        _add(package, "_rels/.rels", _RELATIONS)
        _add(package, _MODEL, "".join(_model(meshes, title, description)))


def _add(package: zipfile.ZipFile, name: str, text: str) -> None:
    package.writestr(
        zipfile.ZipInfo(name, _EPOCH), text.encode("utf-8"), zipfile.ZIP_DEFLATED, compresslevel=1
    )


def _model(meshes: Sequence[NamedMesh], title: str, description: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield (
        '<model unit="millimeter" xml:lang="en-US" '
        'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">\n'
    )
    yield f'<metadata name="Title">{_escaped(title)}</metadata>\n'
    yield f'<metadata name="Description">{_escaped(description)}</metadata>\n'
    yield f'<resources>\n<basematerials id="{_COLOURS_ID}">\n'
    for named in meshes:
        red, green, blue = bytes_of(colour_of(named))
        colour = f"#{red:02X}{green:02X}{blue:02X}FF"
        yield f'<base name={quoteattr(named.title)} displaycolor="{colour}"/>\n'
    yield "</basematerials>\n"
    for number, named in enumerate(meshes):
        yield from _object(number, named)
    yield "</resources>\n<build>\n"
    yield from (f'<item objectid="{_object_id(number)}"/>\n' for number in range(len(meshes)))
    yield "</build>\n</model>\n"


def _object(number: int, named: NamedMesh) -> Iterator[str]:
    yield (
        f'<object id="{_object_id(number)}" type="model" name={quoteattr(named.title)} '
        f'pid="{_COLOURS_ID}" pindex="{number}">\n<mesh>\n<vertices>\n'
    )
    for x, y, z in named.mesh.vertices_lps_mm.tolist():
        yield f'<vertex x="{x:.5f}" y="{y:.5f}" z="{z:.5f}"/>\n'
    yield "</vertices>\n<triangles>\n"
    for a, b, c in named.mesh.faces.tolist():
        yield f'<triangle v1="{a}" v2="{b}" v3="{c}"/>\n'
    yield "</triangles>\n</mesh>\n</object>\n"


def _object_id(number: int) -> int:
    return number + _COLOURS_ID + 1


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
