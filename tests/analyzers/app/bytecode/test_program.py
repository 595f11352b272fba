"""From DEX files to one graph: what is there, what refers to what, and where."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.analyzers.app.bytecode import instructions, program
from sekisho.analyzers.app.bytecode.program import Program, ProgramBuilder, TooManyNamesError
from sekisho.analyzers.app.bytecode.tables import Tables
from sekisho.analyzers.app.dex import Dex, DexError
from tests.analyzers.app.assemble import ABSTRACT, NATIVE, Class, Method, dex_with

SENDER = Class(
    "La/Sender;",
    interfaces=("Ljava/lang/Runnable;", "La/Named;"),
    methods=(
        Method("<clinit>", flags=8, code=("sget La/Settings; host",)),
        Method(
            "run",
            code=(
                "const-string cloud.example",
                "const-string words with blanks",
                "new-instance La/Other;",
                "invoke-direct La/Other; <init> ()V",
                "invoke-virtual La/Other; send (ILjava/lang/String;[B)V",
                "invoke-virtual La/Other; send (ILjava/lang/String;[B)V",
                "const-class La/Named;",
            ),
        ),
        Method("look", "(J)I", code=None, flags=NATIVE),
    ),
)
OTHER = Class(
    "La/Other;",
    above="La/Base;",
    methods=(
        Method("<init>", flags=0x10001),
        Method("send", "(ILjava/lang/String;[B)V"),
        Method("wait", code=None, flags=ABSTRACT),
    ),
)


def built(*files: bytes) -> Program:
    builder = ProgramBuilder()
    for number, data in enumerate(files):
        builder.add(f"classes{number}.dex", Dex(data))
    return builder.finish()


def calls_of(found: Program) -> list[tuple[str, int, str]]:
    calls = found.calls
    rows = zip(calls.method.tolist(), calls.way.tolist(), calls.target.tolist(), strict=True)
    return sorted((found.method_text(a), way, found.method_text(b)) for a, way, b in rows)


def uses_of(found: Program) -> list[tuple[str, int, str]]:
    uses = found.uses
    rows = zip(uses.method.tolist(), uses.way.tolist(), uses.target.tolist(), strict=True)
    return sorted(
        (found.method_text(a), way, found.types[b].decode(errors="replace")) for a, way, b in rows
    )


def test_what_a_file_holds() -> None:
    found = built(dex_with(SENDER, OTHER))
    assert calls_of(found) == [
        ("a.Sender.run()V", instructions.VIRTUAL, "a.Other.send(ILjava/lang/String;[B)V"),
        ("a.Sender.run()V", instructions.DIRECT, "a.Other.<init>()V"),
    ]
    assert uses_of(found) == [
        ("a.Sender.<clinit>()V", instructions.STATIC_FIELD, "La/Settings;"),
        ("a.Sender.run()V", instructions.NEW, "La/Other;"),
        ("a.Sender.run()V", instructions.CLASS, "La/Named;"),
    ]
    assert [(found.method_text(one.method), one.text) for one in found.strings] == [
        ("a.Sender.run()V", b"cloud.example")
    ]
    sender = found.number_of(b"La/Sender;")
    above = found.types[found.superclass[sender]]
    assert above == b"Ljava/lang/Object;"
    assert [found.types[one] for one in found.interfaces[sender]] == [
        b"Ljava/lang/Runnable;",
        b"La/Named;",
    ]
    flags = {
        found.method_text(method): int(found.method_flags[method])
        for method in np.flatnonzero(found.method_file == 0).tolist()
    }
    assert flags["a.Sender.look(J)I"] == NATIVE
    assert len(flags) == 6
    assert found.number_of(b"Lb/Nowhere;") == -1
    # each method but the two without code ends with a return
    assert (found.instructions, found.broken) == (1 + 1 + 7 + 1 + 1 + 1, 0)


def test_a_site_is_where_the_instruction_stands() -> None:
    data = dex_with(SENDER, OTHER)
    found = built(data)
    for site, way in zip(found.calls.site.tolist(), found.calls.way.tolist(), strict=True):
        assert data[site] == {instructions.VIRTUAL: 0x6E, instructions.DIRECT: 0x70}[way]
    (loaded,) = found.strings
    assert data[loaded.site] == 0x1A


def test_files_are_joined_whichever_speaks_first() -> None:
    one, two = dex_with(SENDER), dex_with(OTHER)
    whole = built(dex_with(SENDER, OTHER))
    for files in ((one, two), (two, one)):
        found = built(*files)
        assert calls_of(found) == calls_of(whole)
        assert uses_of(found) == uses_of(whole)
        assert int((found.method_file >= 0).sum()) == int((whole.method_file >= 0).sum())


def test_of_two_definitions_the_first_counts() -> None:
    first = Class("La/B;", above="La/One;", methods=(Method("m", flags=1),))
    second = Class("La/B;", above="La/Two;", methods=(Method("m", flags=2),))
    found = built(dex_with(first), dex_with(second))
    kind = found.number_of(b"La/B;")
    assert found.types[found.superclass[kind]] == b"La/One;"
    assert found.method_flags.tolist() == [1]
    assert found.method_file.tolist() == [0]


def payload(kind: int, count: int, body: bytes, *, width: int | None = None) -> bytes:
    head = struct.pack("<HH", kind << 8, count if width is None else width)
    return head + (struct.pack("<I", count) if width is not None else b"") + body


@pytest.mark.parametrize(
    "table",
    [
        payload(1, 3, bytes(4 + 12)),
        payload(2, 3, bytes(24)),
        payload(3, 5, bytes(6), width=1),
        payload(3, 2, bytes(16), width=8),
        b"",
    ],
)
def test_tables_among_the_instructions_are_passed_over(table: bytes) -> None:
    method = Method("m", code=(table, "invoke-static La/C; m ()V"))
    found = built(dex_with(Class("La/B;", methods=(method,))))
    assert calls_of(found) == [("a.B.m()V", instructions.STATIC, "a.C.m()V")]
    assert found.broken == 0


@pytest.mark.parametrize(
    "code",
    [
        payload(3, 0xFFFF_FFFF, b"", width=0xFFFF),
        payload(1, 0xFFFF, b""),
        b"\x18\0",
        b"\x6e\x10",
    ],
)
def test_code_that_leaves_its_bounds_is_counted(code: bytes) -> None:
    found = built(dex_with(Class("La/B;", methods=(Method("m", code=(code,)),))))
    assert found.broken == 1


def test_one_lying_length_does_not_cost_the_other_methods() -> None:
    """A method that says it is longer than the file is not read; all others are."""
    calls = ("invoke-static La/C; m ()V",)
    data = bytearray(
        dex_with(Class("La/B;", methods=(Method("a", code=calls), Method("z", code=calls))))
    )
    first = data.index(struct.pack("<4H2I", 1, 0, 0, 0, 0, 4))
    data[first + 12 : first + 16] = b"\xff\xff\xff\x7f"
    found = built(bytes(data))
    assert calls_of(found) == [("a.B.z()V", instructions.STATIC, "a.C.m()V")]
    assert found.broken == 1


def test_an_index_that_leads_nowhere_is_dropped() -> None:
    call = struct.pack("<BBHH", 0x71, 0x10, 0xFFFF, 0)
    made = struct.pack("<BBH", 0x22, 0, 0xFFFF)
    touched = struct.pack("<BBH", 0x60, 0, 0xFFFF)
    found = built(dex_with(Class("La/B;", methods=(Method("m", code=(call, made, touched)),))))
    assert calls_of(found) == uses_of(found) == []


def test_code_of_a_method_that_is_not_in_the_table_belongs_to_nobody() -> None:
    """The list of a class may name any number for its method."""
    data = bytearray(
        dex_with(Class("La/B;", methods=(Method("m", code=("const-string a.Name",)),)))
    )
    (class_defs,) = struct.unpack_from("<I", data, 0x64)
    (listed,) = struct.unpack_from("<I", data, class_defs + 24)
    assert data[listed : listed + 5] == b"\0\0\0\1\0"
    data[listed + 4] = 0x7F
    found = built(bytes(data))
    assert (found.strings, found.method_file.tolist()) == ([], [-1])


@pytest.mark.parametrize("count_at", [0x40, 0x48])
def test_methods_of_empty_tables_have_no_name(count_at: int) -> None:
    """Of types, and of prototypes."""
    data = bytearray(dex_with(Class("La/B;", methods=(Method("m"),))))
    data[count_at : count_at + 4] = bytes(4)
    found = built(bytes(data))
    shown = {0x40: ".m()", 0x48: "a.B.m"}[count_at]
    assert [found.method_text(method) for method in range(len(found.method_type))] == [shown]


def test_there_is_a_cap_on_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_MOST", 2)
    with pytest.raises(TooManyNamesError):
        built(dex_with(SENDER))


def test_an_app_without_code_is_an_empty_graph() -> None:
    found = built()
    assert (len(found.method_type), len(found.calls.method), found.files) == (0, 0, [])
    assert len(built(dex_with()).types) == 0


def test_a_table_outside_the_file_is_refused() -> None:
    for at in (0x48, 0x50):
        data = bytearray(dex_with(SENDER, OTHER))
        data[at : at + 4] = struct.pack("<I", 1 << 20)
        with pytest.raises(DexError):
            Tables(Dex(bytes(data)))


WHOLE = dex_with(SENDER, OTHER)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0x20, len(WHOLE) - 1), st.integers(0, 255)), max_size=8))
def test_no_change_of_bytes_does_harm(changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for at, value in changes:
        data[at] = value
    try:
        found = built(bytes(data), WHOLE)
    except DexError:
        return
    for edges in (found.calls, found.uses):
        assert all(0 <= method < len(found.method_type) for method in edges.method.tolist())
    calls_of(found)
    uses_of(found)


@given(st.binary(max_size=60))
def test_any_bytes_as_code_end(code: bytes) -> None:
    even = code[: len(code) & ~1]
    found = built(dex_with(Class("La/B;", methods=(Method("m", code=(even,)),))))
    assert found.instructions <= len(even) // 2 + 1
