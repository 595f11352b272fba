"""Optional compiled modules.

The modules named here are plain Python and run as they are. With `SEKISHO_COMPILE=1`, Cython and a
C compiler they are compiled too, e.g. `SEKISHO_COMPILE=1 pip install --no-build-isolation .`;
without one of these, or when a compilation fails, the plain modules are used.
"""

import os
from importlib.util import find_spec

from setuptools import Extension, setup

HOT_MODULES = (
    "sekisho.analyzers.capture.packets",
    "sekisho.model.truth",
)


def compiled_modules() -> list[Extension]:
    """The extensions to try, none when Cython is missing or `SEKISHO_COMPILE` is not set to 1."""
    if os.environ.get("SEKISHO_COMPILE") != "1" or find_spec("Cython") is None:
        return []
    from Cython.Build import cythonize  # noqa: PLC0415 - needed only where it is asked for

    extensions = [
        Extension(name, [f"src/{name.replace('.', '/')}.py"], optional=True) for name in HOT_MODULES
    ]
    found: list[Extension] = cythonize(extensions, build_dir="build/cython", language_level=3)
    return found


setup(ext_modules=compiled_modules())
