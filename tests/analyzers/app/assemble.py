"""DEX files with code, put together from words: what the tests of the bytecode reader read."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

PUBLIC, PRIVATE, STATIC, NATIVE, ABSTRACT = 0x1, 0x2, 0x8, 0x100, 0x400
HEADER_SIZE = 0x70
NO_INDEX = 0xFFFF_FFFF
_INVOKE = {"virtual": 0x6E, "super": 0x6F, "direct": 0x70, "static": 0x71, "interface": 0x72}
_RETURN = b"\x0e\0"


@dataclass(frozen=True)
class Method:
    """A method: `code` are lines such as `invoke-static La; m ()V` or bytes of instructions."""

    name: str
    prototype: str = "()V"
    code: tuple[str | bytes, ...] | None = ()
    flags: int = PUBLIC


@dataclass(frozen=True)
class Class:
    """A class by its descriptor."""

    name: str
    above: str | None = "Ljava/lang/Object;"
    interfaces: tuple[str, ...] = ()
    methods: tuple[Method, ...] = ()


@dataclass
class _Table:
    """Things in the order they were first met."""

    rows: dict[tuple[object, ...], int] = field(default_factory=dict)

    def index(self, *row: object) -> int:
        return self.rows.setdefault(row, len(self.rows))


class _Assembler:
    def __init__(self) -> None:
        self.strings, self.types, self.protos = _Table(), _Table(), _Table()
        self.fields, self.methods = _Table(), _Table()

    def type(self, descriptor: str) -> int:
        self.strings.index(descriptor)
        return self.types.index(descriptor)

    def method(self, owner: str, name: str, prototype: str) -> int:
        parameters, result = prototype[1:].split(")")
        kinds = tuple(re.findall(r"\[*(?:L[^;]+;|[A-Z])", parameters))
        for kind in (*kinds, result):
            self.type(kind)
        self.strings.index(name)
        return self.methods.index(self.type(owner), self.protos.index(kinds, result), name)

    def instruction(self, line: str | bytes) -> bytes:
        if isinstance(line, bytes):
            return line
        word, *rest = line.split(" ")
        if word.startswith("invoke-"):
            return struct.pack("<BBHH", _INVOKE[word[7:]], 0x10, self.method(*rest), 0)
        if word in ("new-instance", "const-class"):
            opcode = 0x22 if word == "new-instance" else 0x1C
            return struct.pack("<BBH", opcode, 0, self.type(rest[0]))
        if word == "const-string":
            return struct.pack("<BBH", 0x1A, 0, self.strings.index(" ".join(rest)))
        assert word == "sget", word
        self.strings.index(rest[1])
        return struct.pack("<BBH", 0x60, 0, self.fields.index(self.type(rest[0]), rest[1]))


def uleb(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def dex_with(*classes: Class, version: bytes = b"035") -> bytes:
    """The file; its tables are in the order of use, not sorted as Android asks."""
    names = _Assembler()
    bodies: list[list[tuple[int, int, bytes | None]]] = []
    for one in classes:
        names.type(one.name)
        for above in (*filter(None, (one.above,)), *one.interfaces):
            names.type(above)
        bodies.append([])
        for method in one.methods:
            code = None
            if method.code is not None:
                code = b"".join(map(names.instruction, method.code)) + _RETURN
            number = names.method(one.name, method.name, method.prototype)
            bodies[-1].append((number, method.flags, code))
    return _laid_out(names, classes, bodies, version)


def _laid_out(
    names: _Assembler,
    classes: tuple[Class, ...],
    bodies: list[list[tuple[int, int, bytes | None]]],
    version: bytes,
) -> bytes:
    counts = [len(table.rows) for table in (names.strings, names.types, names.protos)]
    counts += [len(names.fields.rows), len(names.methods.rows), len(classes)]
    offsets, at = [], HEADER_SIZE
    for count, width in zip(counts, (4, 4, 12, 8, 8, 32), strict=True):
        offsets.append(at)
        at += count * width
    data = bytearray()

    def put(raw: bytes) -> int:
        data.extend(b"\0" * (-(at + len(data)) % 4))
        place = at + len(data)
        data.extend(raw)
        return place

    def types_at(kinds: tuple[str, ...]) -> int:
        raw = struct.pack("<I", len(kinds))
        raw += b"".join(struct.pack("<H", names.type(kind)) for kind in kinds)
        return put(raw) if kinds else 0

    protos = b"".join(
        struct.pack("<III", 0, names.type(str(result)), types_at(kinds))  # type: ignore[arg-type] # as put there
        for kinds, result in names.protos.rows
    )
    definitions = b""
    for one, body in zip(classes, bodies, strict=True):
        placed = [
            (number, flags, put(struct.pack("<4H2I", 1, 0, 0, 0, 0, len(code) // 2) + code))
            if code is not None
            else (number, flags, 0)
            for number, flags, code in body
        ]
        listed, last = uleb(0) + uleb(0) + uleb(0) + uleb(len(placed)), 0
        for number, flags, code_at in sorted(placed):
            listed += uleb(number - last) + uleb(flags) + uleb(code_at)
            last = number
        above = names.type(one.above) if one.above else NO_INDEX
        row = (
            names.type(one.name),
            1,
            above,
            types_at(one.interfaces),
            NO_INDEX,
            0,
            put(listed),
            0,
        )
        definitions += struct.pack("<8I", *row)
    texts = [str(text).encode() for (text,) in names.strings.rows]
    strings = [put(uleb(len(text)) + text + b"\0") for text in texts]
    tables = _tables(names, strings, protos) + definitions
    header = b"dex\n" + version + b"\0" + bytes(24)
    header += struct.pack("<3I", at + len(data), HEADER_SIZE, 0x12345678) + bytes(12)
    for count, offset in zip(counts, offsets, strict=True):
        header += struct.pack("<2I", count, offset)
    header += struct.pack("<2I", len(data), at)
    return header + tables + bytes(data)


def _tables(names: _Assembler, strings: list[int], protos: bytes) -> bytes:
    tables = struct.pack(f"<{len(strings)}I", *strings)
    tables += b"".join(struct.pack("<I", names.strings.index(kind)) for (kind,) in names.types.rows)
    tables += protos
    for owner, name in names.fields.rows:
        tables += struct.pack("<HHI", owner, 0, names.strings.index(name))
    for owner, proto, name in names.methods.rows:
        tables += struct.pack("<HHI", owner, proto, names.strings.index(name))
    return tables
