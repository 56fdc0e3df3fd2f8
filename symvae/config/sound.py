"""The whole config of a synthesizer, in sections: model, objective, clips, training."""

from dataclasses import dataclass, field

from symvae.config.checks import check_above_zero, check_at_least, check_choice, check_share, check_size
from symvae.config.limits import BANDS, DEPTH, RATE, TRANSFORM, WIDTH
from symvae.config.training import TrainingConfig
from symvae.errors import ConfigError

#: Instruments that a synthesizer can learn, with the General MIDI program (0 to 127) of each.
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
    """Sizes of the network and of its transforms."""

    sample_rate: int = 24_000
    """In Hz."""
    stft_size: int = 1024
    """Samples of a window."""
    hop: int = 256
    """Samples between frames: a quarter of the window."""
    mels: int = 128
    """Mel bands of the encoder's input."""
    low_bins: int = 128
    """Lowest bins, which have a predicted phase residual; above them it is inaudible."""
    noise_bands: int = 64
    """Points on the mel scale at which the noise level is predicted."""
    bottleneck: str = "gaussian"
    """"gaussian" or "vq" (a residual vector quantizer)."""
    timbre_size: int = 16
    """Coordinates of z, the timbre."""
    codebooks: int = 4
    """Stages of the residual quantizer."""
    codebook_size: int = 32
    """Entries of each codebook."""
    encoder_channels: int = 16
    """Channels of the encoder's first convolution."""
    head: str = "stft"
    """"stft" (magnitudes with the source's phases) or "pqmf" (bands of the source, filtered)."""
    bands: int = 16
    """Bands of the filter bank, where the head is "pqmf"."""
    width: int = 128
    """Channels of the decoder."""
    hidden: int = 256
    """Channels inside a ConvNeXt block."""
    blocks: int = 4
    kernel: int = 7
    """Receptive field of a block, in frames."""
    consistency_steps: int = 1
    """Iterations of inverse and forward transform in synthesis; training uses none."""
    initial_log_variance: float = -4.0
    """Log variance of the posterior before training; a narrow one does not collapse."""

    def __post_init__(self) -> None:
        check_choice("model.bottleneck", self.bottleneck, ("gaussian", "vq"))
        check_choice("model.head", self.head, ("stft", "pqmf"))
        RATE.check(self.sample_rate, "model.sample_rate")
        check_size("model", self, WIDTH, 1, "low_bins", "timbre_size", "encoder_channels")
        check_size("model", self, WIDTH, 1, "width", "hidden", "codebook_size")
        check_size("model", self, DEPTH, 1, "blocks", "kernel", "codebooks")
        check_size("model", self, DEPTH, 0, "consistency_steps")
        check_size("model", self, BANDS, 2, "noise_bands")
        check_size("model", self, TRANSFORM, 4, "hop")
        # The encoder halves the bands four times.
        check_size("model", self, BANDS, 16, "mels")
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
    """The loss that training minimizes: spectral distances + beta · max(KL − free nats, 0)."""

    beta: float = 2e-4
    """Final weight of the KL divergence."""
    beta_until: float = 0.3
    """Share of training after which beta is final."""
    free_nats: float = 8.0
    """KL divergence of a clip that costs nothing, in nats."""
    waveform_from: float = 0.25
    """Share of training after which the waveform is compared, too, at several window lengths."""
    waveform_weight: float = 1.0
    band_weight: float = 0.0
    """Weight of the distance of levels in bands: it keeps sounds as bright as they are."""
    envelope_weight: float = 0.0
    """Weight of the distance of envelopes: it keeps attacks as sharp as they are."""
    waveform_frames: int = 96
    """Frames of each clip, from a random place, that are synthesized and compared."""
    adversarial: bool = False
    """Second stage of RAVE: the encoder is frozen, and discriminators classify the sound."""
    adversarial_weight: float = 0.1
    """Weight of the generator's hinge loss."""
    matching_weight: float = 1.0
    """Weight of the distance between the discriminators' features of generated and real sound."""

    def __post_init__(self) -> None:
        check_at_least("objective", self, 0, "beta", "free_nats", "waveform_weight")
        check_at_least("objective", self, 0, "adversarial_weight", "matching_weight")
        check_at_least("objective", self, 0, "band_weight", "envelope_weight")
        check_at_least("objective", self, 16, "waveform_frames")
        check_share("objective", self, "beta_until", "waveform_from")
        if self.adversarial and (self.waveform_from or not self.waveform_weight):
            raise ConfigError(
                "objective.adversarial compares the waveform from the first step. "
                "Set objective.waveform_from to 0 and objective.waveform_weight above 0."
            )


@dataclass(frozen=True)
class ClipsConfig:
    """Clips that the synthesizer is trained on."""

    frames: int = 256
    """Frames of a clip."""
    alike: int = 4
    """Clips of one timbre in a batch; z of each is encoded from another one."""
    timbres: tuple[str, ...] = tuple(PROGRAMS)
    """Instruments, by the names of `PROGRAMS`."""
    made_up: float = 0.4
    """Share of clips with random notes instead of notes of a corpus: all keys, lengths and velocities."""
    level: float = 0.05
    """Root mean square to which a recording is scaled before it is encoded: about that of the fonts."""

    def __post_init__(self) -> None:
        check_at_least("clips", self, 16, "frames")
        check_at_least("clips", self, 2, "alike")
        check_share("clips", self, "made_up")
        check_above_zero("clips", self, "level")
        unknown = [name for name in self.timbres if name not in PROGRAMS]
        if unknown or not self.timbres:
            raise ConfigError(
                f"clips.timbres names {', '.join(unknown) or 'nothing'}. Known: {', '.join(PROGRAMS)}."
            )


@dataclass(frozen=True)
class SynthConfig:
    """Config of a synthesizer and of its training."""

    name: str = "synth-24k"
    description: str = ""
    start_from: str = ""
    """Name of the synthesizer whose weights this one starts from."""
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
