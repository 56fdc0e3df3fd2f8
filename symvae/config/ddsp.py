"""The whole config of a line synthesizer (DDSP), in sections: model, objective, lines, training."""

from dataclasses import dataclass, field
from typing import NamedTuple

from symvae.config.checks import check_above_zero, check_at_least, check_distinct, check_size
from symvae.config.limits import BANDS, DEPTH, ENTRIES, RATE, TRANSFORM, WIDTH
from symvae.config.training import TrainingConfig
from symvae.errors import ConfigError


class LineInstrument(NamedTuple):
    """An instrument that plays one note at a time."""

    program: int
    """General MIDI program, from 0."""
    lowest: int
    """MIDI pitch of its lowest note."""
    highest: int
    vibrato_cents: float
    """Depth of the vibrato on long notes; 0 for instruments that are usually played without."""


#: Instruments that can be learned, with their ranges at sounding pitch.
LINE_INSTRUMENTS = {
    "violin": LineInstrument(40, 55, 96, 16.0),
    "viola": LineInstrument(41, 48, 88, 16.0),
    "cello": LineInstrument(42, 36, 76, 15.0),
    "trumpet": LineInstrument(56, 54, 84, 5.0),
    "trombone": LineInstrument(57, 40, 72, 4.0),
    "tuba": LineInstrument(58, 33, 60, 0.0),
    "horn": LineInstrument(60, 41, 77, 0.0),
    "soprano-sax": LineInstrument(64, 56, 88, 10.0),
    "alto-sax": LineInstrument(65, 49, 81, 10.0),
    "tenor-sax": LineInstrument(66, 44, 76, 10.0),
    "oboe": LineInstrument(68, 58, 91, 8.0),
    "bassoon": LineInstrument(70, 34, 72, 5.0),
    "clarinet": LineInstrument(71, 50, 91, 0.0),
    "flute": LineInstrument(73, 60, 96, 10.0),
    "recorder": LineInstrument(74, 60, 96, 5.0),
}


@dataclass(frozen=True)
class DdspModelConfig:
    """Sizes of the networks and of the synthesizer that they control."""

    sample_rate: int = 24_000
    """In Hz."""
    hop: int = 96
    """Samples between frames: 250 frames a second."""
    harmonics: int = 100
    """Sines, at multiples of the fundamental."""
    noise_bands: int = 65
    """Magnitudes of the noise filter, from 0 Hz to half the sample rate."""
    timbres: int = 1
    """Number of timbres; a training takes it from its lines."""
    timbre_size: int = 16
    """Coordinates of z, the timbre."""
    width: int = 128
    """Units of the layers before and after the recurrent one."""
    layers: int = 3
    """Layers of each of these parts."""
    hidden: int = 256
    """Units of the recurrent layer."""
    touch_hidden: int = 96
    """Units of the network that predicts loudness from notes."""

    def __post_init__(self) -> None:
        RATE.check(self.sample_rate, "model.sample_rate")
        check_size("model", self, TRANSFORM, 16, "hop")
        check_size("model", self, BANDS, 1, "harmonics")
        check_size("model", self, BANDS, 2, "noise_bands")
        check_size("model", self, ENTRIES, 1, "timbres")
        check_size("model", self, WIDTH, 1, "timbre_size", "width", "hidden", "touch_hidden")
        check_size("model", self, DEPTH, 1, "layers")
        if self.noise_bands > self.hop + 1:
            raise ConfigError(
                f"model.noise_bands must be at most model.hop and 1 ({self.hop + 1}), not {self.noise_bands}."
            )


@dataclass(frozen=True)
class DdspObjectiveConfig:
    """Multi-scale spectral distance of sounds + weight · L1 distance of loudness from notes."""

    excerpt_frames: int = 500
    """Frames of an excerpt: 2 s."""
    warm_frames: int = 25
    """Frames at its start that are not compared: the network does not know what came before."""
    touch_weight: float = 2.0
    """Weight of the loudness that is predicted from notes."""

    def __post_init__(self) -> None:
        check_at_least("objective", self, 0, "touch_weight", "warm_frames")
        # The longest window of the distance has 2,048 samples.
        check_at_least("objective", self, 150, "excerpt_frames")
        if self.warm_frames > self.excerpt_frames - 100:
            raise ConfigError(
                f"objective.warm_frames must leave 100 frames of {self.excerpt_frames}, "
                f"and {self.warm_frames} do not."
            )


@dataclass(frozen=True)
class LinesConfig:
    """Single lines that a sound font plays, for training and measurement."""

    timbres: tuple[str, ...] = tuple(LINE_INSTRUMENTS)
    """Instruments, by the names of `LINE_INSTRUMENTS`."""
    line_sec: float = 8.0
    """Length of a line."""
    lines: int = 30
    """Lines of each timbre to train on."""
    held_out: int = 4
    """Lines of each timbre for validation, and as many for test."""

    def __post_init__(self) -> None:
        check_at_least("lines", self, 1, "lines", "held_out")
        check_above_zero("lines", self, "line_sec")
        check_distinct("lines.timbres", self.timbres)
        unknown = [name for name in self.timbres if name not in LINE_INSTRUMENTS]
        if unknown or not self.timbres:
            raise ConfigError(
                f"lines.timbres names {', '.join(unknown) or 'nothing'}. "
                f"Known: {', '.join(LINE_INSTRUMENTS)}."
            )


@dataclass(frozen=True)
class DdspConfig:
    """Config of a line synthesizer and of its training."""

    name: str = "ddsp-24k"
    description: str = ""
    model: DdspModelConfig = field(default_factory=DdspModelConfig)
    objective: DdspObjectiveConfig = field(default_factory=DdspObjectiveConfig)
    lines: LinesConfig = field(default_factory=LinesConfig)
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=4000,
            batch_size=8,
            learning_rate=1e-3,
            warmup_steps=100,
            evaluate_every=250,
            precision="fp32",
        )
    )
