"""``symvae train-synth``: a synthesizer from sound fonts, which are played during training."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from symvae.cli.console import say, show
from symvae.cli.options import one_of
from symvae.cli.training import DEVICES, Device, Resume, training


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
    resume: Resume = False,
    from_: Annotated[
        str | None, typer.Option("--from", help="Start from this synthesizer, which has the same sizes.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="section.key=value over the preset, as objective.beta=0.001."),
    ] = None,
    device: Device = "cpu",
) -> None:
    """Train a synthesizer; stop with Ctrl-C and go on with --resume."""
    one_of(device, DEVICES, "--device")
    from symvae.audio.font_player import font_player
    from symvae.audio.soundfont import find_soundfont
    from symvae.config.load import load_preset, with_overrides
    from symvae.config.sound import PROGRAMS, SynthConfig
    from symvae.corpus.clips import ClipDraws, phrases_of
    from symvae.system.build_synth import build_stft
    from symvae.system.catalog import find_synth
    from symvae.system.synth_artifacts import load_synth
    from symvae.training.processes import check_device
    from symvae.training.tasks import synth as task
    from symvae.training.timbres import complete_synth

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

    clips = draws("train", config.training.seed)
    for (number, instrument), keys in clips.keys.items():
        if keys is None:
            say(
                f"{fonts[number].stem}'s {instruments[instrument]} is left out: "
                "it is silent at middle C, or softer when struck harder."
            )
    with training() as shown:
        model = task.train_synth(
            config,
            clips,
            draws("validation", 1),
            out,
            resume=resume,
            start_from=start_from,
            device=device,
            watch=shown.watch,
            stopping=shown.stopping,
        )
    complete_synth(model, clips, instruments=instruments, fonts=[path.stem for path in fonts])
    show(str(model))
