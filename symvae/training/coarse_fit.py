"""Distillation of a drum machine's coarse decoder from its decoder, on draws of its prior."""

import torch
from torch import Tensor
from torch.nn import functional

from symvae.config.oneshot import OneShotConfig
from symvae.models.flow.prior import FlowPrior
from symvae.models.oneshot.coarse_decoder import CoarseDecoder
from symvae.models.oneshot.drum_vae import DrumVAE
from symvae.system.draws import seeded
from symvae.system.known_sounds import coarse_levels
from symvae.training.one_cycle import one_cycle

#: Draws that are decoded at once.
_AT_ONCE = 64
_BATCH, _RATE = 256, 2e-3


def fit_coarse_decoder(network: DrumVAE, prior: FlowPrior, config: OneShotConfig) -> CoarseDecoder:
    """Learn what draws decode to, coarsely.

    Args:
        network: Decodes the draws; on the CPU.
        prior: The flow that they are drawn from.
        config: All choices.

    Returns:
        The coarse decoder.
    """
    settings, generator = config.distillation, seeded(0)
    drum = torch.eye(network.classes)[torch.arange(settings.coarse_draws) % network.classes]
    z = prior.sample(
        len(drum), generator, attributes=drum, steps=config.prior.solver_steps, solver="midpoint"
    )
    levels = _decoded(network, z, drum)
    torch.manual_seed(0)
    student = CoarseDecoder(z.shape[1], network.classes, levels.shape[1])
    student.mean.copy_(levels.mean(0))
    student.deviation.copy_(levels.std())
    optimizer = torch.optim.AdamW(student.parameters(), lr=_RATE, weight_decay=1e-4, fused=True)
    for step in range(settings.coarse_steps):
        for group in optimizer.param_groups:
            group.update(one_cycle(step, settings.coarse_steps, _RATE))
        rows = torch.randint(len(z), (_BATCH,), generator=generator)
        loss = functional.l1_loss(student(z[rows], drum[rows]), levels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return student.eval()


@torch.no_grad()
def _decoded(network: DrumVAE, z: Tensor, drum: Tensor) -> Tensor:
    pieces = zip(z.split(_AT_ONCE), drum.split(_AT_ONCE), strict=True)
    return torch.cat([coarse_levels(network, network.decode(some, each)) for some, each in pieces])
