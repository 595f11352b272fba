"""Everything that is kept, below one folder: the evidence, and the database about it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import msgspec
import sqlalchemy as sql

from sekisho.model.dossier import Dossier
from sekisho.model.review import Findings, Review
from sekisho.model.units import AnalyzerId, EvidenceId, Sha256
from sekisho.record.database import Database, analyses, custody, reviews
from sekisho.record.evidence_store import EvidenceStore
from sekisho.record.flow_tables import FlowTables


class Store:
    """The evidence store, the tables of connections and the database of one Sekisho home."""

    def __init__(self, home: Path) -> None:
        """Open the store in a folder, making it where it is new.

        Raises:
            StoreError: when it cannot be opened.
        """
        self.evidence = EvidenceStore(home / "evidence")
        self._database = Database(home / "sekisho.sqlite")
        self.flow_tables = FlowTables(home / "flows")

    def close(self) -> None:
        """Give the files back."""
        self._database.close()

    def save_custody(self, dossier: Dossier, at: datetime) -> None:
        """Note who handed over which file, once for each article, file and path."""
        self._database.append(
            custody,
            [
                {
                    "evidence": item.id,
                    "path": item.path,
                    "article": dossier.article.title(),
                    "kind": item.kind.value,
                    "size": item.size,
                    "parent": item.parent,
                    "obtained_from": item.custody.obtained_from,
                    "received_by": item.custody.received_by,
                    "received_on": item.custody.received_on,
                    "recorded_at": at,
                }
                for item in dossier.evidence
            ],
        )

    def load_findings(self, key: Sha256) -> Findings | None:
        """The findings kept under an analysis key; `None` when there are none that can be read."""
        wanted = sql.select(analyses.c.findings).where(analyses.c.key == key)
        with self._database.transaction() as connection:
            found = connection.execute(wanted).scalar()
        try:
            return None if found is None else msgspec.json.decode(found, type=Findings)
        except msgspec.DecodeError:
            return None

    def save_findings(
        self,
        key: Sha256,
        evidence: EvidenceId,
        analyzer: AnalyzerId,
        findings: Findings,
        at: datetime,
    ) -> None:
        """Keep findings under their analysis key, in place of what could not be read there."""
        row = {
            "key": key,
            "evidence": evidence,
            "analyzer": analyzer,
            "findings": msgspec.json.encode(findings),
            "made_at": at,
        }
        with self._database.transaction() as connection:
            connection.execute(analyses.insert().prefix_with("OR REPLACE"), row)

    def save_review(self, review: Review, law_date: date, at: datetime) -> None:
        """Keep a review; one with the same key says the same and stands already."""
        self._database.append(
            reviews,
            [
                {
                    "key": review.key,
                    "article": review.dossier.article.title(),
                    "law_date": law_date,
                    "outcome": review.outcome.value,
                    "document": msgspec.json.encode(review, order="deterministic"),
                    "made_at": at,
                }
            ],
        )
