"""Table of the decoders of one-shot drums in docs/oneshots.md: distances, rate and latency, losers included.

    python -m benchmarks.oneshot_decoders --data SOUNDS MODEL …     # measures, prints, rewrites the table
    python -m benchmarks.oneshot_decoders --check                   # status 1 if the table differs

MODEL is a name or a folder of a drum machine, of any decoder or of codes. All decode the same held-out sounds
from the posterior's mean, in one process and on one thread; times are the processor's. Beside them, the speed
of RAVE v1's decoder at its published sizes with fresh weights (`audio/rave_v1.py`). The figures are kept in
`oneshot_decoders.json`.
"""

import argparse
import csv
import json
import math
import statistics
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.audio.rave_v1 import LATENT, SAMPLE_RATE, SAMPLES_A_LATENT, RaveV1Decoder
from symvae.audio.one_shot import SAMPLES
from symvae.corpus.sound_shards import open_sounds
from symvae.evaluation.decoding import AT_ONCE, decoding_figures
from symvae.evaluation.reports.markdown import table
from symvae.system.drum_machine import AnyDrumMachine, DrumMachine, load_drum_machine
from symvae.training.sound_batches import sound_batches, spread

ROOT = Path(__file__).resolve().parent.parent
FIGURES, PAGE = ROOT / "benchmarks" / "oneshot_decoders.json", ROOT / "docs" / "oneshots.md"
START, END = "<!-- decoders:start -->", "<!-- decoders:end -->"
ROUNDS = 3
RAVE_V1 = "RAVE v1, published sizes, fresh weights"


def measured(models: list[str], data: Path, sounds: int) -> list[dict[str, Any]]:
    """Figures of each model, then the speed of RAVE v1."""
    shards = open_sounds(data)
    batches = sound_batches(shards, "test")
    batch = batches.rows(spread(len(batches), sounds))
    rows: list[dict[str, Any]] = []
    for name in models:
        machine = load_drum_machine(name)
        kind = machine.config.decoder.kind if isinstance(machine, DrumMachine) else "codes"
        row = {"name": machine.name, "kind": kind, "steps": steps_done(machine)}
        rows.append({**row, **decoding_figures(machine, batch)})
    return [*rows, rave_v1()]


def steps_done(machine: AnyDrumMachine) -> int:
    """Steps of its network: those in the log of a run, which may have been stopped, or of its config."""
    log = machine.folder.parent / "log.csv"
    if not log.is_file():
        return machine.config.training.steps
    with log.open(newline="", encoding="utf-8") as file:
        return int([row["step"] for row in csv.DictReader(file)][-1])


@torch.inference_mode()
def rave_v1() -> dict[str, Any]:
    """Speed of RAVE v1's decoder for sounds of the same length."""
    torch.manual_seed(0)
    decoder, frames = RaveV1Decoder().eval(), math.ceil(SAMPLES / SAMPLES_A_LATENT)
    times: dict[int, list[float]] = {1: [], AT_ONCE: []}
    for _ in range(ROUNDS):
        for count, found in times.items():
            z = torch.randn(count, LATENT, frames)
            began = time.process_time()
            decoder(z)
            found.append(time.process_time() - began)
    samples = AT_ONCE * frames * SAMPLES_A_LATENT
    return {
        "name": RAVE_V1,
        "kind": "rave",
        "sample_rate": SAMPLE_RATE,
        "khz_a_core": samples / statistics.median(times[AT_ONCE]) / 1000,
        "latency_ms": 1000 * statistics.median(times[1]),
    }


def decoder_table(rows: list[dict[str, Any]]) -> str:
    """Markdown of the figures."""

    def figure(row: dict[str, Any], name: str, form: str) -> str:
        return format(row[name], form) if name in row else "–"

    def phases(row: dict[str, Any]) -> str:
        if "griffin_lim" not in row:
            return "–"
        reference = row["griffin_lim"]
        return f"{reference['lsd_db']:.2f} in {reference['ms'] / reference['own_ms']:.0f} times as long"

    paper = next(row["khz_a_core"] for row in rows if row["name"] == RAVE_V1)
    return table(
        [
            "model",
            "decoder",
            "steps",
            "sounds",
            "MSS",
            "LSD, dB",
            "first 5 ms, dB",
            "32 iterations, dB",
            "kHz a core",
            "of RAVE v1",
            "latency, ms",
        ],
        [
            (
                row["name"],
                row["kind"],
                figure(row, "steps", ","),
                figure(row, "sounds", ","),
                figure(row, "mss", ".2f"),
                figure(row, "lsd_db", ".2f"),
                figure(row, "first_5_ms_db", ".2f"),
                phases(row),
                figure(row, "khz_a_core", ",.0f"),
                f"{row['khz_a_core'] / paper:.2f}",
                figure(row, "latency_ms", ",.1f"),
            )
            for row in rows
        ],
    )


def with_table(page: str, rows: list[dict[str, Any]]) -> str:
    """The page with the table between its markers replaced."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{decoder_table(rows)}\n{END}{after}"


def main() -> int:
    """Measure and rewrite the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument("--data", type=Path, metavar="SOUNDS")
    parser.add_argument("--sounds", type=int, default=48)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    if given.check:
        return int(with_table(page, json.loads(FIGURES.read_text(encoding="utf-8"))) != page)
    if not given.models or given.data is None:
        parser.error("name --data SOUNDS and at least one MODEL")
    torch.set_num_threads(1)
    rows = measured(given.models, given.data, given.sounds)
    FIGURES.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(with_table(page, rows), encoding="utf-8")
    print(decoder_table(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
