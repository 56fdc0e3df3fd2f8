"""A living latent space of music.

    import symvae
    model = symvae.load("melody-2bar")
    a, *_ = symvae.read("a.mid", grid=model.grid)
    b, *_ = symvae.read("b.mid", grid=model.grid)
    symvae.write(model.interpolate(a, b, steps=7), "path.mid")

Names are imported when first used, so that ``import symvae`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symvae.dsp.audio import Audio as Audio
    from symvae.errors import ArgumentError as ArgumentError
    from symvae.errors import AudioError as AudioError
    from symvae.errors import CheckpointError as CheckpointError
    from symvae.errors import ConfigError as ConfigError
    from symvae.errors import CorpusError as CorpusError
    from symvae.errors import LatentError as LatentError
    from symvae.errors import MidiError as MidiError
    from symvae.errors import PhraseError as PhraseError
    from symvae.errors import SymvaeError as SymvaeError
    from symvae.errors import TokenError as TokenError
    from symvae.errors import TrainingError as TrainingError
    from symvae.music.grid import Grid as Grid
    from symvae.music.io.bridges.convert import to_mido as to_mido
    from symvae.music.io.bridges.convert import to_music21 as to_music21
    from symvae.music.io.bridges.convert import to_muspy as to_muspy
    from symvae.music.io.bridges.convert import to_pretty_midi as to_pretty_midi
    from symvae.music.io.bridges.convert import to_symusic as to_symusic
    from symvae.music.io.files import read as read
    from symvae.music.io.files import write as write
    from symvae.music.phrase import Phrase as Phrase
    from symvae.music.phrase import join as join
    from symvae.nn.gaussian import DiagonalGaussian as DiagonalGaussian
    from symvae.pipelines.drumify import drumify_song as drumify_song
    from symvae.pipelines.humanize import humanize_song as humanize_song
    from symvae.pipelines.quantize import quantize_song as quantize_song
    from symvae.pipelines.song_fade import fade_song as fade_song
    from symvae.system.audio_model import AudioModel as AudioModel
    from symvae.system.audio_model import load_audio_model as load_audio_model
    from symvae.system.catalog import available as available
    from symvae.system.drum_machine import DrumMachine as DrumMachine
    from symvae.system.drum_machine import load_drum_machine as load_drum_machine
    from symvae.system.genie import Genie as Genie
    from symvae.system.genie import load_genie as load_genie
    from symvae.system.groove import Groove as Groove
    from symvae.system.groove import load_groove as load_groove
    from symvae.system.line_synth import LineSynth as LineSynth
    from symvae.system.line_synth import load_line_synth as load_line_synth
    from symvae.system.symvae import SymVAE as SymVAE
    from symvae.system.synth import Synth as Synth
    from symvae.system.synth import load_synth as load_synth
    from symvae.tokens.open import tokenizer as tokenizer

    load = SymVAE.load

__version__ = "0.2.0"

_HOME = {
    "Audio": "symvae.dsp.audio",
    "AudioModel": "symvae.system.audio_model",
    "DiagonalGaussian": "symvae.nn.gaussian",
    "DrumMachine": "symvae.system.drum_machine",
    "Genie": "symvae.system.genie",
    "Grid": "symvae.music.grid",
    "Groove": "symvae.system.groove",
    "LineSynth": "symvae.system.line_synth",
    "Phrase": "symvae.music.phrase",
    "SymVAE": "symvae.system.symvae",
    "Synth": "symvae.system.synth",
    "available": "symvae.system.catalog",
    "drumify_song": "symvae.pipelines.drumify",
    "fade_song": "symvae.pipelines.song_fade",
    "humanize_song": "symvae.pipelines.humanize",
    "join": "symvae.music.phrase",
    "load_audio_model": "symvae.system.audio_model",
    "load_drum_machine": "symvae.system.drum_machine",
    "load_groove": "symvae.system.groove",
    "load_genie": "symvae.system.genie",
    "load_line_synth": "symvae.system.line_synth",
    "load_synth": "symvae.system.synth",
    "quantize_song": "symvae.pipelines.quantize",
    "read": "symvae.music.io.files",
    "to_mido": "symvae.music.io.bridges.convert",
    "to_music21": "symvae.music.io.bridges.convert",
    "to_muspy": "symvae.music.io.bridges.convert",
    "to_pretty_midi": "symvae.music.io.bridges.convert",
    "to_symusic": "symvae.music.io.bridges.convert",
    "tokenizer": "symvae.tokens.open",
    "write": "symvae.music.io.files",
    **{
        name: "symvae.errors"
        for name in (
            "ArgumentError",
            "AudioError",
            "CheckpointError",
            "ConfigError",
            "CorpusError",
            "LatentError",
            "MidiError",
            "PhraseError",
            "SymvaeError",
            "TokenError",
            "TrainingError",
        )
    },
}

__all__ = [*sorted(_HOME), "load"]


def __getattr__(name: str) -> Any:
    if name == "load":
        return import_module("symvae.system.symvae").SymVAE.load
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"symvae has no {name!r}. It has: {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return __all__
