"""Making the office's profile: from what a person types, or from a file."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import tomli_w
from rich.console import Console
from rich.prompt import Prompt

from langnghe.profile import Profile, load_profile
from langnghe.text import fold
from nlp.places.gazetteer import Unit, units
from nlp.topics import default_departments


def install_profile(given: Path, target: Path) -> None:
    """Check the profile file ``given`` and make it the office's; raises ConfigError."""
    load_profile(given)
    if given.resolve() != target.resolve():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(given, target)


def ask_profile(console: Console, target: Path) -> None:
    """Ask which province or ministry this is, and write the profile; Enter watches the country."""
    console.print("\nHồ sơ cơ quan (có thể đổi sau bằng [bold]langnghe profile[/bold]).")
    names = [p.name for p in _provinces()]
    for start in range(0, len(names), 6):
        console.print("  " + " · ".join(names[start : start + 6]))
    answer = Prompt.ask(
        "Tỉnh, thành phố (hoặc tên bộ, ngành; bỏ trống để theo dõi cả nước)", default=""
    ).strip()
    write_profile(named_profile(answer), target)


def named_profile(answer: str) -> dict[str, object]:
    """Return the profile table for what a person typed: a province, a ministry or nothing."""
    if not answer:
        return {"office": Profile().office}
    province = find_province(answer)
    if province is None:
        return {"office": answer, "ministry": answer, "keywords": [answer]}
    whole = province.full_name[0].lower() + province.full_name[1:]
    return {
        "office": f"UBND {whole}",
        "province": province.code,
        "keywords": [province.name],
        "agencies": [f"UBND {whole}", f"Công an {whole}"],
        "departments": _usual_departments(),
    }


def _usual_departments() -> list[dict[str, object]]:
    """Return a province's usual departments with their sectors, for the office to complete."""
    topics: dict[str, list[str]] = {}
    for topic, names in default_departments().items():
        for name in names[:1]:
            topics.setdefault(name, []).append(topic)
    return [{"name": name, "topics": of, "email": ""} for name, of in topics.items()]


def find_province(answer: str) -> Unit | None:
    """Return the province of today that ``answer`` names, with or without marks and its kind."""
    wanted = " ".join(fold(answer).split())
    for province in _provinces():
        if wanted in {fold(province.name), fold(province.full_name), province.code}:
            return province
    return None


def _provinces() -> list[Unit]:
    return [u for u in units() if u.level == "province" and u.is_current]


def write_profile(profile: Mapping[str, object], target: Path) -> None:
    """Write the profile table as TOML."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(tomli_w.dumps(profile), "utf-8")
