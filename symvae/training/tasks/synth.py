"""The training loop of a synthesizer, readable from top to bottom.

    symvae train-synth --preset synth-24k --data SHARDS --out RUN [--resume]

All chance is drawn from (seed, step), so a run that is stopped and resumed ends bit-equal to one
that was not.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from symvae.config.sound import SynthConfig
from symvae.corpus.clips import ClipDraws, Clips
from symvae.errors import TrainingError
from symvae.models.sound.quantized import Quantized, perplexity
from symvae.models.sound.spectrogram_vae import FLOOR, SpectrogramVAE
from symvae.objective.schedule import warmup_cosine
from symvae.objective.spectral import log_spectral_distance_db, multi_scale_distance
from symvae.system.artifacts import save_synth
from symvae.system.build_synth import build_discriminators, build_synth, synth_beta_at
from symvae.training.log import TrainingLog
from symvae.training.loop import Progress
from symvae.training.sound_step import sound_loss
from symvae.training.state import TrainingState, cpu_state, fresh_average

_VALIDATION_SEED = 1


def train_synth(
    config: SynthConfig,
    draws: ClipDraws,
    held_out: ClipDraws,
    out: Path,
    *,
    resume: bool = False,
    start_from: SpectrogramVAE | None = None,
    device: str = "cpu",
    stop_after: int | None = None,
    watch: Callable[[Progress], None] = lambda progress: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Path:
    """Train ``config`` on clips and return the folder of the best synthesizer.

    The best has the least distance (MSS) from the reference on held-out notes. Raises `TrainingError`
    for a run folder already in use and for a resume without a state.
    """
    choice = config.training
    torch.set_num_threads(choice.threads)
    state_path = out / "state.pt"
    if state_path.exists() != resume:
        raise TrainingError(
            f"There is nothing to resume in {out}: it has no state.pt. Leave out --resume to start."
            if resume
            else f"{out} already holds a run. Add --resume to go on with it, or choose another folder."
        )
    torch.manual_seed(choice.seed)
    model = build_synth(config.model)
    if start_from is not None:
        try:
            model.load_state_dict(start_from.state_dict())
        except RuntimeError as error:
            raise TrainingError(
                "The synthesizer to start from has other sizes than the preset. "
                "Choose its sizes, or train from nothing."
            ) from error
    discriminators = build_discriminators(config)
    if discriminators is not None:
        if start_from is None and not resume:
            raise TrainingError(
                "objective.adversarial goes on from a trained synthesizer. Give one with --from."
            )
        discriminators.to(device)
        model.encoder.requires_grad_(False).eval()
    model.to(device)
    optimizer = torch.optim.AdamW(
        [*model.parameters(), *(discriminators.parameters() if discriminators is not None else ())],
        lr=choice.learning_rate,
        betas=(0.9, 0.99),
        weight_decay=choice.weight_decay,
        fused=True,
    )
    state = TrainingState(model, fresh_average(model), optimizer, critic=discriminators)
    if resume:
        state.load(state_path, config)
    validation = Clips(
        *(c.to(device) for c in held_out.of(held_out.timbres, np.random.default_rng(_VALIDATION_SEED)))
    )
    figures: dict[str, float] = {}

    with TrainingLog(out, state.step) as log:
        while state.step < min(choice.steps, stop_after or choice.steps):
            progress = state.step / choice.steps
            rate = choice.learning_rate * warmup_cosine(state.step, choice.steps, choice.warmup_steps)
            for group in optimizer.param_groups:
                group["lr"] = rate
            clips = Clips(
                *(
                    column.to(device)
                    for column in draws.batch(state.step, choice.batch_size, config.clips.alike)
                )
            )
            heard = progress >= config.objective.waveform_from
            loss = sound_loss(
                model,
                clips,
                generator=torch.Generator(device).manual_seed(choice.seed * 1_000_003 + state.step),
                beta=synth_beta_at(config.objective, progress),
                free_nats=config.objective.free_nats,
                waveform_weight=config.objective.waveform_weight if heard else 0.0,
                alike=config.clips.alike,
                waveform_frames=min(config.objective.waveform_frames, clips.roll.shape[2]),
                bf16=choice.precision == "bf16",
                discriminators=discriminators,
                adversarial_weight=config.objective.adversarial_weight,
                matching_weight=config.objective.matching_weight,
            )
            optimizer.zero_grad(set_to_none=True)
            loss.total.backward()
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), choice.clip_norm)
            if not torch.isfinite(norm):
                raise TrainingError(
                    f"The gradient is not finite at step {state.step}. "
                    "Start again with a lower training.learning_rate."
                )
            optimizer.step()
            state.step += 1
            state.update_average(choice.ema_decay)
            if state.step % choice.evaluate_every == 0 or state.step == choice.steps:
                figures = validate(state.average, validation)
                if -figures["mss"] > state.best:
                    state.best = -figures["mss"]
                    save_synth(
                        out / "model", config, cpu_state(state.average), metrics={"validation": figures}
                    )
                state.save(state_path, config)
                log.write(
                    state.step,
                    rate=rate,
                    **{f"train_{k}": v.item() for k, v in loss._asdict().items() if v is not None},
                    **figures,
                )
            watch(Progress(state.step, choice.steps, 0.0, figures))
            if stopping():
                state.save(state_path, config)
                break
    return out / "model"


@torch.no_grad()
def validate(model: SpectrogramVAE, clips: Clips) -> dict[str, float]:
    """Distances from the reference, each clip played in the timbre of the other one of its pair."""
    kl, mss, lsd, rounded = [], [], [], []
    for first in range(0, len(clips.wave), 8):
        rows = Clips(*(column[first : first + 8] for column in clips))
        posterior = model.encode(rows.wave)
        z = posterior.mean.unflatten(0, (-1, 2)).flip(1).flatten(0, 1)
        made = model.play(rows.roll, rows.source, z[:, None]).clone()
        kl.append(posterior.kl_nats().sum(-1))
        mss.append(multi_scale_distance(made, rows.wave, floor=FLOOR).total)
        lsd.append(log_spectral_distance_db(made, rows.wave, floor=FLOOR))
        if isinstance(posterior, Quantized):
            rounded.append(posterior.codes)
    figures = {
        "mss": torch.cat(mss).mean().item(),
        "lsd_db": torch.cat(lsd).mean().item(),
        "kl_nats": torch.cat(kl).mean().item(),
    }
    if rounded:
        figures["codebook_perplexity"] = perplexity(torch.cat(rounded)).mean().item()
    return figures
