"""MIDI ports behind stand-ins for mido's: names, refusals, notes in and out."""

import mido
import pytest

from symvae.errors import MidiError
from symvae.music.io.ports import InputPort, OutputPort
from tests.live_devices import PORT_NAMES, open_ports


@pytest.fixture
def opened(monkeypatch):
    """Ports that were opened, by name."""
    return open_ports(monkeypatch)


def test_notes_in(opened):
    played = []
    port = InputPort("Keys", lambda *note: played.append(note))
    assert port.name == "Keys 25"
    receive = opened["Keys 25"].callback
    for message in (
        mido.Message("note_on", note=60, velocity=90),
        mido.Message("control_change", control=64, value=127),
        mido.Message("note_off", note=60, velocity=64),
        mido.Message("note_on", note=62, velocity=0),
    ):
        receive(message)
    assert played == [(60, 90), (60, 0), (62, 0)]
    port.close()
    assert opened["Keys 25"].sent == ["closed"]


def test_notes_out(opened):
    port = OutputPort("Syn")
    port.start(60, 80)
    port.end(60)
    port.close()
    on, off, *rest = opened["Synth"].sent
    assert (on.type, on.note, on.velocity, off.type, off.note) == ("note_on", 60, 80, "note_off", 60)
    assert rest == ["reset", "closed"]
    assert OutputPort().name == "Through"


def test_an_unknown_port_is_answered_with_all_names(opened, monkeypatch):
    for port, kind, option in (
        (lambda: InputPort("Pads", print), "input", "--midi-in"),
        (lambda: OutputPort("Pads"), "output", "--port"),
    ):
        with pytest.raises(
            MidiError, match=f"no MIDI {kind} 'Pads'. There are: {', '.join(PORT_NAMES)}.*{option}"
        ):
            port()
    monkeypatch.setattr(mido, "get_input_names", list)
    with pytest.raises(MidiError, match="There are: none"):
        InputPort("Pads", print)


def test_ports_that_cannot_be_listed_or_opened(opened, monkeypatch):
    def fail(fault):
        def door(*words, **named):
            raise fault

        return door

    monkeypatch.setattr(mido, "open_input", fail(OSError("busy")))
    with pytest.raises(MidiError, match=r"'Keys 25' cannot be opened \(busy\)"):
        InputPort("Keys", print)
    monkeypatch.setattr(mido, "get_input_names", fail(ImportError("rtmidi")))
    with pytest.raises(MidiError, match=r"pip install 'symvae\[live\]'"):
        InputPort("", print)
    monkeypatch.setattr(mido, "get_output_names", fail(RuntimeError("no ALSA")))
    with pytest.raises(MidiError, match=r"cannot be listed \(no ALSA\)"):
        OutputPort("")
