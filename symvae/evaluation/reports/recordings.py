"""Table and card of an audio model's evaluation."""

from typing import Any

from symvae.config.rave import RaveConfig
from symvae.evaluation.reports.markdown import section, table


def to_markdown(metrics: dict[str, Any]) -> str:
    """Write the figures as a table.

    Args:
        metrics: Figures of `symvae.evaluation.recordings.evaluate_recordings`.

    Returns:
        Markdown.
    """
    stream, speed = metrics["stream"], metrics["times_real_time"]
    axes = ", ".join(f"{count} for {share}" for share, count in metrics["axes"].items())
    rows = [
        ("multi-scale spectral distance", f"{metrics['mss']:.3f}"),
        ("log-spectral distance", f"{metrics['lsd_db']:.2f} dB"),
        (
            "KL of a frame, of a second",
            f"{metrics['kl_nats_a_frame']:.1f}, {metrics['kl_nats_a_second']:.0f} nats",
        ),
        ("principal axes", axes),
        ("encoding, decoding", f"{speed['encode']:.0f}, {speed['decode']:.0f} times real time"),
        ("latency", f"{stream['latency_ms']:.1f} ms in blocks of {stream['block_samples']} samples"),
        ("time of a block, median and 99 %", f"{stream['time_ms']:.1f}, {stream['time_ms_99']:.1f} ms"),
        ("stream against the whole", f"{stream['difference_db']:.0f} dB"),
    ]
    words = f"Resynthesis of {metrics['seconds']:.0f} s of the split {metrics['split']}."
    return section("Recordings", words, table(["", "figure"], rows))


def recording_card(config: RaveConfig, metrics: dict[str, Any]) -> str:
    """Write the card of an audio model.

    Args:
        config: The choices that made it.
        metrics: Figures of its evaluation.

    Returns:
        The card in Markdown.
    """
    model = config.model
    parts = (
        f"# {config.name}",
        config.description,
        f"A RAVE at {model.sample_rate / 1000:g} kHz: {model.latent_size} coordinates for each frame of"
        f" {model.ratio} samples. License of the weights: Apache-2.0.",
        "## Figures",
        to_markdown(metrics).rstrip(),
        "Speeds and times are those of one core. The latency is a block and the model's delay.",
        "## Limits",
        "It knows the sounds that it was trained on: others come out in their timbre. One channel at a time.",
    )
    return "\n\n".join(parts) + "\n"
