"""Every tokenizer under its name. A new kind of music adds its row here."""

from symvae.tokens.drums import DrumGrid
from symvae.tokens.groove import GrooveGrid
from symvae.tokens.melody_grid import MelodyGrid
from symvae.tokens.piano import PianoBars
from symvae.tokens.piano_grid import PianoGrid
from symvae.tokens.tokenizer import Tokenizer
from symvae.tokens.trio import TrioGrid

TOKENIZERS: dict[str, type[Tokenizer]] = {
    "melody": MelodyGrid,
    "piano": PianoBars,
    "piano-grid": PianoGrid,
    "drums": DrumGrid,
    "groove": GrooveGrid,
    "trio": TrioGrid,
}
