"""Build the apps of the sample dossiers from the smali and manifests beside this script.

From the root of the repository:

    python -m examples.build.app.build_apps           # build, and put into the dossiers
    python -m examples.build.app.build_apps --check   # build and compare; 1 when one differs

Needs Debian's smali, aapt, android-framework-res and apksigner. The signing keys are samples: they are public, and sign nothing
but these fictional apps. RSA PKCS#1 v1.5 signatures and fixed times make the bytes repeatable.
"""

from __future__ import annotations

import hashlib
import struct
import subprocess  # noqa: TID251 - runs the Android build tools
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1]
FRAMEWORK = Path("/usr/share/android-framework-res/framework-res.apk")
APPS = {
    "kaze": EXAMPLES / "kaze-x1" / "evidence" / "app" / "kaze-pilot.apk",
    "mizu": EXAMPLES / "mizu-s2" / "evidence" / "app" / "mizu-ground.apk",
    "hoshi": EXAMPLES / "hoshi-m3" / "evidence" / "app" / "hoshi-fly.apk",
}
EPOCH = (2026, 1, 1, 0, 0, 0)


def run(*command: str | Path) -> None:
    """Run one build tool, quietly."""
    words = [str(word) for word in command]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def opaque_bytes(seed: bytes, size: int) -> bytes:
    """Bytes that look random and are the same each time: a chain of SHA-256 digests."""
    block, out = hashlib.sha256(seed).digest(), b""
    while len(out) < size:
        out += block
        block = hashlib.sha256(block).digest()
    return out[:size]


def smallest_library() -> bytes:
    """A shared object for AArch64 with a header and nothing else (ELF64, System V)."""
    ident = b"\x7fELF" + bytes([2, 1, 1, 0]) + bytes(8)
    header = struct.pack("<HHIQQQIHHHHHH", 3, 183, 1, 0, 0, 0, 0, 64, 56, 0, 64, 0, 0)
    return ident + header


def payload(app: str) -> dict[str, bytes]:
    """What an app carries besides its manifest and code."""
    if app != "hoshi":
        return {}
    return {
        "assets/classes0.jar": opaque_bytes(b"hoshi", 16_384),
        "lib/arm64-v8a/libDexHelper.so": smallest_library(),
    }


def build(app: str, folder: Path) -> bytes:
    """The signed APK of one app."""
    source = HERE / app
    # several threads number what they share in the order in which they come to it
    options = ("--jobs", "1", "--api", "28")
    run("smali", "assemble", *options, "-o", folder / "classes.dex", source / "smali")
    manifest = source / "AndroidManifest.xml"
    run("aapt", "package", "-f", "-M", manifest, "-I", FRAMEWORK, "-F", folder / "base.apk")
    unsigned, signed = folder / "unsigned.apk", folder / "signed.apk"
    with zipfile.ZipFile(folder / "base.apk") as base:
        entries = {name: base.read(name) for name in base.namelist()}
    entries["classes.dex"] = (folder / "classes.dex").read_bytes()
    entries |= payload(app)
    with zipfile.ZipFile(unsigned, "w") as archive:
        for name in sorted(entries):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, entries[name])
    keys = HERE / "keys"
    key, certificate = keys / f"{app}.pk8", keys / f"{app}.pem"
    run("apksigner", "sign", "--key", key, "--cert", certificate, "--out", signed, unsigned)
    return signed.read_bytes()


def main(arguments: list[str]) -> int:
    """Build every app; with `--check` the exit code is 1 when one differs from the committed."""
    different = []
    for app, target in APPS.items():
        with tempfile.TemporaryDirectory() as folder:
            built = build(app, Path(folder))
        if arguments != ["--check"]:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(built)
        elif not target.exists() or target.read_bytes() != built:
            different.append(target)
    for target in different:
        print(
            f"{target.relative_to(EXAMPLES)} differs from what its sources build", file=sys.stderr
        )
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
