"""Music from other libraries and back, and the tokens of a model as a miditok tokenizer.

python examples/12_other_libraries.py [FOLDER]
"""

import sys
from pathlib import Path

import symvae

TUNES = Path(__file__).parent.parent / "data" / "tunes"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

model = symvae.load("melody-2bar")
first, *rest = model.read(TUNES / "ode_to_joy.mid")

# Objects of five libraries; each is read back as the same phrase.
for convert in (symvae.to_pretty_midi, symvae.to_symusic, symvae.to_music21, symvae.to_mido):
    music = convert(first)
    assert symvae.read(music, grid=model.grid) == [first]
    print(f"{convert.__name__}: {type(music).__module__}.{type(music).__name__}")

# Methods take them, too, and bytes, open files, folders and generators of all of these.
data = (TUNES / "fishers_hornpipe.mid").read_bytes()
path = model.interpolate(symvae.to_symusic(first), data, steps=3)
symvae.write((phrase for phrase in path), out / "path.mid", force=True)

# A tokenizer of symvae is a miditok tokenizer: a score gives TokSequences, and these a score.
tokens = symvae.tokenizer("melody")
(sequence,) = tokens(symvae.to_symusic(first))
print(f"{len(tokens)} tokens; the first bar: {' '.join(sequence.tokens[:8])} …")
assert tokens.encode_phrase(first).reshape(-1).tolist() == sequence.ids
assert model.encode(sequence).mean.equal(model.encode(first).mean)

tokens.save(out / "tokenizer.json")
assert type(tokens).from_pretrained(out / "tokenizer.json") == tokens
print(f"path and tokenizer in {out}")
