"""What a PDF says of itself, in the form that archives read (XMP, ISO 16684-1)."""

import datetime as dt
from xml.sax.saxutils import escape

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<pdf:Producer>{producer}</pdf:Producer>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{when}</xmp:CreateDate>
<xmp:ModifyDate>{when}</xmp:ModifyDate>
<xmp:MetadataDate>{when}</xmp:MetadataDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def as_xmp(
    *, title: str, author: str, subject: str, creator: str, producer: str, moment: dt.datetime
) -> bytes:
    """Return the description of a PDF/A-2b file.

    Parameters
    ----------
    title, author, subject, creator, producer
        As in the file's own entries: an archive compares the two.
    moment
        When it was made, in UTC.
    """
    words = {
        "title": title, "author": author, "subject": subject,
        "creator": creator, "producer": producer, "when": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip
    return _PACKET.format(**{key: escape(text) for key, text in words.items()}).encode()
