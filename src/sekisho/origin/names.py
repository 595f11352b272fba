"""Names of organisations brought to a form in which equal means the same letters.

The rule, in order: NFKC (Unicode TR 15) and case folding; apostrophes and full stops go, so that
"K.K." becomes "kk"; `&` becomes "and"; every other sign becomes a space. `trim_legal_form` then
takes legal forms from the end of the name ("Co., Ltd.", "B.V.", "有限公司"), and Japanese ones from
the beginning too, but never the whole name. Nothing is transliterated or guessed.
"""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 500
"""Longer names are cut before they are compared; no register has such a name."""

_DROPPED = re.compile(r"[.'’‘ʼ・]")
_SIGN = re.compile(r"[^\w]+|_+")

_LATIN_FORMS = re.compile(
    r"ab|ag|as|bv|co|coltd|company|corp|corporation|gmbh|inc|incorporated|kk|limited|llc|llp|ltd"
    r"|nv|oy|plc|pte|pty|sa|sarl|sas|slu|spa|srl"
)
_CJK_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "有限責任公司",
    "有限公司",
    "公司",
    "株式会社",
    "有限会社",
    "合同会社",
)
_LEADING_FORMS = ("株式会社", "有限会社", "合同会社")
_KABU = re.compile(r"\(株\)")


def normalise_name(name: str) -> str:
    """The name as comparable text, its legal form kept."""
    folded = unicodedata.normalize("NFKC", name[:MAX_NAME]).casefold()
    folded = _KABU.sub("株式会社", folded).replace("&", " and ")
    return _SIGN.sub(" ", _DROPPED.sub("", folded)).strip()


def trim_legal_form(normalised: str) -> str:
    """A normalised name without its legal form; the name itself where nothing else would be left."""
    words = normalised.split()
    while len(words) > 1 and _LATIN_FORMS.fullmatch(words[-1]):
        words.pop()
    trimmed = " ".join(words)
    for form in _LEADING_FORMS:
        trimmed = trimmed.removeprefix(form) or trimmed
    for form in _CJK_FORMS:
        trimmed = trimmed.removesuffix(form) or trimmed
    return trimmed.strip()


def name_key(name: str) -> str:
    """The form in which names are compared with lists: normalised, without the legal form."""
    return trim_legal_form(normalise_name(name))
