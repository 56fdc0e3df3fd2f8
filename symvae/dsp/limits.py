"""Limits of sound files."""

from symvae.errors import AudioError
from symvae.files.limit import Limit

RATE = Limit(
    "sound-rate",
    768_000,
    "Hz",
    "from telephones (8 kHz) to the fastest converters",
    "{where} has a sample rate of {count} Hz; rates from {least} to {most} Hz are read. Export it again.",
    AudioError,
    least=4_000,
)
CHANNELS = Limit(
    "sound-channels",
    64,
    "channels",
    "seventh-order ambisonics",
    "{where} has {count} channels; at most {most} are read. Export it in stereo.",
    AudioError,
)
SAMPLES = Limit(
    "sound-samples",
    2**26,
    "samples",
    "11 minutes of stereo at 48 kHz, as 256 MiB",
    "{where} holds more than {most} samples over all its channels. Cut it.",
    AudioError,
)
SILENCE = Limit(
    "sound-silence",
    2**26,
    "samples",
    "11 minutes of stereo at 48 kHz",
    "{where} is silent for its first {most} samples. Cut it where the sound starts.",
    AudioError,
)
CHUNKS = Limit(
    "sound-chunks",
    1_000,
    "chunks",
    "a WAV file has up to a dozen; those beside its sound are not read",
    "{where} has more than {most} chunks before its sound. Export it again.",
    AudioError,
)
