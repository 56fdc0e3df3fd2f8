"""``symvae genie``: from a record, along a tune and live, with every option."""

import os
import pty
import subprocess
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import mido
import numpy as np
import pytest

import symvae
from symvae.music.io.source import load_any
from tests.conftest import ROOT, TUNES
from tests.genie_models import tiny_genie  # noqa: F401 (a fixture)
from tests.live_devices import open_ports, sound_library
from tests.songs import report_of
from tests.soundfont import write_soundfont

ROWS = "time,button,event,velocity\n" + "".join(
    f"{0.25 * n},{button},press,{40 + n}\n" for n, button in enumerate((1, 5, 3, 8, 2, 2, 7))
)


@pytest.fixture
def play(cli, tiny_genie, tmp_path):  # noqa: F811 (the fixture)
    """``play("--seed", 3)`` → the report of a replayed record."""
    (tmp_path / "presses.csv").write_text(ROWS)

    def run(*words) -> dict:
        return report_of(cli("genie", "-m", tiny_genie, "--replay", "presses.csv", "--json", *words))

    return run


def test_a_record_is_replayed_and_recorded(play, cli, tiny_genie):  # noqa: F811
    report = play("--record", "played.mid")
    assert report["notes"] == 7
    assert report["contour_violations"] == 0
    assert report["files"] == ["played.mid"]
    (track,) = load_any("played.mid").tracks
    assert track.pitch.tolist() == report["pitches"]
    assert track.velocity.tolist() == list(range(40, 47))
    again = cli("genie", "-m", tiny_genie, "--replay", "presses.csv", "--record", "played.mid")
    assert again.exit_code == 1
    assert "--force" in again.stderr
    assert play("--record", "played.mid", "--force")["pitches"] == report["pitches"]


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        (("--key", "F# minor"), "key", "F# minor"),
        (("--chords", "C#m | F"), "chords", "C#m | F"),
        (("--tempo", 60), "tempo_qpm", 60.0),
        (("--like", TUNES / "frere_jacques.mid"), "like", TUNES / "frere_jacques.mid"),
        (("--temperature", 2), "temperature", 2.0),
        (("--free",), "free", True),
        (("--seed", 9), "seed", 9),
    ],
)
def test_settings_reach_the_session(play, monkeypatch, words, name, value):
    given, start = [], symvae.Genie.start
    monkeypatch.setattr(
        symvae.Genie, "start", lambda genie, **settings: given.append(settings) or start(genie, **settings)
    )
    first = play(*words)
    assert given[-1][name] == value
    assert play(*words)["pitches"] == first["pitches"]
    play()
    assert given[-1][name] != value


def test_the_tempo_is_that_of_the_file(play):
    play("--tempo", 60, "--record", "slow.mid")
    assert load_any("slow.mid").tempos[0].qpm == 60


def test_the_contour_of_a_tune_and_its_track(cli, tiny_genie):  # noqa: F811
    words = ("genie", "-m", tiny_genie, "--buttons-from", TUNES / "ode_to_joy.mid")
    report = report_of(cli(*words, "--json"))
    assert report == report_of(cli(*words, "--track", 0, "--json"))
    assert report["contour_violations"] == 0
    assert cli(*words, "--track", "flute").exit_code == 1
    assert cli(*words).stdout.startswith("tiny-genie: ")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--replay", "a.csv", "--buttons-from", "b.mid"), "one of --replay and --buttons-from"),
        (("--replay", "a.csv", "--port", "x"), "it is for live play"),
        (("--replay", "a.csv", "--midi-in", "x"), "it is for live play"),
        (("--replay", "a.csv", "--engine", "sine"), "it is for live play"),
        (("--engine", "organ"), "is none of neural, soundfont, sine, none"),
        (("--engine", "sine", "--timbre", "flute"), "the sine engine has no timbre"),
        (("--port", "x", "--timbre", "flute"), "the none engine has no timbre"),
        ((), "live play needs a terminal"),
    ],
)
def test_wrong_use(cli, tiny_genie, words, fault):  # noqa: F811
    done = cli("genie", "-m", tiny_genie, *words)
    assert done.exit_code == 2
    assert fault in " ".join(done.stderr.replace("│", " ").split())


@pytest.fixture
def live(cli, tiny_genie, monkeypatch):  # noqa: F811
    """``live("13", "--engine", "sine")`` types these keys; what a device and ports got, and the notices."""
    library, ports = sound_library(), open_ports(monkeypatch)
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    monkeypatch.setattr("symvae.audio.note_bank.NoteBank.fill", lambda *words: None)
    monkeypatch.setattr("symvae.pipelines.genie_sound.NOTE_SEC", 0.3)
    monkeypatch.setattr("symvae.cli.genie._at_terminal", lambda: True)

    def run(typed, *words):
        keys, blocks = iter(typed), []

        @contextmanager
        def single_keys():
            def key(wait_sec):
                for stream in library.streams:
                    blocks.append(stream.block())
                typed = next(keys, None)
                return (typed(ports) or "") if callable(typed) else typed

            yield key

        monkeypatch.setattr("symvae.cli.genie._single_keys", single_keys)
        done = cli("genie", "-m", tiny_genie, *words)
        assert done.exit_code == 0, done.stderr
        assert not any(stream.running for stream in library.streams)
        return SimpleNamespace(blocks=blocks, ports=ports, streams=library.streams, told=done.stderr)

    return run


def test_typed_keys_sound_in_the_next_block_and_are_recorded(live):
    played = live("13q", "--engine", "sine", "--record", "live.mid")
    assert [bool(block.any()) for block in played.blocks] == [False, True, True, True]
    assert "2 notes played." in played.told
    assert load_any("live.mid").num_notes == 2


def test_the_neural_piano_plays_by_default_and_other_timbres_on_request(live, tiny_synth):
    piano, flute = (
        live("1", "--synth", tiny_synth, *words).blocks[-1] for words in ((), ("--timbre", "flute"))
    )
    assert piano.any()
    assert flute.any()
    assert not np.array_equal(piano, flute)


def test_a_sound_font_plays(live, tmp_path):
    font = write_soundfont(tmp_path / "tones.sf2")
    played = live("1", "--engine", "soundfont", "--soundfont", font)
    assert played.blocks[-1].any()
    assert played.streams[0].settings["samplerate"] == 48_000  # the device refuses 44100


def test_a_midi_output_sounds_alone_unless_an_engine_is_named(live):
    played = live("15", "--port", "Syn")
    assert played.streams == []
    kinds = [message if isinstance(message, str) else message.type for message in played.ports["Synth"].sent]
    assert kinds.count("note_on") == kinds.count("note_off") == 2
    assert kinds[-2:] == ["reset", "closed"]
    assert live("1", "--port", "Syn", "--engine", "sine").blocks[-1].any()


def test_a_midi_keyboard_plays_with_its_velocity(live):
    def strike(ports):
        ports["Keys 25"].callback(mido.Message("note_on", note=64, velocity=101))

    played = live([strike], "--midi-in", "Keys", "--engine", "none", "--record", "keys.mid")
    assert load_any("keys.mid").tracks[0].velocity.tolist() == [101]
    assert played.ports["Keys 25"].sent == ["closed"]
    assert "White keys of Keys 25 play" in played.told


def test_ctrl_c_keeps_what_was_played(live):
    def interrupt(ports):
        raise KeyboardInterrupt

    live(["4", interrupt], "--engine", "none", "--record", "kept.mid")
    assert load_any("kept.mid").num_notes == 1


def test_late_blocks_are_told(live):
    def late(ports):
        streams = sys.modules["sounddevice"].streams
        streams[-1].block(late=True)

    assert "1 block of sound came late" in live([late], "--engine", "sine").told


def test_a_missing_library_has_a_remedy(cli, live, tiny_genie, monkeypatch):  # noqa: F811
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    done = cli("genie", "-m", tiny_genie, "--engine", "sine")
    assert done.exit_code == 1
    assert "pip install 'symvae[live]'" in done.stderr


def test_keys_of_a_real_terminal(tiny_genie, tmp_path):  # noqa: F811
    """Two keys that come at once are both played, and q stops."""
    ours, theirs = pty.openpty()
    words = ("-m", str(tiny_genie), "--engine", "none", "--record", str(tmp_path / "typed.mid"))
    process = subprocess.Popen(
        [sys.executable, "-m", "symvae", "genie", *words],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stderr is not None
    told = process.stderr.readline()
    os.write(ours, b"15;q")
    _, rest = process.communicate()
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0, told + rest
    assert "q stops" in told
    assert load_any(tmp_path / "typed.mid").num_notes == 3
