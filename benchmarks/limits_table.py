"""Write docs/limits.md from the limits of all readers, so that no bound is typed by hand.

python benchmarks/limits_table.py            # rewrites docs/limits.md between its markers
python benchmarks/limits_table.py --check    # status 1 if docs/limits.md differs
"""

import importlib
import pkgutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import symvae  # noqa: E402
from symvae.files.limit import Limit  # noqa: E402

PAGE = ROOT / "docs" / "limits.md"
START, END = "<!-- limits:start -->", "<!-- limits:end -->"
#: Module of limits → what its readers read.
TITLES = {
    "symvae.music.io.limits": "Music: MIDI, MusicXML, ABC",
    "symvae.dsp.limits": "Recordings: WAV, FLAC, OGG, MP3",
    "symvae.audio.limits": "Sound that is rendered",
    "symvae.pipelines.limits": "Latents",
    "symvae.files.limits": "Plain files: JSON, TOML, CSV, npz",
    "symvae.config.limits": "Configs and presets",
    "symvae.system.limits": "Models",
}


def modules() -> list[str]:
    """Every module of the package that has limits as data."""
    names = (info.name for info in pkgutil.walk_packages(symvae.__path__, "symvae."))
    return sorted(name for name in names if name.endswith(".limits") and rows(name))


def rows(module: str) -> list[Limit]:
    """The limits of a module, in its order."""
    return [value for value in vars(importlib.import_module(module)).values() if isinstance(value, Limit)]


def table() -> str:
    """All tables of the page, one for each module."""
    lines: list[str] = []
    for module, title in TITLES.items():
        lines += [f"## {title}", "", "| limit | bound | reason | raised by |", "| --- | ---: | --- | --- |"]
        for limit in rows(module):
            least = f"{limit.least:,} to " if limit.least else ""
            flag = f"`{limit.flag}`" if limit.flag else ""
            lines.append(f"| {limit.code} | {least}{limit.most:,} {limit.unit} | {limit.reason} | {flag} |")
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Write or check, and return the exit status."""
    text = PAGE.read_text(encoding="utf-8")
    start, end = text.index(START) + len(START), text.index(END)
    fresh = f"{text[:start]}\n\n{table()}\n{text[end:]}"
    if "--check" in sys.argv[1:]:
        return int(fresh != text)
    PAGE.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
