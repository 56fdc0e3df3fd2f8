"""Answers of the studio, and refusals with their status."""

import base64
import json
from typing import Any, NamedTuple

import numpy as np

from symvae.dsp.audio import Audio
from symvae.dsp.wav import FULL_SCALE

JSON = "application/json; charset=utf-8"


class Reply(NamedTuple):
    """A body with its media type."""

    data: bytes
    kind: str = JSON


class RefusedError(Exception):
    """A request that is not served.

    Args:
        status: Status of HTTP.
        sentence: The fault and its remedy.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def json_reply(value: Any) -> Reply:
    """Answer with plain data."""
    return Reply(json.dumps(value, allow_nan=False).encode())


def samples_of(audio: Audio) -> dict[str, Any]:
    """First channel of a sound for a page: 16-bit samples, lowest byte first, in base64."""
    pcm = np.rint(audio.samples[0].astype(np.float64) * FULL_SCALE).astype("<i2")
    return {"sample_rate": audio.sample_rate, "pcm": base64.b64encode(pcm.tobytes()).decode()}
