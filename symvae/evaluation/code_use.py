"""Codes of a drum machine: use of its codebooks, and the likelihood that its prior gives to sounds."""

import math
from typing import Any

import torch

from symvae.nn.residual_vq import perplexity, used_share
from symvae.system.code_drum_machine import CodeDrumMachine
from symvae.training.sound_batches import SoundBatches
from symvae.training.tasks.oneshot_code_prior import Words, encode_sounds

_BITS_A_NAT = 1 / math.log(2)


@torch.inference_mode()
def code_figures(machine: CodeDrumMachine, held_out: SoundBatches, train: SoundBatches) -> dict[str, Any]:
    """Measure codebooks and prior.

    Args:
        machine: The drum machine.
        held_out: Held-out sounds.
        train: Training sounds.

    Returns:
        ``used`` (share of all entries that occur in held-out or training sounds) and ``used_by_level``;
        ``perplexity_by_level`` of training sounds; ``bits_a_sound`` of uniform codes, and as the prior
        predicts those of held-out sounds; ``prior`` with its network, and nats a code of held-out and of
        training sounds, beside those of uniform codes.
    """
    entries, words = machine.network.quantizer.size, encode_sounds(machine.network, train)
    new = encode_sounds(machine.network, held_out)
    every = torch.cat([words.codes, new.codes]).flatten(0, 1)
    used, places = used_share(every, entries), words.codes[0].numel()
    nats = _nats(machine, new)
    return {
        "positions": machine.prior.positions,
        "levels": machine.prior.levels,
        "entries": entries,
        "used": float(used.mean()),
        "used_by_level": used.tolist(),
        "perplexity_by_level": perplexity(words.codes.flatten(0, 1), entries).tolist(),
        "bits_a_sound": {
            "uniform": places * math.log2(entries),
            "prior": places * nats * _BITS_A_NAT,
        },
        "prior": {
            "network": machine.config.prior.network,
            "nats_a_code": nats,
            "nats_a_code_training": _nats(machine, words),
            "nats_a_code_uniform": math.log(entries),
        },
    }


def _nats(machine: CodeDrumMachine, words: Words) -> float:
    return float(machine.prior(words.codes, words.drum).mean())
