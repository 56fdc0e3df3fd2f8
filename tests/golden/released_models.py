"""Record what every released model answers to fixed inputs and seeds.

    python -m tests.golden.released_models        write released_models.json again

Run it only when the music is meant to change, as with new weights. `tests/e2e/test_same_music.py`
compares: bit for bit on the machine that wrote the file, note by note elsewhere, since the last bit of a
matrix product depends on the processor.
"""

import hashlib
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

import symvae
from symvae import Phrase
from symvae.music.arrangement import BASS, DRUMS, MELODY, AnyPhrase, Arrangement, merged_of

HERE = Path(__file__).parent
FILE = HERE / "released_models.json"
TUNES = HERE.parents[1] / "data" / "tunes"

#: Two bundled tunes for each metre; the second one is transposed where it is the first.
INPUTS = {
    "4/4": ("ode_to_joy.mid", "soldiers_joy.mid"),
    "3/4": ("petzold_minuet.mid", "lieber_augustin.mid"),
    "6/8": ("greensleeves.mid", "greensleeves.mid"),
}
FADES: dict[str, list[dict[str, Any]]] = {
    "melody-4bar-faders": [{"notes_per_bar": "+2"}, {"contour": 3.0, "pitch_range": "+4"}],
    "piano-4bar": [{"note_density": "+1"}, {"arousal": 0.9}, {"tempo": 90.0}],
}


def machine() -> str:
    """Everything that the last bit of a result depends on."""
    info = Path("/proc/cpuinfo")
    names = (
        {line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line}
        if (info.is_file())
        else {platform.processor()}
    )
    return ", ".join(
        [
            *sorted(names),
            torch.backends.cpu.get_cpu_capability(),
            f"torch {torch.__version__}",
            np.__version__,
        ]
    )


def digest(*arrays: np.ndarray) -> str:
    """Sixteen digits that change with any bit."""
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()[
        :16
    ]


def spelled(phrase: AnyPhrase) -> str:
    """The notes as onset:duration:pitch:velocity, and the tempo."""
    phrase = merged_of(phrase)
    rows = zip(phrase.onset_step, phrase.duration_step, phrase.pitch, phrase.velocity, strict=True)
    notes = " ".join(":".join(str(int(number)) for number in row) for row in rows)
    return f"{phrase.tempo_qpm:.3f} {notes}".strip()


def answer(model: symvae.SymVAE, phrases: Sequence[AnyPhrase]) -> dict[str, Any]:
    """Phrases as notes, and their token ids as a digest."""
    return {"notes": [spelled(each) for each in phrases], "ids": digest(model.to_ids(phrases).numpy())}


def inputs(model: symvae.SymVAE) -> tuple[AnyPhrase, AnyPhrase]:
    """Two phrases that the model takes."""
    if model.tokenizer.part_names:
        return trio(model.grid, INPUTS["4/4"][0], every=2), trio(model.grid, INPUTS["4/4"][1], every=4)
    if model.tokenizer.drums:
        return drum_beat(model.grid, every=2), drum_beat(model.grid, every=4)
    a, b = (symvae.read(TUNES / tune, grid=model.grid)[0] for tune in INPUTS[model.grid.metre])
    return a, b.transpose(3) if a == b else b


def trio(grid: symvae.Grid, tune: str, every: int) -> Arrangement:
    """A tune, itself two octaves lower, and a beat."""
    (melody,) = symvae.read(TUNES / tune, grid=grid)[:1]
    return Arrangement(grid, {MELODY: melody, BASS: melody.transpose(-24), DRUMS: drum_beat(grid, every)})


def drum_beat(grid: symvae.Grid, every: int) -> Phrase:
    """Kick, snare on the second and fourth beat, and a hi-hat every so many steps."""
    step = np.arange(grid.num_steps)
    hits = [(36, step % 8 == 0), (38, step % 8 == 4), (42, step % every == 0)]
    onset = np.concatenate([step[mask] for _, mask in hits])
    pitch = np.concatenate([np.full(mask.sum(), number) for number, mask in hits])
    return Phrase(grid, onset, np.ones(len(onset), np.int64), pitch, is_drum=True)


def answers_of(name: str) -> dict[str, Any]:
    """One model through every verb that it has."""
    model = symvae.load(name)
    a, b = inputs(model)
    posterior = model.encode([a, b])
    prior = "gaussian" if model.prior is None else "learned"
    found: dict[str, Any] = {
        "z": digest(posterior.mean.numpy(), posterior.log_std.numpy()),
        "reconstruct": answer(model, model.reconstruct([a, b])),
        "sample": answer(model, model.sample(2, seed=7, prior=prior)),
        "sample_warm": answer(model, model.sample(2, seed=7, prior=prior, temperature=0.7, top_p=0.9)),
        "interpolate": answer(model, model.interpolate(a, b, 5, path="slerp")),
        "similar": answer(model, model.variations(a, 0.3, 2, seed=3)),
    }
    if model.directions:
        attribute = "drum_density" if model.tokenizer.drums else "onset_density"
        found["vary"] = answer(model, [model.shift(a, {attribute: 1.0})])
    if model.tokenizer.part_names:
        return found  # bars are drawn for music of one part
    if model.prior is not None and model.grid.bars >= 4:
        found["infill"] = answer(model, [each.phrase for each in model.infill(a, [1, 2], 2, seed=5)])
    if model.prior is not None and model.grid.bars >= 2:
        going_on = model.continue_(a, model.grid.bars // 2, 2, seed=5)
        found["continue"] = {"notes": [spelled(each.phrase) for each in going_on]}
    for wishes in FADES.get(name, []):
        for best_of in (1, 2):
            label = f"fade {json.dumps(wishes)} best of {best_of}"
            found[label] = answer(model, [model.fade(a, wishes, best_of=best_of)])
    return found


def sounds() -> dict[str, Any]:
    """The synthesizer on a phrase and on a song: digests, and levels in dB for other machines."""
    synth = symvae.load_synth("synth-24k")
    phrase = symvae.read(TUNES / "ode_to_joy.mid", grid=symvae.Grid.of_metre("4/4", 2))[0]
    found = {}
    for timbre in ("piano", "piano:strings:0.4", "flute"):
        samples = synth.render(phrase, timbre).samples
        levels = [
            20 * np.log10(np.sqrt(np.mean(np.square(part))) + 1e-9) for part in np.array_split(samples, 16, 1)
        ]
        found[timbre] = {"digest": digest(samples), "level_db": [round(float(level), 2) for level in levels]}
    return found


#: Commands that write one file, by its name.
COMMANDS = {
    "faded.mid": [
        "fade",
        "ode_to_joy_performed.mid",
        "--set",
        "notes_per_bar=+2",
        "--model",
        "melody-4bar-faders",
    ],
    "faded.wav": ["fade", "auld_lang_syne.mid", "--arousal", "0.8", "--model", "piano-4bar", "--wav"],
    "song.wav": ["render", "frere_jacques.mid"],
}


def files() -> dict[str, str]:
    """Digests of what commands write."""
    found = {}
    for name, (verb, tune, *options) in COMMANDS.items():
        with tempfile.TemporaryDirectory() as folder:
            out = [str(Path(folder) / name)] if verb == "render" else ["--out", folder]
            line = [verb, str(TUNES / tune), *out, *options, "--force"]
            subprocess.run([sys.executable, "-m", "symvae", *line], check=True, capture_output=True)
            found[name] = digest(np.frombuffer((Path(folder) / name).read_bytes(), np.uint8))
    return found


def record() -> dict[str, Any]:
    """Everything, as it is written to the file."""
    torch.set_num_threads(1)
    return {
        "machine": machine(),
        "models": {name: answers_of(name) for name in symvae.available()},
        "sounds": sounds(),
        "files": files(),
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(record(), indent=1) + "\n")
