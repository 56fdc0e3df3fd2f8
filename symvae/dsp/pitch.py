"""MIDI pitch in semitones ↔ frequency in Hz."""

from typing import overload

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

CONCERT_HZ, CONCERT_PITCH = 440.0, 69.0


@overload
def hz_to_pitch(hz: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]: ...
@overload
def hz_to_pitch(hz: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]: ...
def hz_to_pitch(hz: np.ndarray | Tensor) -> np.ndarray | Tensor:
    """Convert Hz to MIDI pitch; 69 is 440 Hz."""
    ratio = hz / CONCERT_HZ
    octaves = ratio.log2() if isinstance(ratio, Tensor) else np.log2(ratio)
    return CONCERT_PITCH + 12 * octaves


@overload
def pitch_to_hz(pitch: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]: ...
@overload
def pitch_to_hz(pitch: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]: ...
def pitch_to_hz(pitch: np.ndarray | Tensor) -> np.ndarray | Tensor:
    """Convert MIDI pitch to Hz; 440 Hz is 69."""
    octaves = (pitch - CONCERT_PITCH) / 12
    return CONCERT_HZ * (torch.exp2(octaves) if isinstance(octaves, Tensor) else np.exp2(octaves))
