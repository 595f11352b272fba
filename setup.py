"""Compiled modules.

The modules named here are plain Python and run as they are. Where Cython and a C compiler are
there, an installation (`pip install .`) compiles them; the `.pxd` file beside a module gives its
C types. An editable installation stays plain, as does one with `SEKISHO_COMPILE=0`, and where a
compilation fails the plain module is used.
"""

import os
import sys
from importlib.util import find_spec

from setuptools import Extension, setup

CAPTURE = {
    "content": ("keyed",),
    "file": ("frames", "octets", "pcap", "pcapng"),
    "flows": (
        "conversation",
        "flow_table",
        "gathering",
        "judgement",
        "names",
        "tally",
        "timeline",
    ),
    "network": ("addresses", "assembly", "links", "packets"),
    "protocols": ("dns", "http", "ja4", "quic", "recognise", "tls", "tls_handshake"),
    "reading": ("clear", "handshakes", "inspection", "scan"),
}
HOT_MODULES = (
    "sekisho.analyzers.app.bytecode.instructions",
    "sekisho.analyzers.app.bytecode.names",
    *(
        f"sekisho.analyzers.capture.{room}.{name}"
        for room, names in CAPTURE.items()
        for name in names
    ),
    "sekisho.model.truth",
)


def compiled_modules() -> list[Extension]:
    """The extensions to try: none for an editable installation, or without Cython."""
    wanted = os.environ.get("SEKISHO_COMPILE") != "0" and "editable_wheel" not in sys.argv
    if not wanted or find_spec("Cython") is None:
        return []
    from Cython.Build import cythonize  # noqa: PLC0415 - needed only where it is there
    from Cython.Compiler.Errors import CompileError  # noqa: PLC0415

    extensions = [
        Extension(name, [f"src/{name.replace('.', '/')}.py"], optional=True) for name in HOT_MODULES
    ]
    try:
        found: list[Extension] = cythonize(
            extensions,
            build_dir="build/cython",
            include_path=["src"],
            language_level=3,
            # the types are those of the .pxd files; an annotation of `int` means any integer
            compiler_directives={"annotation_typing": False},
            quiet=True,
        )
    except CompileError as error:
        print(f"not compiled: {error}", file=sys.stderr)  # noqa: T201 - a build speaks on stderr
        return []
    return found


setup(
    ext_modules=compiled_modules(),
    options={"build_ext": {"parallel": os.cpu_count() or 1}},
)
