"""Export of an audio model or a drum machine, in the format that is asked for."""

from pathlib import Path

from symvae.errors import ConfigError
from symvae.pipelines.evaluate_oneshots import is_drum_machine

#: Names of the files where none is given.
_PROGRAM, _GRAPHS = Path("model.ts"), Path("model.onnx")


def export_audio(
    model: str, out: Path | None = None, *, onnx: bool = False, force: bool = False
) -> list[Path]:
    """Write a model for other hosts.

    Args:
        model: Name or folder of an audio model, or for ONNX of a drum machine.
        out: The file to write; None for ``model.ts`` or ``model.onnx``.
        onnx: Write ONNX graphs instead of a TorchScript program.
        force: Overwrite existing files.

    Returns:
        The files.

    Raises:
        ConfigError: A TorchScript program of a drum machine is asked for.
        SymvaeError: The model is missing, or a file exists and ``force`` is not set.
    """
    if is_drum_machine(model):
        if not onnx:
            raise ConfigError(
                f"{model} is a drum machine, which has no stream that a TorchScript program could play. "
                "Export it with --format onnx."
            )
        from symvae.export.onnx_graphs import export_drum_graph
        from symvae.system.drum_machine import load_drum_machine

        return export_drum_graph(load_drum_machine(model), out or _GRAPHS, force=force)
    from symvae.system.audio_model import load_audio_model

    loaded = load_audio_model(model)
    if onnx:
        from symvae.export.onnx_graphs import export_audio_graphs

        return export_audio_graphs(loaded, out or _GRAPHS, force=force)
    from symvae.export.audio_program import export_audio_model

    return [export_audio_model(loaded, out or _PROGRAM, force=force)]
