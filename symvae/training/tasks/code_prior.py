"""Learning the prior over the codes of a trained synthesizer, once it rounds its timbres.

Short enough not to be a run of its own: a few thousand words of a few letters, some seconds.
"""

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from symvae.corpus.clips import ClipDraws
from symvae.models.sound.code_prior import CodePrior
from symvae.models.sound.quantized import Quantized, QuantizedEncoder
from symvae.models.sound.spectrogram_vae import SpectrogramVAE

CLIPS = 32
STEPS = 400
BATCH_SIZE = 64
_SMOOTHING = 0.02


@torch.no_grad()
def codes_of(
    model: SpectrogramVAE, draws: ClipDraws, *, clips: int = CLIPS, seed: int = 0
) -> Int[Tensor, "word codebook"]:
    """The codes of so many clips of each timbre that can be played."""
    words = []
    for font, timbre in draws.timbres:
        heard = draws.of([(font, timbre)] * (clips // 2), np.random.default_rng([seed, font, timbre]))
        posterior = model.encode(heard.wave)
        assert isinstance(posterior, Quantized), "a synthesizer that does not round its timbres"
        words.append(posterior.codes)
    return torch.cat(words)


def learn_code_prior(
    encoder: QuantizedEncoder,
    words: Int[Tensor, "word codebook"],
    *,
    steps: int = STEPS,
    seed: int = 0,
) -> CodePrior:
    """A prior that makes ``words`` likely."""
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        prior = CodePrior(codebooks=words.shape[1], entries=encoder.codebook_size)
    optimizer = torch.optim.AdamW(prior.parameters(), lr=3e-3, weight_decay=_SMOOTHING)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        rows = torch.randint(len(words), (BATCH_SIZE,), generator=generator)
        optimizer.zero_grad(set_to_none=True)
        prior.nats(words[rows]).mean().backward()
        optimizer.step()
    return prior.eval()
