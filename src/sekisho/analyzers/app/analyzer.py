"""Companion apps: Android packages (APK).

Reads the manifest, the signers, the tables of every DEX file, and the bytes of every entry for
URLs. Says which SDKs are there, where the code could send data, and what it could not see.

Cannot: follow code. Packed and native code is "not determinable", never "clean".
"""

from __future__ import annotations

from sekisho.analyzers.app import code as app_code
from sekisho.analyzers.app import endpoints as app_endpoints
from sekisho.analyzers.app.archive import Archive
from sekisho.analyzers.app.code import Code
from sekisho.analyzers.app.dex import Dex, DexError
from sekisho.analyzers.app.endpoints import Endpoints
from sekisho.analyzers.app.manifest import observe_manifest
from sekisho.analyzers.interface import AnalyzerDoc, Context, Source
from sekisho.analyzers.notes import Notes
from sekisho.model.evidence import EvidenceKind
from sekisho.model.locus import ZipEntry
from sekisho.model.problem import Message
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId
from sekisho.model.words import Words

BROKEN_DEX = "SEK-P209"
NO_CODE = "SEK-P210"
MORE_ALIKE = "SEK-P211"
NATIVE_UNSEEN = "SEK-P212"
PACKED_UNSEEN = "SEK-P213"


class AppAnalyzer:
    """One APK."""

    id = AnalyzerId("app.apk/1")
    kinds = frozenset({EvidenceKind.APK})
    packs: tuple[str, ...] = (app_code.SDKS, app_code.PACKERS, app_endpoints.PACK)
    doc = AnalyzerDoc(
        title=Words("companion app", "連携アプリ"),
        reads="Android packages (APK)",
        observes=("property", "component", "party", "flow (possible)", "behaviour"),
        references=(
            "Android Open Source Project, Dalvik Executable format",
            "Android Open Source Project, APK Signature Scheme v1 to v3.1",
            "Android Developers, App manifest overview",
            "PKWARE APPNOTE 6.3.10, ZIP file format",
            "RFC 3986, Uniform Resource Identifier: Generic Syntax",
        ),
        limitations=(
            Words(
                "Code is not followed: a class, permission or URL that is there may never be used.",
                "コードの流れは追わない。存在するクラス、権限、URLが使われるとは限らない。",
            ),
            Words(
                "Which certificates signed is read; whether the signatures are valid is not checked.",
                "署名証明書は読むが、署名の有効性は検証しない。",
            ),
            Words(
                "Packed code and code loaded at run time cannot be seen.",
                "パックされたコード及び実行時に読み込まれるコードは見えない。",
            ),
            Words(
                "Of native libraries only names and URLs are read.",
                "ネイティブライブラリーは名称とURLのみを読む。",
            ),
            Words(
                "SDKs whose packages were renamed are not recognised.",
                "パッケージ名を変更されたSDKは識別できない。",
            ),
        ),
    )

    def analyze(self, source: Source, context: Context) -> Findings:
        """Observe an app.

        Raises:
            EvidenceError: when it is no archive that can be opened.
        """
        notes = Notes(source, self.id)
        archive = Archive(source.content, context.limits)
        try:
            return _observe(archive, source, notes)
        finally:
            archive.close()


def _observe(archive: Archive, source: Source, notes: Notes) -> Findings:
    manifest = observe_manifest(source.content, notes)
    endpoints = Endpoints(notes)
    code = Code()
    dex_files = strings = 0
    for entry, data in archive.contents(notes):
        endpoints.scan(entry, data)
        if _is_code(entry, data):
            dex_files += 1
            strings += _read_dex(entry, data, code, notes)
    entries = archive.names()
    if dex_files == 0:
        notes.note_problem(NO_CODE, {}, blocks_clean=True)
    endpoints.observe()
    libraries = app_code.observe_libraries(entries, notes)
    sdks = app_code.observe_sdks(code, notes)
    app_code.observe_code_behaviours(code, manifest, notes)
    is_packed = app_code.observe_packing(entries, code, manifest, notes)
    unseen = [Message(PACKED_UNSEEN)] if is_packed else []
    if libraries:
        unseen.append(Message(NATIVE_UNSEEN, {"count": str(libraries)}))
    measures: dict[str, float] = {
        "entries": len(entries),
        "dex_files": dex_files,
        "classes": len(code.classes),
        "strings": strings,
        "native_libraries": libraries,
        "sdks": sdks,
        "endpoints": len(endpoints.found),
        "namespace_urls": endpoints.namespaces,
    }
    return notes.conclude(measures, more=MORE_ALIKE, unseen=tuple(unseen))


def _is_code(entry: str, data: bytes) -> bool:
    """Code by content wherever it stands, and what is named as the app's code whatever it is."""
    is_named = "/" not in entry and entry.startswith("classes") and entry.endswith(".dex")
    return is_named or data.startswith(b"dex\n")


def _read_dex(entry: str, data: bytes, code: Code, notes: Notes) -> int:
    """Take over the classes and types of a DEX file; return how many strings it has."""
    try:
        dex = Dex(data)
    except DexError as error:
        details = {"entry": entry, "why": str(error)}
        locus = ZipEntry(notes.evidence.id, entry)
        notes.note_problem(BROKEN_DEX, details, locus, blocks_clean=True)
        return 0
    for name, _ in dex.class_names():
        if name and name not in code.classes:
            code.classes[name] = app_code.class_locus(notes, entry, name)
    for name, offset in dex.type_names():
        if name not in code.types:
            code.types[name] = ZipEntry(notes.evidence.id, entry, offset, len(name) + 2)
    return len(dex.strings)
