"""Build `model/gazetteer/units.tsv.gz`, the administrative units before and since 1 July 2025.

    python scripts/build_gazetteer.py UNITS_BEFORE.tsv

Sources
-------
- UNITS_BEFORE.tsv (level, code, name, parent code): 63 provinces with districts and communes as of March 2025,
  github ThangLeQuoc/vietnamese-provinces-database, MIT licence.
- Units in force since 1 July 2025: the package `vietnam-provinces` 2025.10.1 (`pip install vietnam-provinces`).
- Which provinces were merged: Resolution 202/2025/QH15 of the National Assembly of 12 June 2025 (`MERGED` below). Provinces of
  the articles' time that were gone before (`EARLIER`): Thừa Thiên Huế until 2024, Hà Tây until 2008.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import re
from collections import defaultdict
from pathlib import Path

from model.normalize import normalize

OUTPUT = Path(__file__).parents[1] / "model" / "gazetteer" / "units.tsv.gz"
MAX_BYTES = 300_000

MERGED = {
    "Tuyên Quang": ("Hà Giang", "Tuyên Quang"),
    "Lào Cai": ("Lào Cai", "Yên Bái"),
    "Thái Nguyên": ("Bắc Kạn", "Thái Nguyên"),
    "Phú Thọ": ("Phú Thọ", "Vĩnh Phúc", "Hòa Bình"),
    "Bắc Ninh": ("Bắc Ninh", "Bắc Giang"),
    "Hưng Yên": ("Hưng Yên", "Thái Bình"),
    "Hải Phòng": ("Hải Phòng", "Hải Dương"),
    "Ninh Bình": ("Ninh Bình", "Hà Nam", "Nam Định"),
    "Quảng Trị": ("Quảng Bình", "Quảng Trị"),
    "Đà Nẵng": ("Đà Nẵng", "Quảng Nam"),
    "Quảng Ngãi": ("Quảng Ngãi", "Kon Tum"),
    "Gia Lai": ("Gia Lai", "Bình Định"),
    "Khánh Hòa": ("Khánh Hòa", "Ninh Thuận"),
    "Lâm Đồng": ("Lâm Đồng", "Đắk Nông", "Bình Thuận"),
    "Đắk Lắk": ("Đắk Lắk", "Phú Yên"),
    "Hồ Chí Minh": ("Hồ Chí Minh", "Bình Dương", "Bà Rịa - Vũng Tàu"),
    "Đồng Nai": ("Đồng Nai", "Bình Phước"),
    "Tây Ninh": ("Tây Ninh", "Long An"),
    "Cần Thơ": ("Cần Thơ", "Sóc Trăng", "Hậu Giang"),
    "Vĩnh Long": ("Vĩnh Long", "Bến Tre", "Trà Vinh"),
    "Đồng Tháp": ("Đồng Tháp", "Tiền Giang"),
    "Cà Mau": ("Cà Mau", "Bạc Liêu"),
    "An Giang": ("An Giang", "Kiên Giang"),
}
EARLIER = {"Thừa Thiên Huế": "Huế", "Hà Tây": "Hà Nội"}
_KIND = re.compile(r"(Thành phố|Thị xã|Thị trấn|Tỉnh|Huyện|Quận|Xã|Phường|Đặc khu)\s+(.+)")
_DEPTH = {"province": "0", "district": "1", "commune": "2"}


def main() -> None:
    """Write the data file and say how large it is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", type=Path, help="units before July 2025, tab-separated")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    lines = [
        "# Administrative units of Vietnam. Sources: github ThangLeQuoc/vietnamese-provinces-database (MIT, March 2025),",
        "# PyPI vietnam-provinces 2025.10.1, Resolution 202/2025/QH15. Columns: depth, kind, name, province since 2025-07.",
        "# before 2025-07",
        *before_july_2025(options.before),
        "# since 2025-07",
        *since_july_2025(),
    ]
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode())
    if packed.tell() > MAX_BYTES:
        raise SystemExit(f"{packed.tell()} bytes are more than {MAX_BYTES}")
    options.output.write_bytes(packed.getvalue())
    print(f"{options.output}: {len(lines)} lines, {packed.tell()} bytes")


def before_july_2025(source: Path) -> list[str]:
    """Lines for the former units, each under its parent."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    children: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        above = {"province": "", "district": "province", "commune": "district"}[row["level"]]
        children[above, row["parent"] or ""].append(row)
    successor = {old: new for new, olds in MERGED.items() for old in olds}
    lines = [line("province", f"Tỉnh {name}", now) for name, now in EARLIER.items()]
    for province in children["", ""]:
        name = split(province["name"])[1]
        lines.append(line("province", province["name"], successor.get(name, name)))
        for district in children["province", province["code"]]:
            lines.append(line("district", district["name"]))
            lines += [line("commune", commune["name"]) for commune in children["district", district["code"]]]
    missing = set(successor) - {split(row["name"])[1] for row in children["", ""]}
    if missing:
        raise SystemExit(f"merged provinces that the source lacks: {sorted(missing)}")
    return lines


def since_july_2025() -> list[str]:
    """Lines for the units in force, each under its province."""
    from vietnam_provinces import Province, Ward

    lines: list[str] = []
    for province in Province.iter_all():
        kind = "Tỉnh " if province.division_type.value == "tỉnh" else ""
        lines.append(line("province", kind + province.name))
        lines += [line("commune", ward.name) for ward in Ward.iter_by_province(province.code)]
    return lines


def line(level: str, full_name: str, successor: str = "") -> str:
    """One line of the data file."""
    kind, name = split(full_name)
    return "\t".join((_DEPTH[level], kind.lower(), name, successor))


def split(full_name: str) -> tuple[str, str]:
    """Type word and name, in the spelling that places are looked up by."""
    found = _KIND.fullmatch(normalize(full_name.strip()).text)
    if found is None:
        raise SystemExit(f"no type word in {full_name!r}")
    return found.group(1), found.group(2)


if __name__ == "__main__":
    main()
