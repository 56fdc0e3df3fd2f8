"""Live play: typed keys, MIDI keys and several threads at once; every note that starts ends."""

import itertools
from collections import Counter
from threading import Barrier, Thread

import numpy as np
import pytest

import symvae
from symvae.audio.note_bank import NoteBank
from symvae.audio.player import SinePlayer
from symvae.audio.speaker import Speaker
from symvae.errors import AudioError, ConfigError
from symvae.music.phrase import DEFAULT_VELOCITY
from symvae.music.white_keys import WhiteKeys
from symvae.pipelines.genie_live import LiveSession, MidiButtons, play_live
from symvae.pipelines.genie_sound import LiveSound, instrument
from tests.soundfont import write_soundfont


class Port:
    """Notes that were sent; a pitch that starts twice without an end in between is a fault."""

    def __init__(self):
        self.sent = []
        self.down = set()

    def start(self, pitch, velocity):
        assert pitch not in self.down
        self.down.add(pitch)
        self.sent.append((pitch, velocity))

    def end(self, pitch):
        self.down.remove(pitch)


@pytest.fixture
def genie(tiny_genie) -> "symvae.Genie":
    return symvae.load_genie(tiny_genie)


def test_typed_keys_end_notes_and_stop_with_the_player(genie):
    keys, times = iter(["1", "x", "d", "", ";", None]), itertools.count(50.0, 0.2)
    port, told = Port(), []
    session = LiveSession(genie, [port], clock=lambda: next(times), told=lambda *note: told.append(note))
    assert play_live(session, lambda wait: next(keys)) == 3
    assert [button for button, _ in told] == [1, 3, 8]
    assert [pitch for pitch, _ in port.sent] == [pitch for _, pitch in told]
    assert {velocity for _, velocity in port.sent} == {DEFAULT_VELOCITY}
    assert not port.down
    assert all(note.end_sec is not None for note in genie.played)
    assert genie.played[0].start_sec < 1  # time counts from the first press


def test_a_pitch_of_two_buttons_ends_with_the_last_of_them(genie, monkeypatch):
    monkeypatch.setattr(genie, "press", lambda button, time_sec, velocity: (60,))
    port = Port()
    session = LiveSession(genie, [port])
    session.press(1)
    session.press(2)
    assert len(port.sent) == 2
    session.release(1)
    assert port.down == {60}
    session.release(2)
    assert not port.down


def test_white_keys_of_any_octave_are_the_buttons_from_its_c():
    for first in (36, 60):
        keys = WhiteKeys()
        assert [keys.button(first + step) for step in (0, 2, 4, 5, 7, 9, 11, 12)] == list(range(1, 9))
        assert keys.button(first + 14) == 1
        assert keys.button(first - 1) == 8
        assert keys.button(first + 1) is None
    late = WhiteKeys()
    assert late.button(61) is None  # a black key sets no octave
    assert late.button(79) == 5
    assert late.button(72) == 1


def test_midi_keys_press_with_their_velocity_until_they_are_let_go(genie):
    port = Port()
    session = LiveSession(genie, [port])
    keys = MidiButtons(session)
    keys.play(60, 0)  # let go, but never pressed
    keys.play(48, 100)
    keys.play(49, 100)
    keys.play(64, 33)
    assert [(note.button, note.velocity) for note in genie.played] == [(1, 100), (2, 33)]
    keys.play(62, 50)  # the second key of button 1: the first one is let go without effect
    keys.play(48, 0)
    assert genie.played[-1].end_sec is None
    keys.play(62, 0)
    keys.play(64, 0)
    assert not port.down
    assert session.notes == 3


def test_buttons_may_be_pressed_from_many_threads(genie):
    """Without a lock, notes of one press are drawn from the state of another, and notes hang."""
    port = Port()
    session = LiveSession(genie, [port])
    threads, presses = 6, 40
    together, faults = Barrier(threads), []

    def play(number: int) -> None:
        try:
            together.wait()
            for press in range(presses):
                button = (number + press) % 8 + 1
                session.press(button, 1 + press)
                assert len(genie.played) > 0
                session.release(button)
        except BaseException as fault:
            faults.append(fault)

    hands = [Thread(target=play, args=(number,)) for number in range(threads)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    session.end()
    played = genie.played
    assert faults == []
    assert not port.down
    assert len(played) == session.notes == len(port.sent) == threads * presses
    assert all(note.end_sec is not None and note.end_sec >= note.start_sec for note in played)
    assert np.all(np.diff([note.start_sec for note in played]) >= 0)
    up, higher = (np.sign(np.diff([getattr(note, name) for note in played])) for name in ("button", "pitch"))
    assert (up * higher >= 0).all()


def test_a_bare_genie_keeps_its_state_whole_between_threads(genie):
    genie.start(seed=1)
    threads, presses = 6, 30
    together, started, ended = Barrier(threads), Counter(), Counter()

    def play(button: int) -> None:
        together.wait()
        for _ in range(presses):
            begun, over = genie.press(button, 1.0), genie.release(button, 1.0)
            started[button] += len(begun)
            ended[button] += len(over)
            assert begun == over
            genie.song()

    hands = [Thread(target=play, args=(button,)) for button in range(1, threads + 1)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert started == ended == dict.fromkeys(range(1, threads + 1), presses)
    # The notes are those of the same order of buttons from one thread.
    played = genie.played
    genie.start(seed=1)
    assert [genie.press(note.button, 1.0)[0] for note in played] == [note.pitch for note in played]


class Silent(Speaker):
    """A sound device that asks for blocks when the test does."""

    def __init__(self):
        self.sample_rate, self.late = 8000, 0

    def play(self, mix):
        self.mix = mix

    def close(self):
        self.mix = None

    def block(self) -> np.ndarray:
        out = np.zeros((256, 2), np.float32)
        self.mix(out)
        return out


def test_a_press_is_heard_in_the_next_block(genie):
    speaker, bank = Silent(), NoteBank(SinePlayer(8000), note_sec=0.3)
    bank.warm_up()
    sound = LiveSound(bank, speaker)
    try:
        session = LiveSession(genie, [sound])
        assert not speaker.block().any()
        session.press(4)
        assert np.abs(speaker.block()[:16]).max() > 0
        session.release(4)
        for _ in range(8):
            last = speaker.block()
        assert not last.any()
        assert sound.late == 0
    finally:
        sound.close()


@pytest.mark.parametrize("engine", ["neural", "soundfont", "sine"])
def test_every_engine_has_notes_to_record(engine, tiny_synth, tmp_path):
    font = write_soundfont(tmp_path / "tones.sf2")
    player = instrument(engine, synth=tiny_synth, soundfont=font)
    assert NoteBank(player, note_sec=0.2).sound(60, 80).samples.any()


def test_a_timbre_is_chosen_and_refused(tiny_synth):
    piano, flute = (instrument("neural", synth=tiny_synth, timbre=name) for name in ("piano", "flute"))
    notes = [NoteBank(player, note_sec=0.2).sound(60, 80).samples for player in (piano, flute)]
    assert not np.array_equal(*notes)
    with pytest.raises(ConfigError, match="has no timbre to choose"):
        instrument("sine", timbre="flute")
    with pytest.raises(ConfigError, match="not an engine"):
        instrument("organ")
    with pytest.raises(AudioError, match="There is no timbre"):
        instrument("neural", synth=tiny_synth, timbre="kazoo")
