"""The tables of connections (Parquet), one for each capture, beside the findings they belong to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sekisho.model.units import Sha256
from sekisho.record.evidence_store import unwritable

if TYPE_CHECKING:
    import polars as pl


class FlowTables:
    """Tables below a folder, named by the key of their analysis."""

    def __init__(self, folder: Path) -> None:
        """Use the folder, making it where it does not exist.

        Raises:
            StoreError: when it cannot be made.
        """
        self._folder = folder.absolute()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self._folder, error) from error

    def path(self, key: Sha256) -> Path:
        """Where the table of an analysis is kept."""
        return self._folder / f"{key}.parquet"

    def rows_path(self, key: Sha256) -> Path:
        """Where an analysis may write its rows, one object of JSON a line."""
        return self._folder / f"{key}.rows"

    def keep(self, key: Sha256) -> None:
        """Make a table of the rows that an analysis wrote, which go.

        Raises:
            StoreError: when it cannot be written.
        """
        rows, waiting = self.rows_path(key), self._folder / f"{key}.waiting"
        try:
            _table(rows).sink_parquet(waiting, compression="zstd")
            waiting.rename(self.path(key))
        except OSError as error:
            raise unwritable(self._folder, error) from error
        finally:
            self.forget(key)

    def forget(self, key: Sha256) -> None:
        """Drop the rows that an analysis wrote."""
        for left in (self.rows_path(key), self._folder / f"{key}.waiting"):
            left.unlink(missing_ok=True)


def _table(rows: Path) -> pl.LazyFrame:
    import polars as pl  # noqa: PLC0415 - a tenth of a second that only this needs

    text, number, time = pl.String(), pl.Int64(), pl.Datetime("ns", "UTC")
    schema: dict[str, pl.DataType] = {
        "transport": text,
        "application": text,
        "source": text,
        "source_port": number,
        "to": text,
        "to_port": number,
        "host": text,
        "host_learnt_from": text,
        "dns_queries": pl.List(text),
        "ja4": text,
        "protection": text,
        "packets_sent": number,
        "packets_received": number,
        "payload_sent": number,
        "payload_received": number,
        "payload_repeated": number,
        "payload_lost": number,
        "round_trip_ms": pl.Float64(),
        "first_seen": number,
        "last_seen": number,
        "frame": number,
        "offset": number,
        "length": number,
        "phase": text,
        "app": text,
    }
    if not rows.stat().st_size:
        table = pl.LazyFrame(schema=schema)
    else:
        table = pl.scan_ndjson(rows, schema=schema)
    return table.with_columns(pl.col("first_seen", "last_seen").cast(time))
