"""What can run from where: by calls, class hierarchy, callbacks, names, and objects that are made."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.analyzers.app.bytecode import hierarchy as hierarchies
from sekisho.analyzers.app.bytecode.hierarchy import Hierarchy
from sekisho.analyzers.app.bytecode.program import ProgramBuilder
from sekisho.analyzers.app.bytecode.reach import ENTRY, Reach
from sekisho.analyzers.app.dex import Dex
from tests.analyzers.app.assemble import ABSTRACT, PRIVATE, STATIC, Class, Method, dex_with

INIT = Method("<init>")
SEND = "invoke-virtual Ljava/net/Socket; getOutputStream ()Ljava/io/OutputStream;"
SENDS = "java.net.Socket.getOutputStream()Ljava/io/OutputStream;"


def activity(*code: str, name: str = "La/Main;", more: tuple[Method, ...] = ()) -> Class:
    """A component whose `onCreate` does something."""
    create = Method("onCreate", "(Landroid/os/Bundle;)V", code=code)
    return Class(name, above="Landroid/app/Activity;", methods=(INIT, create, *more))


class Ran:
    """What ran from an activity."""

    def __init__(self, *classes: Class, names: set[bytes] | None = None) -> None:
        builder = ProgramBuilder()
        builder.add("classes.dex", Dex(dex_with(*classes)))
        self.program = builder.finish()
        known = frozenset(names) if names is not None else None
        self.reach = Reach(self.program, Hierarchy(self.program, known))
        self.reach.enter([self.program.number_of(b"La/Main;")])

    def path(self, text: str) -> list[str] | None:
        """The way to a method, or `None` when it cannot run."""
        texts = [self.program.method_text(i) for i in range(len(self.program.method_type))]
        method = texts.index(text)
        if method not in self.reach:
            return None
        return [texts[one] for one in self.reach.path(method)]


def test_the_way_to_a_call_is_shown() -> None:
    helper = Class("La/Helper;", methods=(Method("go", flags=STATIC, code=(SEND,)),))
    ran = Ran(activity("invoke-static La/Helper; go ()V"), helper)
    assert ran.path(SENDS) == ["a.Main.onCreate(Landroid/os/Bundle;)V", "a.Helper.go()V", SENDS]


def test_what_nothing_leads_to_is_only_present() -> None:
    dead = Class("La/Dead;", methods=(Method("go", flags=STATIC, code=(SEND,)),))
    assert Ran(activity(), dead).path(SENDS) is None


INTERFACE = Class("La/Sink;", methods=(Method("put", code=None, flags=ABSTRACT),))
ONE = Class("La/One;", interfaces=("La/Sink;",), methods=(INIT, Method("put", code=(SEND,))))
PUTS = "invoke-interface La/Sink; put ()V"


def test_a_call_reaches_what_objects_made_answer_with() -> None:
    assert Ran(activity(PUTS), INTERFACE, ONE).path(SENDS) is None
    ran = Ran(activity("new-instance La/One;", PUTS), INTERFACE, ONE)
    assert ran.path(SENDS) == ["a.Main.onCreate(Landroid/os/Bundle;)V", "a.One.put()V", SENDS]
    # whichever comes first
    assert Ran(activity(PUTS, "new-instance La/One;"), INTERFACE, ONE).path(SENDS) is not None


def test_an_inherited_method_answers_too() -> None:
    base = Class("La/Base;", methods=(INIT, Method("put", code=(SEND,))))
    child = Class("La/Child;", above="La/Base;", interfaces=("La/Sink;",), methods=(INIT,))
    made = activity("new-instance La/Child;", PUTS)
    assert Ran(made, INTERFACE, base, child).path(SENDS) is not None
    on_child = activity("new-instance La/Child;", "invoke-virtual La/Child; put ()V")
    assert Ran(on_child, base, child).path(SENDS) is not None
    assert Ran(activity("invoke-static La/Child; put ()V"), base, child).path(SENDS) is not None


def test_a_subclass_that_is_made_makes_its_superclass_answer() -> None:
    base = Class("La/Base;", methods=(INIT, Method("put", code=(SEND,))))
    child = Class("La/Child;", above="La/Base;", methods=(INIT,))
    ran = Ran(activity("new-instance La/Child;", "invoke-virtual La/Base; put ()V"), base, child)
    assert ran.path(SENDS) is not None


def test_what_is_private_or_static_is_not_overridden() -> None:
    for flags in (PRIVATE, STATIC):
        other = Class(
            "La/One;", interfaces=("La/Sink;",), methods=(Method("put", flags=flags, code=(SEND,)),)
        )
        assert Ran(activity("new-instance La/One;", PUTS), INTERFACE, other).path(SENDS) is None


CLICK = Class(
    "La/Click;",
    interfaces=("Landroid/view/View$OnClickListener;",),
    methods=(INIT, Method("onClick", "(Landroid/view/View;)V", code=(SEND,))),
)


def test_the_system_calls_back_what_was_made() -> None:
    assert Ran(activity(), CLICK).path(SENDS) is None
    ran = Ran(activity("new-instance La/Click;"), CLICK)
    assert ran.path(SENDS) is not None
    names = {b"onCreate", b"onClick"}
    assert Ran(activity("new-instance La/Click;"), CLICK, names=names).path(SENDS) is not None
    assert Ran(activity("new-instance La/Click;"), CLICK, names={b"onCreate"}).path(SENDS) is None


def test_a_superclass_that_is_made_itself_is_called_back_itself() -> None:
    base = Class(
        "La/Base;",
        above="Landroid/app/Fragment;",
        methods=(INIT, Method("onResume", code=(SEND,))),
    )
    child = Class("La/Child;", above="La/Base;", methods=(INIT, Method("onResume")))
    assert Ran(activity("new-instance La/Child;"), base, child).path(SENDS) is None
    both = activity("new-instance La/Child;", "new-instance La/Base;")
    assert Ran(both, base, child).path(SENDS) is not None


def test_an_entry_point_has_nothing_above_it() -> None:
    helper = Method("upload", code=(SEND,))
    ran = Ran(activity(more=(helper,)))
    # whatever a component does may be called by the system, as long as its names are not known
    assert ran.path(SENDS) == ["a.Main.upload()V", SENDS]
    assert Ran(activity(more=(helper,)), names={b"onCreate"}).path(SENDS) is None
    private = Method("upload", flags=PRIVATE, code=(SEND,))
    assert Ran(activity(more=(private,))).path(SENDS) is None


@pytest.mark.parametrize(
    "line",
    [
        "const-string a.Hidden",
        "const-string a/Hidden",
        "const-class La/Hidden;",
        "new-instance La/Hidden;",
    ],
)
def test_a_class_that_is_named_may_be_made(line: str) -> None:
    hidden = Class(
        "La/Hidden;", above="Landroid/app/Service;", methods=(Method("onStart", code=(SEND,)),)
    )
    assert Ran(activity(line), hidden).path(SENDS) is not None
    assert Ran(activity("const-string a.Other"), hidden).path(SENDS) is None


def test_using_a_class_initializes_it() -> None:
    settings_ = Class("La/Set;", methods=(Method("<clinit>", flags=STATIC, code=(SEND,)),))
    for line in ("sget La/Set; host", "new-instance La/Set;", "invoke-static La/Set; m ()V"):
        assert Ran(activity(line), settings_).path(SENDS) is not None
    assert Ran(activity(), settings_).path(SENDS) is None


def test_circles_end() -> None:
    one = Class(
        "La/One;",
        above="La/Two;",
        interfaces=("La/One;",),
        methods=(Method("m", code=("invoke-virtual La/Two; m ()V",)),),
    )
    two = Class(
        "La/Two;", above="La/One;", methods=(Method("m", code=("invoke-virtual La/One; m ()V",)),)
    )
    ran = Ran(
        activity(
            "new-instance La/One;", "invoke-virtual La/One; m ()V", "invoke-super La/One; n ()V"
        ),
        one,
        two,
    )
    assert ran.path("a.One.m()V") is not None


def test_a_tower_of_classes_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hierarchies, "MOST_ANCESTORS", 5)
    tower = [Class(f"La/C{i};", above=f"La/C{i + 1};") for i in range(20)]
    assert Ran(activity("new-instance La/C0;", "invoke-super La/C0; m ()V"), *tower).path(
        "a.C0.m()V"
    )


def test_classes_that_are_too_entangled_are_followed_in_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hierarchies, "MOST_STEPS", 0)
    below = [
        Class(f"La/C{i};", interfaces=("La/Sink;",), methods=(Method("put"),)) for i in range(9)
    ]
    ran = Ran(activity("new-instance La/C8;", PUTS), INTERFACE, *below)
    assert not Hierarchy(ran.program).is_whole
    assert ran.path("a.C8.put()V") is None


CLASSES = st.integers(0, 5)
LINES = st.one_of(
    st.builds("new-instance La/C{};".format, CLASSES),
    st.builds("invoke-virtual La/C{}; m ()V".format, CLASSES),
    st.builds("invoke-static La/C{}; s ()V".format, CLASSES),
    st.builds("const-string a.C{}".format, CLASSES),
)
BODIES = st.lists(st.lists(LINES, max_size=4), min_size=6, max_size=6)


def classes_of(bodies: list[list[str]], above: list[int]) -> list[Class]:
    """Six classes, each below the one before it that is told."""
    return [
        Class(
            f"La/C{i};",
            above=f"La/C{above[i]};" if above[i] < i else "Ljava/lang/Object;",
            methods=(
                Method("m", code=tuple(body)),
                Method("s", flags=STATIC, code=tuple(body[:1])),
            ),
        )
        for i, body in enumerate(bodies)
    ]


@settings(max_examples=60, deadline=None)
@given(BODIES, st.lists(CLASSES, min_size=6, max_size=6), st.lists(LINES, max_size=3), LINES)
def test_more_code_never_makes_less_run_and_paths_begin_at_entries(
    bodies: list[list[str]], above: list[int], start: list[str], more: str
) -> None:
    few = Ran(activity(*start), *classes_of(bodies, above))
    many = Ran(activity(*start, more), *classes_of(bodies, above))
    texts = [few.program.method_text(i) for i in range(len(few.program.method_type))]
    for text in texts:
        path = few.path(text)
        if path is None:
            continue
        assert path[0].startswith("a.Main.")
        assert many.path(text) is not None
    assert ENTRY not in few.reach
