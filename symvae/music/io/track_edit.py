"""The change of one track of a MIDI file: events that go, are exchanged, or are new."""

from dataclasses import dataclass, field

from symvae.music.io.events import END_OF_TRACK, Event, is_meta

#: At one tick: new ends and states, the events of the file, new notes.
BEFORE, STAYS, AFTER = range(3)


@dataclass
class TrackEdit:
    """Changes to the events of one track."""

    events: list[Event]
    offset: int
    """Tick of the song at which the track begins."""
    swapped: dict[int, Event | None] = field(default_factory=dict)
    """New event for an event number, or None for an event that is gone."""
    added: list[tuple[int, Event]] = field(default_factory=list)
    """Place at its tick, and event in ticks of the song."""

    def remove(self, number: int) -> None:
        """Remove the event of a number."""
        self.swapped[number] = None

    def swap(self, number: int, event: Event) -> None:
        """Put another event in the place of one."""
        self.swapped[number] = event

    def add(self, event: Event, place: int) -> None:
        """Add an event, given in ticks of the song."""
        self.added.append((place, event))

    def applied(self) -> list[Event]:
        """The events of the track after the change."""
        if not self.swapped and not self.added:
            return self.events
        stays = [self.swapped.get(number, event) for number, event in enumerate(self.events)]
        placed = [(event.tick, STAYS, event) for event in stays if event is not None]
        placed += [
            (event.tick - self.offset, place, event._replace(tick=event.tick - self.offset))
            for place, event in self.added
        ]
        ends = [event for *_, event in placed if is_meta(event, END_OF_TRACK)]
        events = [
            event for *_, event in sorted(placed, key=lambda row: row[:2]) if not is_meta(event, END_OF_TRACK)
        ]
        last = max([event.tick for event in [*ends[-1:], *events[-1:]]], default=0)
        return [*events, *(end._replace(tick=last) for end in ends[-1:])]
