"""The needs of every verb that reads a file, with the reader of its windows.

The pipelines add what a user asks for (`dataclasses.replace`); advice and `symvae inspect` try the verbs as
they are here.
"""

from types import MappingProxyType

from symvae.pipelines.trial import Read, every_window, last_bars, one_window
from symvae.system.choice import Need

RECONSTRUCT = Need("reconstruct", whole=True)
INTERPOLATE = Need(
    "interpolate", instead="--path slerp needs none, but takes no --keep, --in-key or --whole."
)
VARIATIONS = Need("variations")
SHIFT = Need("shift", vectors=(), whole=True)
CONTINUE = Need("continue", prior=True, least_bars=2, draws=True, one_part=True)
INFILL = Need("infill", prior=True, least_bars=2, draws=True, one_part=True)
SKETCH = Need("infill", sketch=True, least_bars=2, draws=True)
FADE = Need("fade", faders=(), whole=True)
ENCODE = Need("encode", whole=True)

#: Verbs that read a file, by name.
READERS = MappingProxyType[str, tuple[Need, Read]](
    {
        need.verb: (need, read)
        for need, read in (
            (RECONSTRUCT, every_window),
            (VARIATIONS, one_window),
            (INTERPOLATE, one_window),
            (SHIFT, every_window),
            (CONTINUE, last_bars),
            (INFILL, one_window),
            (FADE, every_window),
            (ENCODE, every_window),
        )
    }
)
