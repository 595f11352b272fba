"""Host names that stand alone in the strings of code, without a scheme before them.

A string counts when all of it is a host name under a registered suffix (the snapshot of the public
suffix list that tldextract carries; nothing is downloaded). Java packages are left out by their
reversed order, file and property names by their endings.

References: RFC 1123 section 2.1 (host names); publicsuffix.org.
Cannot: tell every name of a host from other dotted words; that is why these are properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import tldextract

from sekisho.analyzers.app.dex import Dex

_MAX_LENGTH = 127  # up to here the length before a string in a DEX is a single byte
_LABEL = rb"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rb"(?:" + _LABEL + rb"\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](?::\d{1,5})?")

_REVERSED = frozenset(
    ("com", "org", "net", "io", "jp", "cn", "de", "fr", "uk", "kr", "tw", "android", "androidx",
     "dalvik", "java", "javax", "jdk", "junit", "kotlin", "kotlinx", "sun")
)  # fmt: skip
_OTHER_ENDINGS = frozenset(
    ("country", "ec", "help", "icu", "java", "md", "mov", "name", "pl", "properties", "ps", "py",
     "rs", "sh", "so", "support", "zip")
)  # fmt: skip


def find_hosts(dex: Dex) -> Iterator[tuple[str, int]]:
    """Host names (with a port where one follows) among the strings, each with its offset."""
    data = dex.data
    for start in dex.strings:
        end = data.find(b"\0", start + 1, start + 2 + _MAX_LENGTH)
        if end > start and data.find(b".", start + 1, end) > 0:
            match = _HOST.fullmatch(data, start + 1, end)
            if match and _is_host(match[0].decode("ascii")):
                yield match[0].decode("ascii"), start + 1


def _is_host(text: str) -> bool:
    host = text.partition(":")[0]
    labels = host.split(".")
    if labels[0] in _REVERSED or labels[-1] in _OTHER_ENDINGS:
        return False
    named = _suffixes().extract_str(host)
    return bool(named.domain and named.suffix)


@cache
def _suffixes() -> tldextract.TLDExtract:
    """The suffix list as shipped: no download, no cache on disk."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
