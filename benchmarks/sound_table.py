"""Write the tables of sound in docs/results.md from the released synthesizer's metrics.json.

python benchmarks/sound_table.py            # rewrites docs/results.md between its markers
python benchmarks/sound_table.py --check    # status 1 if docs/results.md differs
"""

import json
import sys
from pathlib import Path
from typing import Any

from symvae.evaluation.reports.markdown import share, table
from symvae.evaluation.sound import ways_table
from symvae.evaluation.timbre_paths import LABELS

ROOT = Path(__file__).resolve().parent.parent
METRICS = ROOT / "symvae" / "pretrained" / "synth-24k" / "metrics.json"
RESULTS = ROOT / "docs" / "results.md"
START, END = "<!-- sound:start -->", "<!-- sound:end -->"


def measured() -> dict[str, Any]:
    """JSON data that `symvae evaluate synth-24k --audio` wrote."""
    metrics: dict[str, Any] = json.loads(METRICS.read_text(encoding="utf-8"))
    return metrics


def results(metrics: dict[str, Any]) -> str:
    """Tables of sound."""
    sound, paths, space = metrics["sound"], metrics["timbre_paths"], metrics["timbre_space"]
    figures = ("spearman", "note_f1_lowest", "largest_step", "decay_off_db")
    return "\n\n".join(
        (
            f"**Sound of `{metrics['synth']}`**: {sound['clips']} clips of phrases of the {metrics['split']}"
            f" split, {sound['timbres']} instruments of {' and '.join(metrics['fonts'])}, z from another clip"
            " of the instrument. MSS (multi-scale spectral distance) and LSD (log-spectral distance) are"
            " distances from the font's sound. Notes are those that a probe transcribes, instruments those"
            " that it recognizes; it was trained on the fonts.",
            ways_table(sound),
            "**Between two instruments**, ten pairs at eleven positions: rank correlation of the position and"
            " the probe's probability of the second instrument (Spearman), note F1 at the worst position, the"
            " largest of ten steps as a share of the path, and the deviation of a held note's level at the"
            " middle position from the mean of both ends' levels (dB, standard deviation over time): a"
            " cross-fade has a knee that neither end has.",
            table(
                ["", "Spearman", "notes, worst", "largest step", "decay deviation"],
                [[label, *(share(paths[way][name]) for name in figures)] for way, label in LABELS.items()],
            ),
            f"z carries {space['kl_nats']:.0f} nats; {space['informative']['0.95']} principal components"
            " explain 95 % of its variance.",
        )
    )


def with_results(page: str, metrics: dict[str, Any]) -> str:
    """The page with the tables between its markers replaced."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{results(metrics)}\n{END}{after}"


def main() -> int:
    """Rewrite the page, or check it."""
    page = RESULTS.read_text(encoding="utf-8")
    rewritten = with_results(page, measured())
    if "--check" in sys.argv[1:]:
        return int(rewritten != page)
    RESULTS.write_text(rewritten, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
