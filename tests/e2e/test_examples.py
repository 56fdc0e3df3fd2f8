"""Every example runs as a reader runs it, and writes the files that it names."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))

WRITES = {
    "01_midi_in_out": ["twice.mid"],
    "02_reconstruct": ["original.mid", "reconstruction.mid", "freer.mid"],
    "03_sample": ["plain.mid", "tame.mid", "wild.mid"],
    "04_interpolate_two_melodies": ["path.mid", "path.png", "path.wav", "slerp.mid"],
    "05_train_on_a_folder": ["shards/card.json", "run/model/model.safetensors", "variations.mid"],
    "06_add_an_attribute": ["rise.mid"],
    "07_latent_play": ["density-1.mid", "density+1.mid", "variations.mid", "analogy.mid", "square.mid"],
    "08_continue_and_infill": ["tunes.mid", "continued-2.mid", "filled-2.mid"],
    "09_fade": ["busier.mid", "higher.mid", "wider.mid", "growing.mid", "song.mid"],
    "10_arousal_sweep": ["arousal-1.mid", "arousal-8.mid", "sweep.png", "sweep.csv"],
    "11_sound": ["blend.wav", "sweep.wav", "encoded.wav"],
    "12_other_libraries": ["path.mid", "tokenizer.json"],
}


def test_every_example_is_listed():
    assert {path.stem for path in EXAMPLES} == set(WRITES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_prints_something_and_writes_its_files(example, tmp_path):
    done = subprocess.run(
        [sys.executable, str(example), str(tmp_path / "out")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert [name for name in WRITES[example.stem] if not (tmp_path / "out" / name).is_file()] == []
