"""Section ``decoder`` of a drum machine: the way from z to samples."""

from dataclasses import dataclass

from symvae.config.checks import check_above_zero, check_at_least, check_choice, check_share, check_size
from symvae.config.limits import BANDS, DEPTH, RATE, WIDTH
from symvae.errors import ConfigError

#: Kinds of decoders, all of one z: magnitudes with phases of an impulse and iterations; magnitudes with
#: learned phases; bands of a waveform and noise in one pass (RAVE); sample after sample (WaveNet).
DECODERS = ("spectrogram", "phases", "rave", "wave")


@dataclass(frozen=True)
class OneShotDecoderConfig:
    """Kind and sizes of the decoder; all but "spectrogram" are trained on a finished drum machine."""

    kind: str = "spectrogram"
    """"spectrogram", "phases", "rave" or "wave"."""
    width: int = 64
    """Channels of the frames that z unfolds into, and of the convolutions of "wave"."""
    channels: int = 8
    """Channels of the convolutions over bins of "phases"."""
    bands: int = 16
    """Bands of the filter bank of "rave"."""
    strides: tuple[int, ...] = (4, 4, 4, 2)
    """Rates of the stages of "rave"; with the bands they make the samples of a frame."""
    capacity: int = 24
    """Channels of "rave" at the rate of the bands; each stage before it has twice as many."""
    dilations: tuple[int, ...] = (1, 3, 9)
    """Of the residual units after each stage of "rave"."""
    noise_stride: int = 8
    """Band samples of a frame of the noise filters of "rave"."""
    sample_rate: int = 16_000
    """Rate of "wave" in Hz; its sound is converted to the machine's rate."""
    layers: int = 14
    """Gated convolutions of "wave"."""
    cycle: int = 7
    """Layers of "wave" after which dilations begin again at 1."""
    components: int = 8
    """Logistics in the mixture of "wave"."""
    excerpt_sec: float = 0.15
    """Length of the excerpts that "wave" learns from."""
    envelope_weight: float = 0.3
    """Weight of the distance of short-time levels, of "rave"."""
    adversarial_from: float = 1.0
    """Share of training after which "phases" or "rave" learn from discriminators, too; 1 for never."""
    adversarial_sec: float = 0.2
    """Length of the excerpts that the discriminators compare; whole sounds take five times as long."""
    adversarial_weight: float = 0.2
    matching_weight: float = 1.0
    """Weight of the distance of the discriminators' features."""

    def __post_init__(self) -> None:
        check_choice("decoder.kind", self.kind, DECODERS)
        check_size("decoder", self, WIDTH, 1, "width", "channels", "capacity", "noise_stride", "components")
        check_size("decoder", self, BANDS, 2, "bands")
        check_size("decoder", self, DEPTH, 1, "layers", "cycle")
        RATE.check(self.sample_rate, "decoder.sample_rate")
        for key in ("strides", "dilations"):
            values = getattr(self, key)
            DEPTH._replace(least=1).check(len(values), f"The number of decoder.{key}")
            for value in values:
                DEPTH._replace(least=1).check(value, f"decoder.{key}")
        WIDTH.check(self.capacity * 2 ** len(self.strides), "The widest layer of the decoder")
        if self.frame % self.noise_stride:
            raise ConfigError(
                f"decoder.noise_stride must divide {self.frame}, the product of decoder.strides; "
                f"{self.noise_stride} does not."
            )
        if self.cycle > 12:
            raise ConfigError(f"decoder.cycle is from 1 to 12, not {self.cycle}.")
        check_above_zero("decoder", self, "excerpt_sec", "adversarial_sec")
        check_at_least("decoder", self, 0, "envelope_weight", "adversarial_weight", "matching_weight")
        check_share("decoder", self, "adversarial_from")

    @property
    def frame(self) -> int:
        """Band samples of a frame of "rave"."""
        product = 1
        for stride in self.strides:
            product *= stride
        return product
