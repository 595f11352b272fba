"""Companion apps: Android packages (APK).

Reads the manifest, the signers, the code of every DEX file (also in archives within the app), and the
bytes of every entry for URLs. Says which SDKs are there, which data the code can read and by which
way from an entry point, where it could send them, and what could not be seen.

References: see `AppAnalyzer.doc` and the files beside this one.

Cannot: follow what becomes of data. Packed and native code is "not determinable", never "clean".
"""

from __future__ import annotations

from sekisho.analyzers.app import behaviours, packing, sdks
from sekisho.analyzers.app.archive import Archive
from sekisho.analyzers.app.binary_xml import names_in, read_nodes
from sekisho.analyzers.app.calls import CALLS, Calls
from sekisho.analyzers.app.code import Code, is_app_code
from sekisho.analyzers.app.endpoints import PACK, Endpoints
from sekisho.analyzers.app.manifest import MANIFEST, RESOURCES, observe_manifest
from sekisho.analyzers.app.network_config import observe_network_config
from sekisho.analyzers.app.running import SYSTEM_METHODS, RunningCode
from sekisho.analyzers.app.signer import is_jar_signature, observe_signers
from sekisho.analyzers.interface import AnalyzerDoc, Context, Source
from sekisho.analyzers.notes import Notes
from sekisho.model.evidence import EvidenceKind
from sekisho.model.problem import Message
from sekisho.model.review import Findings
from sekisho.model.units import AnalyzerId
from sekisho.model.words import Words

NO_CODE = "SEK-P210"
MORE_ALIKE = "SEK-P211"
NATIVE_UNSEEN = "SEK-P212"
PACKED_UNSEEN = "SEK-P213"


class AppAnalyzer:
    """One APK."""

    id = AnalyzerId("app.apk/2")
    kinds = frozenset({EvidenceKind.APK})
    packs: tuple[str, ...] = (sdks.SDKS, packing.PACKERS, CALLS, PACK, SYSTEM_METHODS)
    doc = AnalyzerDoc(
        title=Words("companion app", "連携アプリ"),
        reads="Android packages (APK)",
        observes=("property", "component", "party", "flow (possible)", "behaviour"),
        references=(
            "Android Open Source Project, Dalvik Executable format",
            "Android Open Source Project, APK Signature Scheme v1 to v3.1",
            "Android Developers, App manifest overview",
            "Android Developers, Network security configuration",
            "PKWARE APPNOTE 6.3.10, ZIP file format",
            "RFC 3986, Uniform Resource Identifier: Generic Syntax",
        ),
        limitations=(
            Words(
                "Calls are followed from the components of the manifest and from classes that it or "
                "resources name, by class hierarchy; not through "
                "native code, loaded code, method handles and names put together while running. A "
                "way that is shown may need a condition that never holds; where none is shown, "
                "there may be one.",
                "呼出しはマニフェストの構成要素と、マニフェスト又はリソースが名指すクラスから、"
                "クラス階層に沿って追う。ネイティブコード、"
                "読み込まれるコード、メソッドハンドル、実行時に組み立てられる名前は追わない。"
                "示した経路は成立しない条件を要する場合があり、示していなくても経路が存在する場合がある。",
            ),
            Words(
                "A class, permission or URL that is there may never be used.",
                "存在するクラス、権限、URLが使われるとは限らない。",
            ),
            Words(
                "JAR signatures (v1) are named but not checked; those of v2 to v3.1 are.",
                "JAR署名（v1）は識別のみで検証しない。v2からv3.1までの署名は検証する。",
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
    endpoints, calls, code = Endpoints(notes), Calls(notes), Code()
    running = RunningCode(notes)
    kept: dict[str, bytes] = {}
    entries = 0
    for entry, data in archive.contents(notes):
        entries += 1
        if entry in {MANIFEST, RESOURCES} or is_jar_signature(entry):
            kept.setdefault(entry, data)
        endpoints.scan(entry, data)
        if entry.startswith("res/"):
            nodes = tuple(read_nodes(data))
            observe_network_config(entry, nodes, notes)
            running.name(names_in(nodes))
        dex = code.take(entry, data, notes)
        if dex is not None:
            endpoints.scan_code(entry, dex)
            calls.scan(entry, dex)
            running.take(entry, dex)
        if packing.is_disguised(entry, data):
            packing.note_disguised(entry, notes)
    if code.dex_files == 0:
        notes.note_problem(NO_CODE, {}, blocks_clean=True)
    with source.content.open("rb") as stream:
        observe_signers(stream, kept, notes)
    manifest = observe_manifest(source.content, _obstacle(archive, kept), notes)
    behaviours.observe_libraries(code, notes)
    found_sdks = sdks.observe_sdks(code, notes)
    running.enter(manifest)
    endpoints.observe(running)
    behaviours.observe_code_behaviours(code, manifest, running, notes)
    calls.observe(running)
    is_whole = code.is_whole and not any(is_app_code(entry) for entry in archive.unread)
    is_packed = packing.observe_packing(
        archive.names(), code, manifest, notes, is_whole=is_whole and code.dex_files > 0
    )
    measures: dict[str, float] = {
        "entries": entries,
        "dex_files": code.dex_files,
        "classes": len(code.classes),
        "strings": code.strings,
        **running.measures(),
        "native_libraries": len(code.libraries),
        "sdks": found_sdks,
        "endpoints": len(endpoints.found),
        "namespace_urls": endpoints.namespaces,
    }
    unseen = _unseen(code, is_packed=is_packed)
    return notes.conclude(measures, more=MORE_ALIKE, unseen=unseen)


def _obstacle(archive: Archive, kept: dict[str, bytes]) -> str | None:
    """The entry the library would read for the manifest that is not fit to be given to it."""
    asked = {name: kept[name] for name in (MANIFEST, RESOURCES) if name in kept}
    unfit = [name for name in (MANIFEST, RESOURCES) if name in archive.unread]
    return next(iter(unfit + archive.misstated(asked)), None)


def _unseen(code: Code, *, is_packed: bool) -> tuple[Message, ...]:
    unseen = [Message(PACKED_UNSEEN)] if is_packed else []
    if code.libraries:
        unseen.append(Message(NATIVE_UNSEEN, {"count": str(len(code.libraries))}))
    return tuple(unseen)
