"""Requests of the genie's page: a session, its presses, its song, and the notes that the page plays."""

from dataclasses import dataclass

from symvae.audio.note_bank import pitches_in_turn
from symvae.music.buttons import NUM_BUTTONS
from symvae.music.io.midi_write import song_to_bytes
from symvae.pipelines.note_samples import VELOCITY
from symvae.studio.fields import Fields
from symvae.studio.models import Models
from symvae.studio.reply import RefusedError, Reply, json_reply, samples_of
from symvae.studio.sessions import Sessions
from symvae.system.genie import TEMPERATURE, Genie

PIANO = "piano"
MIDI = "audio/midi"
#: Largest temperature, and longest time of a session: eleven days.
HOTTEST, LONGEST_SEC = 10.0, 1e6


@dataclass(frozen=True)
class GenieRoom:
    """The genie's room.

    Args:
        models: Where genie and synthesizer come from.
        sessions: A genie for each page.
    """

    models: Models
    sessions: Sessions[Genie]

    def about(self, fields: Fields) -> Reply:
        """Facts that the page needs before it plays."""
        timbres = list(self.models.synth().timbres)
        return json_reply(
            {
                "buttons": NUM_BUTTONS,
                "temperature": TEMPERATURE,
                "timbres": sorted(timbres, key=lambda name: (name != PIANO, name)),
                "pitches": pitches_in_turn(),
                "velocity": VELOCITY,
            }
        )

    def start(self, fields: Fields) -> Reply:
        """Begin a session, or begin that of the page anew."""
        opened, ended = fields.text_or_none("session"), 0
        if opened is None:
            first = self.models.genie()
            genie = Genie(first.folder, first.config, first.network)
        else:
            genie = self.sessions.get(opened)
        genie.start(
            key=fields.text_or_none("key"),
            temperature=fields.number("temperature", TEMPERATURE, low=0.0, high=HOTTEST),
            free=fields.flag("free"),
            seed=fields.seed(),
        )
        if opened is None:
            opened, ended = self.sessions.open(genie)
        return json_reply({"session": opened, "ended": ended, "model": genie.name})

    def press(self, fields: Fields) -> Reply:
        """Press a button."""
        genie = self._genie(fields)
        velocity = fields.whole("velocity") if fields.has("velocity") else None
        pitches = genie.press(fields.whole("button"), _time(fields), velocity)
        return json_reply({"pitches": pitches})

    def release(self, fields: Fields) -> Reply:
        """Release a button."""
        return json_reply({"pitches": self._genie(fields).release(fields.whole("button"), _time(fields))})

    def midi(self, fields: Fields) -> Reply:
        """The session as a MIDI file."""
        genie = self._genie(fields)
        if not genie.played:
            raise RefusedError(400, "Nothing has been played yet. Press some buttons first.")
        return Reply(song_to_bytes(genie.song()), MIDI)

    def note(self, fields: Fields) -> Reply:
        """Samples of a note."""
        notes = self.models.notes(fields.text("timbre", PIANO))
        return json_reply(samples_of(notes.note(fields.whole("pitch"))))

    def _genie(self, fields: Fields) -> Genie:
        return self.sessions.get(fields.text("session"))


def _time(fields: Fields) -> float:
    """Seconds since the page began."""
    return fields.number("time", low=0.0, high=LONGEST_SEC)
