"""The two players of sound fonts, on a generated font; a script stands in for the fluidsynth command."""

import json
import stat
import sys
from pathlib import Path

import numpy as np
import pytest

from symvae.audio import font_player as choice
from symvae.audio.fluidsynth import GAIN, FluidSynth
from symvae.audio.font_player import font_player
from symvae.audio.notes import Notes
from symvae.audio.soundfont import (
    DRUM_BANK,
    FontPlayer,
    TinySoundFont,
    find_soundfont,
    kit_of,
    presets,
)
from symvae.errors import AudioError
from tests.soundfont import burst, default_voices, tone, write_soundfont

RATE = 24_000

#: Reads events as the command does, every 64 samples, in whole milliseconds, and plays a click a block later.
FAKE = """#!{python}
import json, struct, sys
import mido
arguments = sys.argv[1:]
rate, raw = int(arguments[arguments.index("-r") + 1]), arguments[arguments.index("-F") + 1]
font, midi = arguments[-2:]
if open(font, "rb").read(4) != b"RIFF":
    print("No RIFF chunk", file=sys.stderr)
    sys.exit(255)
file = mido.MidiFile(midi)
now, clicks, seen, keys = 0.0, [], [], []
for message in mido.merge_tracks(file.tracks):
    now += message.time
    if message.type == "program_change":
        seen.append([message.channel, message.program])
        if message.program == 99:
            print("Instrument not found on channel 0 [bank=0 prog=99], substituted", file=sys.stderr)
    if message.type in ("note_on", "note_off"):
        keys.append([int(message.type == "note_on" and message.velocity > 0), now])
    if message.type == "note_on" and message.velocity:
        clicks.append((now, message.velocity))
length = round(now / 1000 * rate)
sound = [0.0] * (2 * length)
for ms, velocity in clicks:
    block = -(-int(ms) * rate // 64000) + 1 + int(rate / 1024 / 64)
    sound[2 * 64 * block] = velocity / 127
    sound[2 * 64 * block + 1] = velocity / 254
open(raw, "wb").write(struct.pack(f"<{{len(sound)}}f", *sound))
json.dump({{"arguments": arguments, "programs": seen, "keys": keys}}, open({log!r}, "w"))
"""


@pytest.fixture
def font(tmp_path: Path) -> Path:
    click = np.zeros(200)
    click[0] = 0.9
    return write_soundfont(tmp_path / "tones.sf2", [*default_voices(), burst(click, 5, 0)])


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fake fluidsynth, alone on the path; gives the file in which it logs its call."""
    folder, log = tmp_path / "bin", tmp_path / "call.json"
    folder.mkdir()
    (folder / "fluidsynth").write_text(FAKE.format(python=sys.executable, log=str(log)))
    (folder / "fluidsynth").chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", str(folder))
    return log


def notes_at(*onset_sec: float, pitch: int = 69, velocity: int = 127, duration_sec: float = 0.2) -> Notes:
    count = len(onset_sec)
    return Notes(
        np.array(onset_sec, np.float64),
        np.full(count, duration_sec),
        np.full(count, pitch, np.int64),
        np.full(count, velocity, np.int64),
    )


def strongest_hz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 2**18))
    return float(spectrum.argmax() * RATE / 2**18)


@pytest.mark.parametrize(("pitch", "hz"), [(69, 440.0), (57, 220.0), (60, 261.6256), (96, 2093.005)])
@pytest.mark.parametrize("program", [0, 40, 73])
def test_tinysoundfont_plays_in_tune(font: Path, program: int, pitch: int, hz: float) -> None:
    sound = TinySoundFont(font, RATE).play(notes_at(0.0, pitch=pitch, duration_sec=1.0), program, RATE)
    assert sound.shape == (2, RATE)
    assert 1200 * abs(np.log2(strongest_hz(sound[0]) / hz)) < 2


@pytest.mark.parametrize("onset", [0, 1, 100, 4_321, 11_999])
def test_tinysoundfont_is_sample_exact(font: Path, onset: int) -> None:
    sound = TinySoundFont(font, RATE).play(notes_at(onset / RATE), 5, 12_000)
    assert sound.shape == (2, 12_000)
    assert not sound[:, :onset].any()
    assert sound[:, onset].all()


def test_earlier_notes_leave_no_trace(font: Path) -> None:
    player = TinySoundFont(font, RATE)
    first = player.play(notes_at(0.0, duration_sec=9.0), 0, 6_000)
    player.play(notes_at(0.0, 0.1, pitch=40, duration_sec=9.0), 40, 6_000)
    np.testing.assert_array_equal(player.play(notes_at(0.0, duration_sec=9.0), 0, 6_000), first)
    silence = player.play(notes_at(), 0, 6_000)
    assert silence.shape == (2, 6_000)
    assert not silence.any()


def test_drums_have_their_own_bank(font: Path) -> None:
    player = TinySoundFont(font, RATE)
    drums = player.play(notes_at(0.0), 0, 6_000, drums=True)
    assert not np.allclose(drums, player.play(notes_at(0.0), 0, 6_000))
    assert np.abs(drums).max() > 0.01


def test_a_missing_kit_is_replaced_by_the_standard_kit(font: Path) -> None:
    """Not by the pitched program of its number, as the library does."""
    player = TinySoundFont(font, RATE)
    standard = player.play(notes_at(0.0), 0, 6_000, drums=True)
    for kit in (7, 40):
        assert kit_of(font, kit) == 0
        np.testing.assert_array_equal(player.play(notes_at(0.0), kit, 6_000, drums=True), standard)


def test_presets_are_read_from_a_fonts_headers(font: Path, tmp_path: Path) -> None:
    assert {(DRUM_BANK, 0), (0, 40), (0, 73)} <= presets(font)
    assert (0, 7) not in presets(font)
    kits = [tone([1.0], 0), burst(np.ones(50), 0), burst(np.ones(50), 25)]
    two = write_soundfont(tmp_path / "two.sf2", kits)
    assert [kit_of(two, kit) for kit in (0, 25, 26)] == [0, 25, 0]
    only_tones = write_soundfont(tmp_path / "one.sf2", [tone([1.0], 0)])
    assert kit_of(only_tones, 3) == 3
    with pytest.raises(AudioError, match=r"one\.sf2 has no set of drums 3"):
        TinySoundFont(only_tones, RATE).play(notes_at(0.0), 3, 100, drums=True)
    (tmp_path / "text.sf2").write_text("words, many words and no font")
    assert presets(tmp_path / "text.sf2") == presets(tmp_path / "none.sf2") == frozenset()


@pytest.mark.parametrize("block", [1, 700, 6_000, 9_000])
def test_blocks_equal_the_whole(font: Path, block: int) -> None:
    notes, samples = notes_at(0.01, 0.02, 0.1), 6_000 if block > 1 else 500
    player = TinySoundFont(font, RATE)
    whole = player.play(notes, 0, samples)
    blocks = list(player.stream(notes, 0, samples, block))
    assert {sound.shape[1] for sound in blocks[:-1]} <= {block}
    np.testing.assert_array_equal(np.concatenate(blocks, 1), whole)


def test_a_missing_program_and_a_file_that_is_no_font_are_refused(font: Path, tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"tones\.sf2 has no program 7\. Give one with --soundfont"):
        TinySoundFont(font, RATE).play(notes_at(0.0), 7, 100)
    (tmp_path / "text.sf2").write_text("words")
    with pytest.raises(AudioError, match=r"text\.sf2 cannot be read as a sound font"):
        TinySoundFont(tmp_path / "text.sf2", RATE).play(notes_at(0.0), 0, 100)


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000, 96_000])
def test_fluidsynth_is_exact_to_a_millisecond(font: Path, fake: Path, rate: int) -> None:
    onset_sec = np.arange(20) * 0.05 + np.random.default_rng(0).uniform(0, 0.03, 20)
    onset_sec[0] = 0.0
    samples = round(1.05 * rate)
    sound = FluidSynth(font, rate).play(notes_at(*onset_sec), 0, samples)
    assert sound.shape == (2, samples)
    assert sound.dtype == np.float32
    for onset in onset_sec:
        around = slice(max(round((onset - 0.01) * rate), 0), round((onset + 0.01) * rate))
        peak_sec = (around.start + np.abs(sound[0, around]).argmax()) / rate
        assert abs(peak_sec - onset) < 0.75e-3 + 1 / rate
    np.testing.assert_allclose(sound[1], sound[0] / 2, atol=1e-6)


@pytest.mark.parametrize("block", [1, 333, 4_800])
def test_fluidsynth_in_blocks_equals_the_whole(font: Path, fake: Path, block: int) -> None:
    samples = 4_800 if block > 1 else 200
    player = FluidSynth(font, RATE)
    whole = player.play(notes_at(0.001, 0.1), 0, samples)
    blocks = np.concatenate(list(player.stream(notes_at(0.001, 0.1), 0, samples, block)), 1)
    np.testing.assert_allclose(blocks, whole, atol=1e-7)


@pytest.mark.parametrize("drums", [False, True])
def test_fluidsynth_plays_one_program_without_effects(font: Path, fake: Path, drums: bool) -> None:
    FluidSynth(font, RATE).play(notes_at(0.0), 40, 1_000, drums=drums)
    call = json.loads(fake.read_text())
    assert call["programs"] == [[9, 0] if drums else [0, 40]]  # the font has the standard kit alone
    text = " ".join(call["arguments"])
    assert text.startswith(f"-n -i -R 0 -C 0 -r 48000 -g {GAIN} -T raw -O float")
    assert not Path(call["arguments"][-1]).exists()


def test_fluidsynth_without_notes_is_silence(font: Path, fake: Path) -> None:
    sound = FluidSynth(font, RATE).play(notes_at(), 0, 1_234)
    assert sound.shape == (2, 1_234)
    assert not sound.any()
    assert FluidSynth(font, RATE).play(notes_at(), 0, 0).shape == (2, 0)


def test_a_note_ends_where_its_key_is_struck_again(font: Path, fake: Path) -> None:
    """MIDI's note-off names a key: that of the first note would end the second."""
    notes = Notes(np.array([0.1, 0.0]), np.array([0.5, 0.3]), np.array([69, 69]), np.array([90, 127]))
    FluidSynth(font, RATE).play(notes, 0, 24_000)
    kinds = [kind for kind, _ in json.loads(fake.read_text())["keys"]]
    times = [time for _, time in json.loads(fake.read_text())["keys"]]
    assert kinds == [1, 0, 1, 0]
    np.testing.assert_allclose(np.diff(times), [100, 0, 500], atol=2)


def test_failures_of_fluidsynth_raise_audio_errors(font: Path, fake: Path, tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"tones\.sf2 has no program 99\. Give one"):
        FluidSynth(font, RATE).play(notes_at(0.0), 99, 100)
    (tmp_path / "text.sf2").write_text("words")
    with pytest.raises(AudioError, match=r"fluidsynth cannot play .*text\.sf2 \(No RIFF chunk\)\. Give one"):
        FluidSynth(tmp_path / "text.sf2", RATE).play(notes_at(0.0), 0, 100)
    with pytest.raises(AudioError, match="plays at up to 96000 Hz, not at 192000"):
        FluidSynth(font, 192_000)
    (tmp_path / "bin" / "fluidsynth").unlink()
    with pytest.raises(AudioError, match=r"fluidsynth is not installed\. Install one: pip install --no-deps"):
        FluidSynth(font, RATE).play(notes_at(0.0), 0, 100)


def test_the_installed_player_is_chosen(
    font: Path, fake: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert isinstance(font_player(font, RATE), TinySoundFont)
    assert isinstance(font_player(font, RATE, "fluidsynth"), FluidSynth)
    monkeypatch.setattr(choice, "find_spec", lambda name: None)
    assert isinstance(font_player(font, RATE), FluidSynth)
    (tmp_path / "bin" / "fluidsynth").unlink()
    with pytest.raises(AudioError, match=r"none is installed\. Install one: pip install --no-deps tiny"):
        font_player(font, RATE)
    assert isinstance(font_player(font, RATE, "tinysoundfont"), TinySoundFont)
    with pytest.raises(AudioError, match=r"no player 'flute'\. Known: auto, tinysoundfont, fluidsynth"):
        font_player(font, RATE, "flute")


def test_both_implement_the_protocol(font: Path) -> None:
    assert all(isinstance(player(font, RATE), FontPlayer) for player in (TinySoundFont, FluidSynth))


def test_the_users_font_takes_precedence(font: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = write_soundfont(tmp_path / "other.sf2", [tone([1.0], 0)])
    monkeypatch.setattr("symvae.audio.soundfont.FOLDERS", (str(tmp_path / "none"), str(tmp_path)))
    monkeypatch.delenv("SYMVAE_SOUNDFONT", raising=False)
    (tmp_path / "default.sf2").symlink_to(font)
    assert find_soundfont() == other  # in alphabetical order, links excluded
    monkeypatch.setenv("SYMVAE_SOUNDFONT", str(font))
    assert find_soundfont() == font
    assert find_soundfont(other) == other
    with pytest.raises(
        AudioError, match=r"There is no sound font .*nowhere\.sf2\. Give one with --soundfont"
    ):
        find_soundfont(tmp_path / "nowhere.sf2")
    monkeypatch.delenv("SYMVAE_SOUNDFONT")
    monkeypatch.setattr("symvae.audio.soundfont.FOLDERS", ())
    with pytest.raises(AudioError, match="No sound font was found on this machine"):
        find_soundfont()
