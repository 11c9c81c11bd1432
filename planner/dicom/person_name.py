"""Names of people as people write them."""

_GROUPS = "="
"""Between the alphabetic, the ideographic and the phonetic way to write one name."""
_COMPONENTS = "^"


def written_name(dicom_name: str) -> str:
    """Return a DICOM name (PS3.5, 6.2.1.1) as people write it; empty where there is none.

    The letters stay as they are: their case is not the program's to guess.

    Examples
    --------
    >>> written_name("DOE^Jane^Mary^Dr.^PhD")
    'DOE, Jane Mary Dr. PhD'
    >>> written_name("Yamada^Tarou=\u5c71\u7530^\u592a\u90ce=\u3084\u307e\u3060^\u305f\u308d\u3046")
    'Yamada, Tarou (\u5c71\u7530 \u592a\u90ce)'
    """
    alphabetic, ideographic, phonetic = (*dicom_name.split(_GROUPS), "", "", "")[:3]
    western, eastern = _with_comma(alphabetic), _one_after_another(ideographic)
    if western and eastern:
        return f"{western} ({eastern})"
    return western or eastern or _one_after_another(phonetic)


def _with_comma(group: str) -> str:
    family, *others = _parts(group)
    return ", ".join(filter(None, (family, " ".join(filter(None, others)))))


def _one_after_another(group: str) -> str:
    return " ".join(filter(None, _parts(group)))


def _parts(group: str) -> list[str]:
    return [" ".join(part.split()) for part in group.split(_COMPONENTS)]
