"""The administrative units of Viet Nam: today's, those valid until 30/6/2025, and some older."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from nlp.resources import read_entries


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit; ``province`` is today's province code, ``valid_until`` "" for a unit of today.

    ``successors`` are the codes of the communes that an old commune became part of.
    """

    code: str
    level: str
    kind: str
    name: str
    province: str
    valid_until: str = ""
    district: str = ""
    successors: tuple[str, ...] = ()

    @property
    def is_current(self) -> bool:
        return not self.valid_until

    @property
    def full_name(self) -> str:
        return f"{self.kind} {self.name}".strip()

    @property
    def called(self) -> str:
        """How mentions call it: a province by its bare name, any other "xã Hòa Khê"."""
        return self.name if self.level == "province" else f"{self.kind.lower()} {self.name}".strip()


@lru_cache(maxsize=1)
def units() -> tuple[Unit, ...]:
    """Return every unit: 34 provinces and 3,321 communes of today, then those of before."""
    raw = files("nlp.resources").joinpath("units.tsv.gz").read_bytes()
    return tuple(_unit(line) for line in gzip.decompress(raw).decode("utf-8").splitlines())


@lru_cache(maxsize=1)
def older_units() -> tuple[Unit, ...]:
    """Return the provinces of before 2025 of the editable table; ``province`` may be open ("")."""
    rows = (line.split("\t") for line in read_entries("older-units.tsv"))
    return tuple(
        Unit("", "province", "Tỉnh", name, province, until) for name, province, until in rows
    )


@lru_cache(maxsize=1)
def aliases() -> tuple[tuple[str, str, str], ...]:
    """Return the table of other names in use: (alias, level, name)."""
    rows = (line.split("\t") for line in read_entries("place-aliases.tsv"))
    return tuple((alias, level, name) for alias, level, name in rows)


@lru_cache(maxsize=1)
def province_codes() -> dict[str, str]:
    """Return today's province code for every name of a province of today or of before."""
    codes: dict[str, str] = {}
    for unit in units():
        if unit.level == "province":
            codes.setdefault(unit.name, unit.province)
    for alias, level, name in aliases():
        if level == "province":
            codes[alias] = codes[name]
    return codes


def _unit(line: str) -> Unit:
    code, level, kind, name, province, until, district, successors = line.split("\t")
    parts = tuple(successors.split(",")) if successors else ()
    name = name.removeprefix(kind).strip()  # "Quận 1" is the quận named 1
    return Unit(code, level, kind, name, province, until, district, parts)
