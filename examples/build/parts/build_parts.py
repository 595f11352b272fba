"""Write the parts list of the Mizu S2 as a workbook, or compare it with what is committed.

From the root of the repository:

    python -m examples.build.parts.build_parts           # write
    python -m examples.build.parts.build_parts --check   # compare; 1 when it differs

The workbook is written part by part, without compression and with fixed times, so that every
machine writes the same bytes. The makers are fictional.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

EXAMPLES = Path(__file__).resolve().parents[2]
SAMPLE = "mizu-s2/evidence/parts/parts.xlsx"

MIZU = "Mizu Robotics K.K."
HEADER = (
    "Ref", "Component Name", "Component Type", "Manufacturer", "Part Number", "Version",
    "Country of Origin", "Manufacturer Country", "Qty", "List complete",
)  # fmt: skip
PARTS = (
    ("MZ-01", "Airframe", "airframe", MIZU, "MZS2-AF", "C", "JP", "JP", 1),
    ("MZ-02", "Propeller set", "propeller", MIZU, "MZS2-PR", "", "JP", "JP", 4),
    ("MZ-03", "Flight controller", "flight controller", MIZU, "MZS2-FC", "2.0", "JP", "JP", 1),
    ("MZ-04", "Flight software Mizu OS", "flight software", MIZU, "MZS2-FS", "2.1.0", "JP", "JP", 1),
    ("MZ-05", "Ground control software Mizu Ground", "ground control software", MIZU,
     "MZS2-GS", "2.1.0", "JP", "JP", 1),
    ("MZ-06", "Control radio", "radio", "Hokushin Denpa K.K.", "HD-2450S", "B", "JP", "JP", 2),
    ("MZ-07", "Video transmitter", "video transmitter", "Hokushin Denpa K.K.", "HD-VT12", "A",
     "JP", "JP", 1),
    ("MZ-08", "Camera", "camera", "Kiyose Optical K.K.", "KO-C20", "1.3", "JP", "JP", 1),
    ("MZ-09", "Thermal camera", "thermal camera", "Alpenblick Sensorik GmbH", "AB-T640", "4",
     "DE", "DE", 1),
    ("MZ-10", "Gimbal", "gimbal", MIZU, "MZS2-GB", "B", "JP", "JP", 1),
    ("MZ-11", "GNSS receiver", "GNSS receiver", "Minato Positioning K.K.", "MN-GR9", "1.1",
     "JP", "JP", 1),
    ("MZ-12", "Inertial measurement unit", "IMU", "Alpenblick Sensorik GmbH", "AB-IMU7", "2",
     "DE", "DE", 2),
    ("MZ-13", "Motor", "motor", "Soma Seiki K.K.", "SM-4008", "", "JP", "JP", 4),
    ("MZ-14", "Speed controller", "ESC", "Soma Seiki K.K.", "SM-E50", "1.0", "JP", "JP", 4),
    ("MZ-15", "Battery", "battery", "Towa Chikuden K.K.", "TW-6S100", "", "JP", "JP", 2),
    ("MZ-16", "Flash storage 128 GB", "flash storage", "Yushan Memory Co., Ltd.", "YM-128", "",
     "TW", "TW", 1),
    ("MZ-17", "Companion computer", "companion computer", "Yushan Computing Co., Ltd.",
     "YC-M4", "1.6", "TW", "TW", 1),
    ("MZ-18", "TLS library Hokuto", "library", "Hokuto Sicherheit GmbH", "HS-TLS", "1.14.2",
     "DE", "DE", 1),
)  # fmt: skip

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WRITTEN = (2026, 9, 4, 9, 30, 0)


def rows() -> list[tuple[str | int, ...]]:
    """The title, the header, and the parts; that the list is complete stands in its first row."""
    complete = ["yes"] + [""] * (len(PARTS) - 1)
    title = ("Mizu S2 parts list / 部品表, 2026-09-04",)
    return [title, HEADER, *((*part, said) for part, said in zip(PARTS, complete, strict=True))]


def workbook() -> bytes:
    """The bytes of the workbook (ECMA-376), one sheet with the text in its cells."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        "</Types>",
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Parts" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": _sheet(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, _WRITTEN)
            entry.create_system = 0
            archive.writestr(entry, (_DECLARATION + part).encode())
    return buffer.getvalue()


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )


def _sheet() -> str:
    lines = (
        f'<row r="{number}">{"".join(_cell(cell, number, place) for place, cell in enumerate(row))}'
        "</row>"
        for number, row in enumerate(rows(), 1)
    )
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _cell(value: str | int, row: int, place: int) -> str:
    reference = f"{chr(ord('A') + place)}{row}"
    if isinstance(value, int):
        return f'<c r="{reference}"><v>{value}</v></c>'
    if not value:
        return ""
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def differing(root: Path = EXAMPLES) -> list[str]:
    """The sample, when it is missing or differs from what this script writes."""
    path = root / SAMPLE
    return [] if path.is_file() and path.read_bytes() == workbook() else [SAMPLE]


def write(root: Path = EXAMPLES) -> None:
    """Write the sample."""
    path = root / SAMPLE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(workbook())


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare."""
    if arguments != ["--check"]:
        write()
        return 0
    wrong = differing()
    for name in wrong:
        print(f"{name} differs from what its script writes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
