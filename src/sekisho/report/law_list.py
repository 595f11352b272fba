"""The regimes in a table."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.table import Table

from sekisho.law.regime import Regime
from sekisho.model.words import Language


def render_law_list(regimes: Iterable[Regime], language: Language) -> RenderableType:
    """One row for each regime."""
    table = Table("id", "title", "clauses", "citation")
    for regime in regimes:
        title = regime.title.in_language(language)
        table.add_row(
            regime.id,
            f"{title} *" if regime.advisory else title,
            str(len(regime.clauses)),
            f"{regime.citation.text} ({regime.citation.confidence})",
        )
    table.caption = (
        "* guidance: it binds nobody" if language is Language.EN else "* 指針（拘束力なし）"
    )
    return table
