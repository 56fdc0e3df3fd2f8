"""The synthesizer as a musician meets it: music in, sound out, a timbre to choose, take or blend.

synth = symvae.audio.load("synth-24k")
synth.render(symvae.read("tune.mid"), timbre="piano:strings:0.4")
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.instruments import timbre_of_program
from symvae.audio.notes import notes_of
from symvae.audio.parts import Part, parts_of
from symvae.audio.player import DrumPlayer, NeuralPlayer, Player
from symvae.audio.render import LOUDNESS_LUFS, Rendering, Voice, render_voices
from symvae.config.sound import SynthConfig
from symvae.dsp.audio import Audio
from symvae.dsp.wav import SOUNDLESS, read_audio, resample
from symvae.errors import AudioError
from symvae.models.sound.spectrogram_vae import Blend, SpectrogramVAE
from symvae.music.phrase import Phrase
from symvae.music.song import Song
from symvae.system.synth_artifacts import load_synth
from symvae.system.catalog import find_synth

DEFAULT_SYNTH = "synth-24k"
#: Of a recording, so much is listened to.
LONGEST_CLIP_SEC = 30.0
SHORTEST_CLIP_SEC = 0.25

#: What a sound is played on: a name, a blend as "piano:strings:0.4", z, or a `Blend` of several.
Timbre = str | Float[Tensor, " latent"] | Blend


@dataclass(frozen=True)
class KnownTimbre:
    """An instrument that the synthesizer has learned."""

    name: str
    program: int
    """General MIDI program, from 0."""
    font: str
    """The sound font it was learned from."""
    z: Float[Tensor, " latent"]


class Synth:
    """A trained synthesizer. ``symvae.audio.load`` makes one."""

    def __init__(
        self, folder: Path, config: SynthConfig, network: SpectrogramVAE, timbres: Sequence[KnownTimbre]
    ) -> None:
        self.folder = folder
        self.config = config
        self.network = network
        self.timbres: dict[str, KnownTimbre] = {timbre.name: timbre for timbre in timbres}

    @classmethod
    def load(cls, name: str | Path = DEFAULT_SYNTH) -> "Synth":
        """A synthesizer by its name in the package, or a folder that `symvae train-synth` wrote."""
        folder = find_synth(name)
        config, network, timbres = load_synth(folder)
        known = [KnownTimbre(t["name"], t["program"], t["font"], torch.tensor(t["z"])) for t in timbres]
        return cls(folder, config, network, known)

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def sample_rate(self) -> int:
        """Hz."""
        return self.network.sample_rate

    def timbre(self, word: Timbre) -> Blend:
        """What "piano" stands for, or "piano:strings:0.4" (two fifths of the way to the strings), or z."""
        if isinstance(word, Blend):
            return word
        if isinstance(word, Tensor):
            if word.shape != ((size := self.config.model.timbre_size),):
                raise AudioError(f"A timbre of {self.name} has {size} numbers, not {tuple(word.shape)}.")
            return Blend.of(word)
        first, *rest = word.split(":")
        if not rest:
            return Blend.of(self._known(first).z)
        if len(rest) != 2:
            raise AudioError(f"{word!r} is no timbre. Write NAME, or NAME:NAME:SHARE, as piano:strings:0.4.")
        try:
            share = float(rest[1])
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise AudioError(f"{rest[1]!r} is no share from 0 to 1. Write it as in piano:strings:0.4.")
        start, end = (Blend.of(self._known(name).z) for name in (first, rest[0]))
        return start.toward(end, torch.tensor([share]))

    def timbre_for(self, program: int) -> tuple[str, bool]:
        """Which timbre plays a General MIDI program (0 to 127), and whether it is that very instrument.

        Where the usual one was not learned it is another font's, or the first of all.
        """
        usual, same = timbre_of_program(program)
        names = [name for name in self.timbres if name.split("/")[0] == usual]
        if names:
            return (usual if usual in names else names[0]), same
        if not self.timbres:
            raise AudioError(f"{self.name} has no timbres. Train it to the end, or choose another.")
        return next(iter(self.timbres)), False

    def _known(self, name: str) -> KnownTimbre:
        if name not in self.timbres:
            raise AudioError(f"There is no timbre {name!r}. {self.name} knows: {', '.join(self.timbres)}.")
        return self.timbres[name]

    @torch.inference_mode()
    def timbre_of(self, recording: "Audio | str | os.PathLike[str]") -> Float[Tensor, " latent"]:
        """z of a recording, best of one instrument alone; of a long one, the start of what sounds.

        Raises `AudioError` for a file that is no audio, for silence, and for less than a quarter of a second.
        """
        audio = recording if isinstance(recording, Audio) else read_audio(recording, LONGEST_CLIP_SEC)
        sides = torch.from_numpy(resample(audio, self.sample_rate).samples)
        mono = sides.mean(0)
        if mono.abs().max() <= SOUNDLESS:  # two sides may cancel each other
            mono = sides[0]
        loud = (mono.abs() > SOUNDLESS).nonzero()
        if not len(loud):
            raise AudioError("The clip is silent, and silence has no timbre. Give one in which notes sound.")
        mono = mono[int(loud[0]) :][: round(LONGEST_CLIP_SEC * self.sample_rate)]
        if len(mono) < SHORTEST_CLIP_SEC * self.sample_rate:
            raise AudioError(
                f"The clip lasts {len(mono) / self.sample_rate:.2f} s; give at least {SHORTEST_CLIP_SEC:g} s."
            )
        # The encoder has learned from clips at the fonts' level.
        mono = mono * (self.config.clips.level / mono.square().mean().sqrt().clamp(min=1e-6))
        return self.network.encode(mono[None]).mean[0]

    def player(self, timbre: Timbre, until: Timbre | None = None) -> NeuralPlayer:
        """A player in one timbre, or moving evenly from it to another over the whole sound."""
        end = None if until is None else self.timbre(until)
        return NeuralPlayer(self.network, self.timbre(timbre), end)

    def voices(
        self,
        parts: Sequence[Part],
        timbre: Timbre | Mapping[str, Timbre] | None = None,
        until: Timbre | None = None,
    ) -> list[Voice]:
        """Who plays each part: the timbre given for all, or the one nearest to the part's program."""
        return [Voice(part, self._player_of(part, timbre, until)) for part in parts]

    def _player_of(self, part: Part, timbre: Any, until: Any) -> Player:
        if part.is_drum:
            return DrumPlayer(self.sample_rate)
        if isinstance(timbre, Mapping):
            timbre = timbre.get(part.name)
        if timbre is None:
            timbre = self.timbre_for(part.program)[0]
        return self.player(timbre, until)

    def perform(
        self,
        music: Phrase | Sequence[Phrase] | Song,
        timbre: Timbre | None = None,
        *,
        until: Timbre | None = None,
        stems: bool = False,
        loudness_lufs: float = LOUDNESS_LUFS,
        watch: Callable[[float], None] = lambda share: None,
    ) -> Rendering:
        """As `render`, left in a file: a song may be as long as it likes."""
        if isinstance(music, Song):
            parts, seconds = parts_of(music)
        else:
            notes, seconds = notes_of(music)
            parts = [Part("phrase", 0, False, notes)]
        return render_voices(
            self.voices(parts, timbre, until),
            seconds,
            self.sample_rate,
            stems=stems,
            loudness_lufs=loudness_lufs,
            watch=watch,
        )

    def render(
        self,
        music: Phrase | Sequence[Phrase] | Song,
        timbre: Timbre | None = None,
        *,
        until: Timbre | None = None,
        loudness_lufs: float = LOUDNESS_LUFS,
    ) -> Audio:
        """Stereo sound of phrases in a row, or of a song's parts.

        ``timbre`` is a name of `timbres`, a morph as "piano:strings:0.4", z or a `Blend`; None: phrases are
        played as a piano, a song's parts by their programs. With ``until`` it moves there evenly.
        """
        return self.perform(music, timbre, until=until, loudness_lufs=loudness_lufs).audio()
