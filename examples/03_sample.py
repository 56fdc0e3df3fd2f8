"""Sample new phrases from the prior.

python examples/03_sample.py [FOLDER]
"""

import sys
from pathlib import Path

import symvae

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

model = symvae.load("melody-2bar")
phrases = model.sample(8, seed=7, tempo_qpm=100.0)
assert phrases == model.sample(8, seed=7, tempo_qpm=100.0)  # the same seed, the same notes

# prior_temperature scales the noise that a draw of z starts from; temperature and top_p apply to the tokens
# of the decoder.
tame = model.sample(8, seed=7, prior_temperature=0.7)
wild = model.sample(8, seed=7, temperature=1.0, top_p=0.95)

for name, samples in {"plain": phrases, "tame": tame, "wild": wild}.items():
    symvae.write(samples, out / f"{name}.mid", force=True)
    measured = model.measure(samples)
    print(
        f"{name}: {measured['notes_per_bar'].mean():.1f} notes per bar, "
        f"mean interval {measured['mean_interval'].mean():.1f} semitones, "
        f"diatonic share {measured['diatonic_share'].mean():.2f}"
    )
