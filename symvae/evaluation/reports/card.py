"""Model card, CARD.md: architecture, training data, figures, limits and the commands that reproduce it."""

from typing import Any

from symvae.config.load import load_preset, presets
from symvae.config.run import ModelConfig, RunConfig
from symvae.evaluation.reports.evaluate import to_markdown
from symvae.evaluation.reports.markdown import words
from symvae.evaluation.reports.training_data import TrainingData
from symvae.system.families import family


def card(config: RunConfig, data: TrainingData, metrics: dict[str, Any]) -> str:
    """Write the card of a model.

    Args:
        config: The model's configuration.
        data: Its training data.
        metrics: Its metrics.json.

    Returns:
        The card in markdown.
    """
    parts = (
        f"# {config.name}",
        config.description,
        _description(config, metrics),
        f"## Training data\n\n{data.to_markdown(config.data)}",
        "## Figures",
        "Measured on held-out tunes, split by near-duplicate cluster. Nats are per phrase unless stated"
        " otherwise."
        + (
            " Quick evaluation on a part of them: repeat it without `--quick` before quoting."
            * metrics["quick"]
        ),
        to_markdown(metrics).rstrip(),
        _limits(config, metrics),
        _commands(config, data, metrics),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _description(config: RunConfig, metrics: dict[str, Any]) -> str:
    model = config.model
    kind = family(model.tokenizer)
    tokenizer = kind.tokenizer(model.metre)
    step = ", one token a sixteenth" if tokenizer.on_grid else ""
    parts = len(tokenizer.part_names)
    shares = f", {model.latent_size // parts} for each part" if model.latent_by_part else ""
    decoder = (
        "a conductor whose bars are decoded in parallel"
        if model.decoder == "hierarchical"
        else "a single LSTM"
    )
    return (
        "## Description\n\n"
        f"A variational autoencoder of {kind.music} of {_bars(model.bars)} in {model.metre}{step}. The"
        f" encoder is a bidirectional LSTM over each bar, z has {model.latent_size} dimensions{shares}, the"
        f" decoder is {decoder}. {metrics['parameters'] / 1e6:.1f} million parameters, computed in single"
        " precision. License of the weights: Apache-2.0."
    )


def _limits(config: RunConfig, metrics: dict[str, Any]) -> str:
    limits = [
        family(config.model.tokenizer).limits.format(metre=config.model.metre),
        f"It models {_bars(config.model.bars)} at a time, without the music before or after.",
        *_sample_limits(metrics),
        *["Samples are in C major or A minor: the prior was trained in these keys only."]
        * config.prior.home_key,
        *_fader_limits(metrics),
        "It was trained on the collections above; other styles are reconstructed less accurately.",
    ]
    return "\n".join(("## Limits", "", *(f"- {limit}" for limit in limits)))


def _sample_limits(metrics: dict[str, Any]) -> list[str]:
    if "part_samples" in metrics:
        drawn, real = (metrics["part_samples"]["mean"][source] for source in ("samples", "real"))
        return [
            f"Draws from the learned prior repeat {drawn['repeated']:.3f} of their bars, real songs "
            f"{real['repeated']:.3f}; of the notes of their basses {drawn['chord_tones']:.3f} are tones of "
            f"the chord, of songs {real['chord_tones']:.3f}."
        ]
    if "samples" not in metrics:
        return ["It has no learned prior; samples of the Gaussian prior are not musical."]
    part = metrics["samples"]
    real, drawn = part["real"], part["learned"]["features"]
    repeats = ""
    if "bar_similarity" in real:
        repeats = (
            f", bar similarity {drawn['bar_similarity']['mean']:.3f} against {real['bar_similarity']:.3f}"
        )
    if "drum_density" in real:
        density, syncopation = (
            f"{drawn[name]['mean']:.2f} against {real[name]:.2f}"
            for name in ("drum_density", "drum_syncopation")
        )
        return [
            f"Samples of the prior differ from real drum tracks: {density} hits a bar, syncopation"
            f" {syncopation}{repeats}."
        ]
    return [
        "Samples of the prior differ from real phrases: diatonic share"
        f" {drawn['diatonic_share']['mean']:.3f} against {real['diatonic_share']:.3f}, mean interval"
        f" {drawn['mean_interval']['mean']:.2f} against {real['mean_interval']:.2f} semitones{repeats}."
    ]


def _fader_limits(metrics: dict[str, Any]) -> list[str]:
    """The least accurate fader."""
    if "control" not in metrics:
        return []
    faders = metrics["control"]["faders"]
    name = max(faders, key=lambda fader: faders[fader]["error_std"])
    return [
        f"Faders do not reach their targets exactly; the least accurate, {words(name)}, misses by"
        f" {faders[name]['error_std']:.2f} standard deviations of the data on average."
    ]


def _commands(config: RunConfig, data: TrainingData, metrics: dict[str, Any]) -> str:
    """All commands, from the first preset that starts from nothing or from a model that is no preset."""
    chain = [config]
    while chain[0].start_from in presets():
        chain.insert(0, load_preset(chain[0].start_from))
    lines, metre, origin = [], "", chain[0].start_from
    for stage in chain:
        if stage.model.metre != metre:
            metre = stage.model.metre
            kind = config.model.tokenizer
            tokens = "" if kind == ModelConfig.tokenizer else f" --tokens {kind}"
            lines.append(
                f"symvae prepare {data.prepare_arguments()} --metre {metre}{tokens} --out {_shards(metre)}"
            )
        preset = stage.name if stage.name in presets() else "YOUR_PRESET"
        start = f" --from {origin}" if origin else ""
        lines.append(f"symvae train --preset {preset} --data {_shards(metre)} --out {stage.name}{start}")
        origin = f"{stage.name}/model"
    shards = f"--data {_shards(metre)}"
    if config.prior.velocity != "plain":
        lines.append(f"symvae train-prior {origin} {shards} --out prior --update-model")
    if config.faders.attributes:
        lines.append(f"symvae train-faders {origin} {shards} --out faders --update-model")
    if "arousal" in metrics:
        lines.append(f"symvae train-arousal {origin} VGMIDI_FOLDER {shards} --update-model")
    split = f" --split {metrics['split']}" if metrics.get("split", "test") != "test" else ""
    if "control" in metrics:
        folders = " --labels VGMIDI_FOLDER" * ("arousal" in metrics) + " --songs SONGS_FOLDER" * (
            "harm" in metrics
        )
        faded = f"--control --faded {metrics['control']['phrases']}"
        lines.append(f"symvae evaluate {origin} {shards}{split} {faded}{folders} --update-model")
    if "samples" in metrics:
        lines.append(f"symvae evaluate {origin} {shards}{split} --update-model")
    if "parts" in metrics:  # the prior and the figures are those of music with all parts
        grown = ", ".join(f"`{stage.name}`" for stage in chain[:-1])
        return (
            "## Reproduction\n\nThe commands, with the shards that each stage reads, are those of trios in "
            f"docs/training.md. The model grew from {grown}."
        )
    return "## Reproduction\n\n```\n" + "\n".join(lines) + "\n```"


def _bars(count: int) -> str:
    return f"{count} bar" if count == 1 else f"{count} bars"


def _shards(metre: str) -> str:
    return f"shards-{metre.replace('/', '-')}"
