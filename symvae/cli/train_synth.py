"""``symvae train-synth``: a synthesizer from sound fonts, which are played while it learns."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import progress_bar, say, show
from symvae.cli.options import one_of
from symvae.cli.train import DEVICES, check_device, interruption, say_how_to_resume


def train_synth(
    preset: Annotated[str, typer.Option("--preset", help="A preset's name, or a .toml file of your own.")],
    data: Annotated[
        list[Path], typer.Option("--data", help="Shards whose notes are played; may be given repeatedly.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The run's folder: log, state and best model.")],
    font: Annotated[
        list[Path] | None,
        typer.Option("--font", help="A sound font to learn; may be repeated. Default: this machine's."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    from_: Annotated[
        str | None, typer.Option("--from", help="Start from this synthesizer, which has the same sizes.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value over the preset, as objective.beta=0.001."),
    ] = None,
    device: Annotated[str, typer.Option("--device", help='"cpu" or "cuda".')] = "cpu",
) -> None:
    """Train a synthesizer; stop with Ctrl-C and go on with --resume."""
    one_of(device, DEVICES, "--device")
    from symvae.audio.font_player import font_player
    from symvae.audio.soundfont import find_soundfont
    from symvae.config.load import load_preset, with_overrides
    from symvae.config.sound import PROGRAMS, SynthConfig
    from symvae.corpus.clips import ClipDraws, phrases_of
    from symvae.models.sound.quantized import QuantizedEncoder
    from symvae.system.build_synth import build_stft
    from symvae.system.catalog import find_synth
    from symvae.system.synth_artifacts import load_synth, save_code_prior, save_timbres
    from symvae.training.code_prior import codes_of, learn_code_prior
    from symvae.training.loop import Progress
    from symvae.training.sound import train_synth as learn
    from symvae.training.timbres import mean_timbres

    config = with_overrides(load_preset(preset, SynthConfig), set_ or [])
    check_device(device)
    start_from = None
    if from_ is not None:
        before, start_from, _ = load_synth(find_synth(from_))
        config = replace(config, start_from=before.name)
    rate, instruments = config.model.sample_rate, config.clips.timbres
    fonts = [find_soundfont(path) for path in font] if font else [find_soundfont()]
    players = [font_player(path, rate) for path in fonts]

    def draws(split: str, seed: int) -> ClipDraws:
        return ClipDraws(
            phrases_of(data, split),
            players,
            [PROGRAMS[name] for name in instruments],
            frames=config.clips.frames,
            stft=build_stft(config.model),
            sample_rate=rate,
            made_up=config.clips.made_up,
            seed=seed,
        )

    learned, step = draws("train", config.training.seed), 0
    for (number, instrument), keys in learned.keys.items():
        if keys is None:
            say(
                f"{fonts[number].stem}'s {instruments[instrument]} is left out: "
                "it is silent at middle C, or softer when struck harder."
            )
    with progress_bar() as bar, interruption() as interrupted:
        task = bar.add_task("training", total=config.training.steps, note="")

        def watch(now: Progress) -> None:
            nonlocal step
            step = now.step
            bar.update(task, completed=step)
            if now.figures and (step % config.training.evaluate_every == 0 or step == now.steps):
                told = " ".join(f"{name} {value:.4g}" for name, value in now.figures.items())
                bar.console.print(f"step {step}: {told}", highlight=False, soft_wrap=True)

        model = learn(
            config,
            learned,
            draws("validation", 1),
            out,
            resume=resume,
            start_from=start_from,
            device=device,
            watch=watch,
            stopping=lambda: bool(interrupted),
        )
    if interrupted:
        say_how_to_resume(step)
    network = load_synth(model)[1]
    names = [path.stem for path in fonts]
    save_timbres(model, mean_timbres(network, learned, instruments=instruments, fonts=names))
    if isinstance(network.encoder, QuantizedEncoder):
        save_code_prior(model, learn_code_prior(network.encoder, codes_of(network, learned)))
    show(str(model))
