"""All DEX files of an app as one graph: types, methods, and what each method refers to.

Files are added one after another and let go; what is kept of them are columns of numbers and the
names that tell types and methods apart. A type or method that several files speak of is one node.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.analyzers.app.bytecode import instructions
from sekisho.analyzers.app.bytecode.tables import NO_INDEX, Tables
from sekisho.analyzers.app.dex import Dex

Numbers = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]

_BITS = 21
_LONGEST_CLASS = 255
_NO_NAME = frozenset(b" :?&=%,()[]{}<>\"'\n\t")
_MOST = 1 << _BITS
"""Types, names and prototypes that an app may have: a key of 63 bits holds one of each."""


class TooManyNamesError(Exception):
    """The app has more types, names or prototypes than any real one."""


class Edges(NamedTuple):
    """What methods refer to, each pair once: method, way (see `instructions`), target, first site.

    The target is a method for calls and a type for all else; `file` and `site` say where.
    """

    method: Places
    way: npt.NDArray[np.uint8]
    target: Places
    file: Places
    site: npt.NDArray[np.uint32]


class LoadedString(NamedTuple):
    """A string that a method loads, and where: the file, and the instruction's offset in it."""

    method: int
    text: bytes
    file: int
    site: int


def is_class_name(text: bytes) -> bool:
    """Whether a string could be the name of a class in a package."""
    return (b"." in text or b"/" in text) and len(text) <= _LONGEST_CLASS and not _NO_NAME & {*text}


class Program:
    """The graph. Types and methods are numbered; arrays have one entry for each number.

    `types` and `names` are descriptors and method names, `prototypes` as `(I)V`. `superclass` is -1
    where it is not known; `defined_in` is the file that defines a type, -1 for those of the system.
    `flags` and `code` of a method count where `method_file` is not -1.
    """

    def __init__(self) -> None:
        """An empty program."""
        self.files: list[str] = []
        self.types: list[bytes] = []
        self.names: list[bytes] = []
        self.prototypes: list[bytes] = []
        self.superclass: Places = np.zeros(0, np.int32)
        self.interfaces: dict[int, tuple[int, ...]] = {}
        self.defined_in: Places = np.zeros(0, np.int32)
        self.method_type: Places = np.zeros(0, np.int32)
        self.method_name: Places = np.zeros(0, np.int32)
        self.method_prototype: Places = np.zeros(0, np.int32)
        self.method_file: Places = np.zeros(0, np.int32)
        self.method_flags: npt.NDArray[np.uint32] = np.zeros(0, np.uint32)
        self.method_code: npt.NDArray[np.uint32] = np.zeros(0, np.uint32)
        self.calls = self.uses = _no_edges()
        self.strings: list[LoadedString] = []
        self.instructions = self.broken = 0

    def number_of(self, descriptor: bytes) -> int:
        """The number of a type; -1 when the app does not speak of it."""
        return self._number_of_type.get(descriptor, -1)

    @cached_property
    def _number_of_type(self) -> dict[bytes, int]:
        return {text: number for number, text in enumerate(self.types)}

    def methods_of(self, owner: bytes, name: bytes | None = None) -> list[int]:
        """The methods of a type that the code speaks of; of one name, whatever their prototypes."""
        of_type = np.flatnonzero(self.method_type == self.number_of(owner)).tolist()
        names, name_of = self.names, self.method_name
        return [method for method in of_type if name is None or names[name_of[method]] == name]

    def method_text(self, method: int) -> str:
        """A method as `com.example.Name.method(I)V`."""
        name = self.names[self.method_name[method]]
        owner = dotted(self.types[self.method_type[method]])
        return f"{owner}.{shown(name)}{shown(self.prototypes[self.method_prototype[method]])}"


class ProgramBuilder:
    """Takes DEX files one after another."""

    def __init__(self, keeps: Callable[[bytes], bool] = is_class_name) -> None:
        """Begin with none; `keeps` tells which strings are to be kept with those who load them."""
        self._keeps = keeps
        self._program = Program()
        self._types = _Names()
        self._names = _Names()
        self._prototypes = _Names()
        self._keys: list[Numbers] = []
        self._counts: list[int] = []
        self._defined: list[tuple[int, instructions.Members, int]] = []
        self._references: list[tuple[int, instructions.References, int]] = []
        self._type_of: list[Places] = []
        self._parents: dict[int, tuple[int, int, tuple[int, ...]]] = {}

    def add(self, entry: str, dex: Dex) -> None:
        """Take a file.

        Raises:
            DexError: when a table lies outside the file.
            TooManyNamesError: when the app has more names than any real one.
        """
        tables = Tables(dex)
        program, file = self._program, len(self._program.files)
        descriptors = tables.descriptors()
        types = self._types.numbers(descriptors)
        members = tables.members()
        references = tables.references(members)
        base = sum(self._counts)
        self._keys.append(self._method_keys(tables, types, descriptors))
        self._counts.append(len(self._keys[-1]))
        self._take_classes(tables, types, file)
        self._defined.append((file, members, base))
        references = _fields_by_class(tables, references)
        kept = references.kinds != instructions.STRING
        self._take_strings(tables, references, (file, base))
        self._references.append((file, _unique(references, kept), base))
        self._type_of.append(types)
        program.files.append(entry)
        program.instructions += references.instructions
        program.broken += references.broken + members.broken

    def finish(self) -> Program:
        """The graph of all that was added."""
        program = self._program
        program.types, program.names = self._types.texts, self._names.texts
        program.prototypes = self._prototypes.texts
        keys = np.concatenate(self._keys) if self._keys else np.zeros(0, np.int64)
        unique, places = np.unique(keys, return_inverse=True)
        number: Places = places.astype(np.int32)
        self._keys.clear()
        program.method_type = (unique >> 2 * _BITS).astype(np.int32)
        program.method_name = (unique >> _BITS & _MOST - 1).astype(np.int32)
        program.method_prototype = (unique & _MOST - 1).astype(np.int32)
        self._place_methods(number, len(unique))
        self._place_types()
        self._join(number)
        program.strings = [one._replace(method=int(number[one.method])) for one in program.strings]
        return program

    def _method_keys(self, tables: Tables, types: Places, descriptors: list[bytes]) -> Numbers:
        """A number for each method of the file that tells it from all others of the app."""
        if not len(tables.method_name):
            return np.zeros(0, np.int64)
        # where a table is empty, its things have no name
        types = types if len(types) else self._types.numbers([b""])
        owners = types[np.minimum(tables.method_class, len(types) - 1)]
        used, place = np.unique(tables.method_name, return_inverse=True)
        names = self._names.numbers(tables.texts(used))
        prototypes = self._prototypes.numbers(tables.prototypes(descriptors) or [b""])
        of = prototypes[np.minimum(tables.method_proto, len(prototypes) - 1)]
        keys: Numbers = owners.astype(np.int64) << 2 * _BITS
        keys |= names[place].astype(np.int64) << _BITS
        keys |= of
        return keys

    def _take_classes(self, tables: Tables, types: Places, file: int) -> None:
        """Superclass and interfaces of each class defined here; the first definition counts."""
        count = len(types)
        for row in tables.classes.tolist():
            if row[0] >= count:
                continue
            above = int(types[row[2]]) if row[2] != NO_INDEX and row[2] < count else -1
            shared = tuple(
                int(types[index]) for index in tables.interfaces(row[3]) if index < count
            )
            self._parents.setdefault(int(types[row[0]]), (file, above, shared))

    def _take_strings(
        self, tables: Tables, references: instructions.References, origin: tuple[int, int]
    ) -> None:
        """Keep the strings that may matter, with the methods that load them."""
        file, base = origin
        is_load = references.kinds == instructions.STRING
        loads = np.flatnonzero(is_load & (references.owners < len(tables.method_name)))
        used, place = np.unique(references.refs[loads], return_inverse=True)
        texts = tables.texts(used)
        kept = np.fromiter(map(self._keeps, texts), np.bool_, len(texts))
        for row, text in zip(loads[kept[place]].tolist(), place[kept[place]].tolist(), strict=True):
            method = base + int(references.owners[row])
            site = int(references.sites[row])
            self._program.strings.append(LoadedString(method, texts[text], file, site))

    def _place_methods(self, number: Places, count: int) -> None:
        program = self._program
        program.method_file = np.full(count, -1, np.int32)
        program.method_flags = np.zeros(count, np.uint32)
        program.method_code = np.zeros(count, np.uint32)
        # the first file that defines a method counts, as it does for the class loader
        for file, members, base in reversed(self._defined):
            known = members.methods < self._counts[file]
            of = number[base + members.methods[known].astype(np.int64)]
            program.method_file[of] = file
            program.method_flags[of] = members.flags[known]
            program.method_code[of] = members.code[known]

    def _place_types(self) -> None:
        program = self._program
        program.superclass = np.full(len(program.types), -1, np.int32)
        program.defined_in = np.full(len(program.types), -1, np.int32)
        for kind, (file, above, shared) in self._parents.items():
            program.defined_in[kind] = file
            program.superclass[kind] = above
            if shared:
                program.interfaces[kind] = shared

    def _join(self, number: Places) -> None:
        """Local indexes to numbers of the app; calls and other uses apart."""
        calls: list[Edges] = []
        uses: list[Edges] = []
        for (file, found, base), types in zip(self._references, self._type_of, strict=True):
            here = number[base : base + self._counts[file]]
            is_call = found.kinds <= instructions.POLYMORPHIC
            calls.append(_edges(found, is_call, here, (here, file)))
            uses.append(_edges(found, ~is_call, types, (here, file)))
        self._program.calls, self._program.uses = _stacked(calls), _stacked(uses)
        self._references.clear()


class _Names:
    """Texts and their numbers, in the order they were first met."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self._number: dict[bytes, int] = {}

    def numbers(self, texts: list[bytes]) -> Places:
        """The number of each text.

        Raises:
            TooManyNamesError: when there are more than can be told apart.
        """
        number = self._number
        for text in texts:
            if text not in number:
                number[text] = len(number)
                self.texts.append(text)
        if len(number) > _MOST:
            msg = f"more than {_MOST} names"
            raise TooManyNamesError(msg)
        return np.fromiter(map(number.__getitem__, texts), np.int32, len(texts))


def _fields_by_class(tables: Tables, found: instructions.References) -> instructions.References:
    """To touch a static field is to use the class that has it."""
    last = max(len(tables.field_class) - 1, 0)
    of_field = found.kinds == instructions.STATIC_FIELD
    refs = found.refs.copy()
    if len(tables.field_class):
        refs[of_field] = tables.field_class[np.minimum(found.refs[of_field], last)]
    else:
        refs[of_field] = NO_INDEX
    return found._replace(refs=refs)


def _unique(found: instructions.References, kept: npt.NDArray[np.bool_]) -> instructions.References:
    """Each pair of method and target once for each way, at its first site."""
    owners, refs = found.owners[kept].astype(np.int64), found.refs[kept].astype(np.int64)
    kinds, sites = found.kinds[kept], found.sites[kept]
    _, first = np.unique(owners << 40 | kinds.astype(np.int64) << 32 | refs, return_index=True)
    return found._replace(
        kinds=kinds[first],
        refs=refs[first].astype(np.uint32),
        owners=owners[first].astype(np.uint32),
        sites=sites[first],
    )


def _edges(
    found: instructions.References,
    chosen: npt.NDArray[np.bool_],
    targets: Places,
    origin: tuple[Places, int],
) -> Edges:
    """The chosen references as edges; `origin` are the numbers of the methods, and the file."""
    methods, file = origin
    sound = chosen & (found.refs < len(targets)) & (found.owners < len(methods))
    return Edges(
        method=methods[found.owners[sound]],
        way=found.kinds[sound],
        target=targets[found.refs[sound]],
        file=np.full(int(sound.sum()), file, np.int32),
        site=found.sites[sound],
    )


def _stacked(parts: list[Edges]) -> Edges:
    return Edges(*map(np.concatenate, zip(*parts, strict=True))) if parts else _no_edges()


def _no_edges() -> Edges:
    none = np.zeros(0, np.int32)
    return Edges(none, np.zeros(0, np.uint8), none, none, np.zeros(0, np.uint32))


def shown(raw: bytes) -> str:
    """A name as text; what is not UTF-8 is replaced."""
    return raw.decode("utf-8", "replace")


def dotted(descriptor: bytes) -> str:
    """`Lcom/example/Name;` as `com.example.Name`; other descriptors as they are."""
    if descriptor.startswith(b"L") and descriptor.endswith(b";"):
        return shown(descriptor[1:-1]).replace("/", ".")
    return shown(descriptor)
