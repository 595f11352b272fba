"""What an app's network security configuration allows: clear text, pinned hosts, users' certificates.

The file is known by its root element, whatever it is called. Settings without a domain hold for all
hosts, told as `*`.

Reference: Android Developers, "Network security configuration".
Cannot: tell whether the manifest names this file, what a nested domain inherits, or whether code
checks certificates by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sekisho.analyzers.app.binary_xml import Element, Text
from sekisho.analyzers.notes import Notes
from sekisho.model.locus import ZipEntry
from sekisho.model.observation import Property

ROOT = "network-security-config"
EVERY_HOST = "*"
MAX_SETTINGS = 500
_SCOPES = frozenset(("base-config", "domain-config", "debug-overrides"))


class Setting(NamedTuple):
    """One setting: what it is, for which host, how much of it, and the offset of its element."""

    name: str
    host: str
    details: dict[str, str]
    offset: int


def observe_network_config(entry: str, nodes: Sequence[Element | Text], notes: Notes) -> None:
    """Note what a document allows, if it is such a configuration."""
    for i, setting in enumerate(read_settings(nodes)):
        if i >= MAX_SETTINGS:
            return
        notes.note(
            Property(
                name=setting.name,
                value=setting.host,
                details=setting.details,
                loci=(ZipEntry(notes.evidence.id, entry, setting.offset),),
                analyzer=notes.analyzer,
            )
        )


def read_settings(nodes: Iterable[Element | Text]) -> Iterator[Setting]:
    """The settings of a configuration; none of another document."""
    scopes: list[_Scope] = []
    for i, node in enumerate(nodes):
        if i == 0 and not (isinstance(node, Element) and node.name == ROOT):
            return
        while scopes and node.depth <= scopes[-1].depth:
            yield from scopes.pop().settings()
        if isinstance(node, Element) and node.name in _SCOPES:
            scopes.append(_Scope(node))
        elif scopes:
            scopes[-1].take(node)
    while scopes:
        yield from scopes.pop().settings()


class _Scope:
    """The settings for some hosts, as they are met."""

    def __init__(self, element: Element) -> None:
        self.depth = element.depth
        self._is_debug = element.name == "debug-overrides"
        self._clear = element.attributes.get("cleartextTrafficPermitted")
        self._offset = element.offset
        self._hosts: list[str] = []
        self._inside = ""
        self._pins = 0
        self._expires = ""
        self._trusts_users = False

    def take(self, node: Element | Text) -> None:
        """Take what stands inside."""
        if isinstance(node, Element):
            self._inside = node.name
            self._pins += node.name == "pin"
            if node.name == "pin-set":
                self._expires = node.attributes.get("expiration", "")
            self._trusts_users |= node.attributes.get("src") == "user"
        elif self._inside == "domain" and node.text.strip():
            self._hosts.append(node.text.strip().lower())

    def settings(self) -> Iterator[Setting]:
        """What was said of each host; settings for debugging hold for no app that is sold."""
        if self._is_debug:
            return
        for host in self._hosts or [EVERY_HOST]:
            if self._clear is not None:
                name = "cleartext_allowed" if self._clear == "true" else "cleartext_refused"
                yield Setting(name, host, {}, self._offset)
            if self._pins:
                said = {"pins": str(self._pins), "expires": self._expires}
                details = {key: text for key, text in said.items() if text}
                yield Setting("certificate_pinned", host, details, self._offset)
            if self._trusts_users:
                yield Setting("trusts_user_certificates", host, {}, self._offset)
