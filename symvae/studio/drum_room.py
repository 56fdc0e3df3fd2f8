"""Requests of the drum page: a map of sounds, pads, loops of the drum models, and files.

The page holds its pads and its loop and sends them along, so the room has no sessions.
"""

from dataclasses import dataclass
from typing import Any

from symvae.music.phrase import Phrase
from symvae.pipelines.drum_loop import (
    FASTEST_QPM,
    SLOWEST_QPM,
    LoopModels,
    PadHit,
    loop_midi,
    loop_of,
    loop_wav,
)
from symvae.pipelines.drum_map import drum_map
from symvae.pipelines.drum_pads import PADS, PadSound, kit_zip, pad_of_key
from symvae.studio.fields import Fields
from symvae.studio.models import Models
from symvae.studio.reply import RefusedError, Reply, json_reply, samples_of

#: Draws of each class on a map of all classes, and on one of a single class.
EACH_OF_ALL, OF_ONE = 24, 160
#: Most hits of a loop: every pad on each of 32 steps.
MOST_HITS = 32 * len(PADS)
#: Loops of a morph.
MORPH_STEPS = 7
#: Largest temperature of a draw.
HOTTEST = 3.0
KEYS = 128


@dataclass(frozen=True)
class DrumRoom:
    """The drum room.

    Args:
        models: Where drum machine and drum models come from.
    """

    models: Models

    def about(self, fields: Fields) -> Reply:
        """Facts that the page needs before it plays."""
        machine = self.models.machine().machine
        return json_reply(
            {
                "model": machine.name,
                "classes": machine.drums,
                "pads": [pad._asdict() for pad in PADS],
                "pad_of_key": [pad_of_key(key) for key in range(KEYS)],
                "tempos": [SLOWEST_QPM, FASTEST_QPM],
            }
        )

    def styles(self, fields: Fields) -> Reply:
        """Styles of drummers, and the grid of loops."""
        loops = self.models.loops()
        grid = loops.patterns.grid
        return json_reply(
            {
                "styles": loops.groove.styles,
                "bars": grid.bars,
                "steps_per_bar": grid.steps_per_bar,
                "morph_steps": MORPH_STEPS,
            }
        )

    def map(self, fields: Fields) -> Reply:
        """Sounds of all classes, or of one, on a map."""
        machine = self.models.machine().machine
        drum = fields.text_or_none("drum")
        drums, each = (machine.drums, EACH_OF_ALL) if drum is None else ((drum,), OF_ONE)
        points = drum_map(machine, drums, each, fields.seed())
        return json_reply({"points": [point._asdict() for point in points]})

    def kit(self, fields: Fields) -> Reply:
        """A sound for each pad."""
        sounds = self.models.machine().kit(fields.seed())
        return json_reply({"pads": [{"drum": sound.drum, "seed": sound.seed} for sound in sounds]})

    def sound(self, fields: Fields) -> Reply:
        """Samples of a sound without its level, and its attributes as measured."""
        hit = self.models.machine().hit(_sound(fields))
        measured = {name: round(value, 4) for name, value in hit.attributes.items() if value == value}
        return json_reply({**samples_of(hit.audio), "attributes": measured})

    def sample(self, fields: Fields) -> Reply:
        """A new loop."""
        hits = self._loops.sample(
            _tempo(fields),
            seed=fields.seed(),
            prior_temperature=fields.number("temperature", 1.0, low=0.0, high=HOTTEST),
        )
        return _hits_reply(hits)

    def vary(self, fields: Fields) -> Reply:
        """A variation of a loop."""
        hits = self._loops.vary(
            self._loop(fields), fields.number("amount", low=0.0, high=1.0), seed=fields.seed()
        )
        return _hits_reply(hits)

    def morph(self, fields: Fields) -> Reply:
        """Loops on the way from one to another."""
        first, last = self._loop(fields, "first"), self._loop(fields, "last")
        return json_reply({"loops": [_plain(hits) for hits in self._loops.morph(first, last, MORPH_STEPS)]})

    def humanize(self, fields: Fields) -> Reply:
        """A loop as a drummer plays it."""
        style, amount = fields.text_or_none("style"), fields.number("amount", low=0.0, high=1.0)
        return _hits_reply(self._loops.humanize(self._loop(fields), style, amount, seed=fields.seed()))

    def midi(self, fields: Fields) -> Reply:
        """A loop as a MIDI file."""
        return Reply(loop_midi(self._loop(fields), fields.whole("times", 1)), "audio/midi")

    def wav(self, fields: Fields) -> Reply:
        """A loop as sound."""
        machine = self.models.machine()
        loop, times = self._loop(fields), fields.whole("times", 1)
        return Reply(loop_wav(loop, [machine.audio(each) for each in _pads(fields)], times), "audio/wav")

    def zip(self, fields: Fields) -> Reply:
        """The pads as WAV files and kit.sfz."""
        machine = self.models.machine()
        sounds = {pad: machine.audio(each) for pad, each in zip(PADS, _pads(fields), strict=True)}
        return Reply(kit_zip(sounds, f"{machine.machine.name}, from the studio"), "application/zip")

    @property
    def _loops(self) -> LoopModels:
        return self.models.loops()

    def _loop(self, fields: Fields, name: str = "hits") -> Phrase:
        grid = self._loops.patterns.grid
        hits = [
            PadHit(
                each.whole("pad", low=0, high=len(PADS) - 1),
                each.whole("step", low=0, high=grid.num_steps - 1),
                each.whole("velocity", low=1, high=127),
                each.number("offset", 0.0, low=-0.5, high=0.5),
            )
            for each in fields.objects(name, MOST_HITS)
        ]
        return loop_of(hits, grid, _tempo(fields))


def _pads(fields: Fields) -> list[PadSound]:
    """A sound for each pad."""
    pads = [_sound(each) for each in fields.objects("pads", len(PADS))]
    if len(pads) != len(PADS):
        raise RefusedError(400, f"A kit has {len(PADS)} pads, not {len(pads)}. Send a sound for each.")
    return pads


def _tempo(fields: Fields) -> float:
    return fields.number("tempo", low=SLOWEST_QPM, high=FASTEST_QPM)


def _sound(fields: Fields) -> PadSound:
    faders = tuple(sorted(fields.numbers("faders").items()))
    return PadSound(fields.text("drum"), fields.seed(), faders, fields.number("level", 1.0))


def _plain(hits: list[PadHit]) -> list[dict[str, Any]]:
    return [{**hit._asdict(), "offset": round(hit.offset, 5)} for hit in hits]


def _hits_reply(hits: list[PadHit]) -> Reply:
    return json_reply({"hits": _plain(hits)})
