"""What can be chosen of a synthesizer: its sizes, its objective, its clips, its training."""

from dataclasses import dataclass, field

from symvae.config.run import (
    TrainingConfig,
    _check_above_zero,
    _check_at_least,
    _check_choice,
    _check_share,
)
from symvae.errors import ConfigError

#: The instruments that a synthesizer learns, by the General MIDI program (0 to 127) that stands for each.
PROGRAMS = {
    "piano": 0,
    "electric-piano": 4,
    "harpsichord": 6,
    "vibraphone": 11,
    "organ": 16,
    "guitar": 24,
    "bass": 33,
    "violin": 40,
    "strings": 48,
    "trumpet": 56,
    "clarinet": 71,
    "flute": 73,
}


@dataclass(frozen=True)
class SynthModelConfig:
    """Sizes of the network and its transforms."""

    sample_rate: int = 24_000
    """Hz."""
    stft_size: int = 1024
    """Samples in a window."""
    hop: int = 256
    """Samples between frames; a quarter of the window."""
    mels: int = 128
    low_bins: int = 128
    """The lowest bins have a phase residual of their own; above, the ear does not hear one."""
    noise_bands: int = 64
    """Places on the mel scale at which the noise's level is given."""
    bottleneck: str = "gaussian"
    """"gaussian" or "vq" (a residual vector quantizer)."""
    timbre_size: int = 16
    """Coordinates of z."""
    codebooks: int = 4
    """Stages of the residual quantizer, each of ``codebook_size`` entries."""
    codebook_size: int = 32
    encoder_channels: int = 16
    head: str = "stft"
    """"stft" (magnitudes with the source's phases) or "pqmf" (bands of the source, filtered)."""
    bands: int = 16
    """Of the filter bank, where the head is "pqmf"."""
    width: int = 128
    """Channels of the decoder."""
    hidden: int = 256
    """Channels inside a block."""
    blocks: int = 4
    kernel: int = 7
    """Frames that a block sees."""
    consistency_steps: int = 1
    """Turns of inverse and forward transform when playing; training uses none."""
    initial_log_variance: float = -4.0
    """Of the posterior before training; narrow, so that it does not collapse."""

    def __post_init__(self) -> None:
        _check_choice("model.bottleneck", self.bottleneck, ("gaussian", "vq"))
        _check_choice("model.head", self.head, ("stft", "pqmf"))
        _check_at_least(
            "model", self, 1, "sample_rate", "mels", "low_bins", "timbre_size", "encoder_channels"
        )
        _check_at_least("model", self, 1, "width", "hidden", "blocks", "kernel", "codebooks", "codebook_size")
        _check_at_least("model", self, 0, "consistency_steps")
        _check_at_least("model", self, 2, "noise_bands")
        _check_at_least("model", self, 4, "hop")
        # The encoder halves the bands four times.
        _check_at_least("model", self, 16, "mels")
        if self.stft_size != 4 * self.hop:
            raise ConfigError(
                f"model.stft_size must be 4 times model.hop, not {self.stft_size} with {self.hop}."
            )
        if self.head == "pqmf" and (self.bands % 2 or self.bands < 2 or self.hop % self.bands):
            raise ConfigError(
                f"model.bands must be even and divide model.hop ({self.hop}), which {self.bands} does not."
            )
        if self.low_bins > self.stft_size // 2 + 1:
            raise ConfigError(
                f"model.low_bins must be at most half of model.stft_size and 1 ({self.stft_size // 2 + 1}), "
                f"not {self.low_bins}."
            )
        if self.kernel % 2 == 0:
            raise ConfigError(f"model.kernel must be odd, not {self.kernel}.")


@dataclass(frozen=True)
class SynthObjectiveConfig:
    """What training minimizes: spectral distances + beta · max(KL − free nats, 0)."""

    beta: float = 2e-4
    """Final weight of the KL divergence."""
    beta_until: float = 0.3
    """Share of training after which beta is final."""
    free_nats: float = 8.0
    """Divergence per clip that costs nothing."""
    waveform_from: float = 0.25
    """Share of training after which the sound itself is compared too, at several window lengths."""
    waveform_weight: float = 1.0
    waveform_frames: int = 96
    """Frames of each clip, anywhere in it, of which the sound is made and compared."""
    adversarial: bool = False
    """RAVE's second stage: the encoder is frozen, discriminators judge the sound."""
    adversarial_weight: float = 0.1
    matching_weight: float = 1.0
    """Of the distance between what discriminators see in the made and the true sound."""

    def __post_init__(self) -> None:
        _check_at_least("objective", self, 0, "beta", "free_nats", "waveform_weight")
        _check_at_least("objective", self, 0, "adversarial_weight", "matching_weight")
        _check_at_least("objective", self, 16, "waveform_frames")
        _check_share("objective", self, "beta_until", "waveform_from")
        if self.adversarial and (self.waveform_from or not self.waveform_weight):
            raise ConfigError(
                "objective.adversarial discriminators the sound from the first step. "
                "Set objective.waveform_from to 0 and objective.waveform_weight above 0."
            )


@dataclass(frozen=True)
class ClipsConfig:
    """What is played to learn from."""

    frames: int = 256
    """Length of a clip."""
    alike: int = 4
    """Clips of one timbre in a batch; z of each is taken from others."""
    timbres: tuple[str, ...] = tuple(PROGRAMS)
    """Instruments, by the names of `PROGRAMS`."""
    made_up: float = 0.4
    """Share of clips whose notes come from chance instead of a corpus: all keys, lengths and velocities."""
    level: float = 0.05
    """Root mean square to which a recording is brought before its timbre is taken; the fonts' own, about."""

    def __post_init__(self) -> None:
        _check_at_least("clips", self, 16, "frames")
        _check_at_least("clips", self, 2, "alike")
        _check_share("clips", self, "made_up")
        _check_above_zero("clips", self, "level")
        unknown = [name for name in self.timbres if name not in PROGRAMS]
        if unknown or not self.timbres:
            raise ConfigError(
                f"clips.timbres names {', '.join(unknown) or 'nothing'}. Known: {', '.join(PROGRAMS)}."
            )


@dataclass(frozen=True)
class SynthConfig:
    """Everything that makes a synthesizer what it is."""

    name: str = "synth-24k"
    description: str = ""
    start_from: str = ""
    """The synthesizer that this one is carried on from."""
    model: SynthModelConfig = field(default_factory=SynthModelConfig)
    objective: SynthObjectiveConfig = field(default_factory=SynthObjectiveConfig)
    clips: ClipsConfig = field(default_factory=ClipsConfig)
    training: TrainingConfig = field(
        default_factory=lambda: TrainingConfig(
            steps=6000, batch_size=12, learning_rate=1e-3, warmup_steps=200, evaluate_every=250
        )
    )

    def __post_init__(self) -> None:
        if self.training.batch_size % self.clips.alike:
            raise ConfigError(
                f"training.batch_size must be a multiple of clips.alike ({self.clips.alike}), "
                f"not {self.training.batch_size}."
            )
