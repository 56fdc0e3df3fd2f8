"""Print the levels of a synthesizer's single notes, beside the fonts that its timbres were learned from.

python -m benchmarks.synth_levels SYNTH --font A.sf2 [--font B.sf2]
"""

import argparse
from pathlib import Path

from symvae.audio.font_player import font_player
from symvae.corpus.clips import ClipDraws
from symvae.evaluation.levels import levels, tables
from symvae.evaluation.result import as_json
from symvae.system.synth import Synth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("synth")
    parser.add_argument("--font", type=Path, action="append", required=True)
    arguments = parser.parse_args()
    synth = Synth.load(arguments.synth)
    draws = ClipDraws(
        [],
        [font_player(path, synth.sample_rate) for path in arguments.font],
        sorted({timbre.program for timbre in synth.timbres.values()}),
        frames=synth.config.clips.frames,
        stft=synth.network.stft,
        sample_rate=synth.sample_rate,
        made_up=1.0,
        seed=0,
    )
    fonts = [path.stem for path in arguments.font]
    found = levels(synth.network, draws, list(synth.timbres.values()), fonts)
    print(tables({"levels": as_json(found)}) if found else f"No timbre was learned from {', '.join(fonts)}.")


if __name__ == "__main__":
    main()
