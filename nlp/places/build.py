"""Builds the gazetteer ``nlp/resources/units.tsv.gz`` from the data of ``vietnamadminunits``.

Run ``python -m nlp.places.build FOLDER`` with the ``data`` folder of that package (1.0.4, MIT;
underthesea's address mapping is made from the same files, without the communes' codes). Columns:
code, level, type, name, today's province code, valid until (ISO date, "" = today), old district,
codes of the communes that it became part of.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OLD_UNTIL = "2025-06-30"
_TARGET = Path(__file__).parent.parent / "resources" / "units.tsv.gz"
_Row = tuple[str, str, str, str, str, str, str, str]


def build(folder: Path) -> list[_Row]:
    """Return the rows of the gazetteer, today's units first."""
    new = _read(folder / "parser_from_2025.json")
    old = _read(folder / "parser_legacy.json")
    converter = _read(folder / "converter_2025.json")
    rows = [*_today(new), *_before(new, old, converter)]
    return list(dict.fromkeys(rows))


def _today(new: Any) -> Iterator[_Row]:
    for info in new["DICT_PROVINCE"].values():
        code, short = info["provinceCode"], info["provinceShort"]
        yield (code, "province", _kind(info["province"], short), short, code, "", "", "")
    for key, wards in _new_wards(new).items():
        province = new["DICT_PROVINCE"][key]["provinceCode"]
        for ward in wards.values():
            kind, short = ward["wardType"], ward["wardShort"]
            yield (ward["wardCode"], "commune", kind, short, province, "", "", "")


def _before(new: Any, old: Any, converter: Any) -> Iterator[_Row]:
    today = {
        old_key: new["DICT_PROVINCE"][key]["provinceCode"]
        for key, old_keys in converter["DICT_PROVINCE"].items()
        for old_key in old_keys
    }
    successors = _successors(new, converter)
    for key, info in old["DICT_PROVINCE"].items():
        kind, short = _kind(info["province"], info["provinceShort"]), info["provinceShort"]
        yield (info["provinceCode"], "province", kind, short, today[key], OLD_UNTIL, "", "")
        for district_key, district in old["DICT_PROVINCE_DISTRICT"][key].items():
            kind, short = district["districtType"], district["districtShort"]
            code = district["districtCode"]
            yield (code, "district", kind, short, today[key], OLD_UNTIL, "", "")
            for ward_key, ward in _old_wards(old, key, district_key).items():
                old_key = f"{key}_{district_key}_{ward_key}"
                if not isinstance(ward["wardShort"], str):
                    continue  # an island district without communes
                yield (
                    ward["wardCode"],
                    "commune",
                    ward["wardType"],
                    ward["wardShort"],
                    today[key],
                    OLD_UNTIL,
                    district["districtShort"],
                    ",".join(successors.get(old_key, ())),
                )


def _new_wards(new: Any) -> dict[str, dict[str, Any]]:
    accented = new["DICT_PROVINCE_WARD_ACCENTED"]
    return {
        key: {**wards, **accented.get(key, {})}
        for key, wards in new["DICT_PROVINCE_WARD_NO_ACCENTED"].items()
    }


def _old_wards(old: Any, province: str, district: str) -> dict[str, Any]:
    plain = old["DICT_PROVINCE_DISTRICT_WARD_NO_ACCENTED"][province].get(district, {})
    accented = old["DICT_PROVINCE_DISTRICT_WARD_ACCENTED"].get(province, {}).get(district, {})
    return {**plain, **accented}


def _successors(new: Any, converter: Any) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    wards = _new_wards(new)
    for province, mapping in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new_key, old_keys in mapping.items():
            for old_key in old_keys:
                found.setdefault(old_key, []).append(_code(wards, province, new_key))
    for province, mapping in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old_key, parts in mapping.items():
            codes = [_code(wards, province, part["newWardKey"]) for part in parts]
            found.setdefault(old_key, []).extend(codes)
    return {key: tuple(filter(None, dict.fromkeys(codes))) for key, codes in found.items()}


def _code(wards: dict[str, dict[str, Any]], province: str, key: str) -> str:
    return str(wards[province].get(key, {}).get("wardCode", ""))


def _kind(full: str, short: str) -> str:
    return full.removesuffix(short).strip()


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


if __name__ == "__main__":
    text = "".join("\t".join(row) + "\n" for row in build(Path(sys.argv[1])))
    _TARGET.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
