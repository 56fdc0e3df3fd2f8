"""Phrase → sound.

synth = symvae.audio.load("synth-24k")
synth.render(tune, timbre="piano:strings:0.4")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symvae.system.synth import Synth

    load = Synth.load

__all__ = ["load"]


def __getattr__(name: str) -> Any:
    """``load``, found when first used: this package is on a lower floor than what it loads."""
    if name == "load":
        from symvae.system.synth import Synth

        return Synth.load
    raise AttributeError(f"symvae.audio has no {name!r}. It has: load.")
