"""reconstruct, sample, interpolate, variations, shift, infill, continue: files and complete reports."""

import json
import shutil

import pretty_midi
import pytest

import symvae
from symvae.music.io.midi_read import load
from symvae.music.phrase import Phrase
from symvae.pipelines.gaps import fill_gaps
from tests.conftest import TUNES

ODE, JOY, REEL, FISHERS = (
    TUNES / f"{name}.mid"
    for name in ("ode_to_joy", "soldiers_joy", "wind_that_shakes_the_barley", "fishers_hornpipe")
)


def phrase_of(path) -> Phrase:
    (phrase,) = symvae.read(path, track=0)
    return phrase


def test_reconstruct_joins_windows(cli, tiny_model, tmp_path):
    result = cli("reconstruct", ODE, "-m", tiny_model, "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert [window["bars"] for window in report["windows"]] == [f"{b}-{b + 1}" for b in range(1, 17, 2)]
    assert all(window["of"] == 32 for window in report["windows"])
    assert len(report["files"]) == 9
    model = symvae.load(tiny_model)
    windows = symvae.read(ODE, grid=model.grid)
    joined = symvae.join(model.reconstruct(windows))
    (whole,) = symvae.read(tmp_path / "reconstruct/reconstruction.mid", grid=joined.grid)
    assert whole == joined


def test_dropped_window_becomes_silence_in_its_place(cli, tiny_model, tmp_path):
    model = symvae.load(tiny_model)
    a, b, *_ = symvae.read(ODE, grid=model.grid)
    silence = Phrase(model.grid, tempo_qpm=a.tempo_qpm)
    symvae.write([a, silence, b], tmp_path / "gap.mid")
    result = cli("reconstruct", "gap.mid", "-m", tiny_model)
    assert result.exit_code == 0, result.stderr
    assert "long_rest" in result.stdout
    assert "silence in place of bars 3-4" in result.stdout
    (whole,) = symvae.read(tmp_path / "reconstruct/reconstruction.mid", grid=model.grid.with_bars(6))
    assert len(whole.window(2, 2)) == 0
    assert whole.window(4, 2) == model.reconstruct([b])[0]


def test_file_without_a_window_has_the_reasons(cli, tiny_model):
    result = cli("reconstruct", TUNES / "lieber_augustin.mid", "-m", tiny_model)
    assert result.exit_code == 1
    assert "has no window of 2 bars of 4/4" in result.stderr
    assert "metre_not_supported" in result.stderr


def test_sample_equals_the_facade_with_the_same_seed(cli, tiny_model, tmp_path):
    words = ("--count", 3, "--seed", 7, "--temperature", 0.9, "--top-p", 0.9, "--tempo", 96)
    result = cli("sample", "-m", tiny_model, *words)
    assert result.exit_code == 0, result.stderr
    model = symvae.load(tiny_model)
    expected = model.sample(3, seed=7, temperature=0.9, top_p=0.9, tempo_qpm=96.0)
    for number, phrase in enumerate(expected, 1):
        (got,) = symvae.read(tmp_path / f"sample/sample-{number}.mid", grid=model.grid)
        assert got == phrase


def test_sample_has_the_form_the_key_and_the_attributes_that_were_asked(cli):
    words = ("-n", 1, "--metre", "3/4", "--form", "AABA", "--key", "E minor", "--set", "notes_per_bar=4")
    result = cli("sample", *words, "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["forms"][0] in ("AABA", "AABA'")  # the end may have a cadence of its own
    assert report["keys"] == ["E minor"]
    assert report["notes_per_bar"][0] == pytest.approx(4, abs=1.5)
    (phrase,) = symvae.read("sample/sample-1.mid")
    assert phrase.window(0, 4) == phrase.window(4, 4)
    told = cli("sample", *words, "--force").stdout
    assert f"1: {report['forms'][0]}, E minor" in told
    assert "notes_per_bar: " in told
    assert "4 asked" in told


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("--form", "AAB"), 1, "16 bars, which 3 sections cannot share equally"),
        (("--form", "sonata"), 1, "'sonata' is no form. Name its sections with letters and primes"),
        (("--form", "AB", "--prior", "gaussian"), 1, 'Choose the prior "learned"'),
        (("--key", "H"), 1, "'H' is no key"),
        (("--set", "tempo=90"), 1, "have no tempo to choose by"),
        (("--set", "notes_per_bar"), 2, "is not attribute=value"),
        (("--set", "=5"), 2, "'=5' is not attribute=value"),
    ],
)
def test_sample_refuses_forms_keys_and_attributes_in_words(cli, words, status, message):
    result = cli("sample", "-n", 1, "--metre", "3/4", *words)
    assert result.exit_code == status
    assert message in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    "words", [("--prior", "normal"), ("--tempo", -3), ("--tempo", 3), ("--count", 10**8), ("--seed", 10**20)]
)
def test_sample_refuses_values_out_of_range(cli, tiny_model, tmp_path, words):
    result = cli("sample", "-m", tiny_model, *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words[0] in result.stderr
    assert not (tmp_path / "sample").exists()


def test_tempo_overrides_that_of_a_piano_model(cli, tmp_path):
    words = ("sample", "-n", 1, "-m", "piano-4bar", "--prior", "gaussian", "--tempo", 90)
    result = cli(*words)
    assert result.exit_code == 0, result.stderr
    assert load(tmp_path / "sample/sample-1.mid").tempo_qpm_at(0) == 90


def test_gaussian_prior_needs_no_training(cli, tiny_model):
    assert (
        cli("sample", "-n", 1, "-m", tiny_model, "--prior", "gaussian", "--prior-temperature", 0.5).exit_code
        == 0
    )


def test_interpolate_writes_the_path_picture_and_sound(cli, tiny_model, tmp_path):
    words = ("interpolate", ODE, JOY, "-m", tiny_model, "--steps", 5, "--plot", "--wav", "--out", "way")
    result = cli(*words)
    assert result.exit_code == 0, result.stderr
    names = {path.name for path in (tmp_path / "way").iterdir()}
    assert names == {*(f"step-{n}.mid" for n in range(1, 6)), "path.mid", "path.png", "path.wav"}
    assert "ode_to_joy.mid: bars 1-2 in 1 window, track 0 'melody'" in result.stdout
    assert "path: search; its ends are the melodies of the files\nkeys: " in result.stdout
    model = symvae.load(tiny_model)
    a, b = symvae.read(ODE, grid=model.grid)[0], symvae.read(JOY, grid=model.grid)[0]
    for number, phrase in enumerate(model.interpolate(a, b, steps=5), 1):
        assert symvae.read(tmp_path / f"way/step-{number}.mid", grid=model.grid) == [phrase]
    assert cli(*words[:-4], "--path", "slerp", "--out", "s.mid").stdout.count(" reconstructed: ") == 2


def test_row_keeps_the_tempo_of_each_step(cli, tiny_model, tmp_path):
    """Ode to Joy is at 120, Soldier's Joy at 180: tempo moves along the path, in the one file, too."""
    assert cli("interpolate", ODE, JOY, "-m", tiny_model, "--steps", 4).exit_code == 0
    row = symvae.read(tmp_path / "interpolate/path.mid", grid=symvae.load(tiny_model).grid)
    assert [phrase.tempo_qpm for phrase in row] == [120.0, 140.0, 160.0, 180.0]


def test_interpolate_from_chosen_bars(cli, tiny_model):
    result = cli(
        "interpolate", ODE, FISHERS, "-m", tiny_model, "--bar", 2, "--bar", 5, "--json", "--path", "slerp"
    )
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    # Two bars of 2/4 make one of the model's 4/4.
    assert [each["bars"] for each in report["inputs"]] == [["2-3"], ["5-8"]]
    assert set(report["ends"]) == {"start", "end"}


def test_interpolate_refuses_a_bar_that_starts_no_window(cli, tiny_model):
    result = cli("interpolate", ODE, FISHERS, "-m", tiny_model, "--bar", 2)
    assert result.exit_code == 1
    assert "no window that starts at bar 2" in result.stderr
    assert "1, 3, 5" in result.stderr


def test_interpolate_four_is_a_square(cli, tiny_model, tmp_path):
    words = ("interpolate", ODE, JOY, REEL, FISHERS, "-m", tiny_model, "--steps", 3, "--plot")
    result = cli(*words)
    assert result.exit_code == 0, result.stderr
    names = {path.name for path in (tmp_path / "interpolate").iterdir()}
    assert names == {*(f"square-{r}-{c}.mid" for r in "123" for c in "123"), "square.mid", "square.png"}
    assert "path: search; its ends" in result.stdout
    slerp = cli(*words[:-1], "--path", "slerp", "--out", "s.mid")
    assert "bottom right reconstructed: " in slerp.stdout


@pytest.mark.parametrize(
    "words",
    [
        (ODE,),
        (ODE, JOY, REEL),
        (ODE, JOY, "--bar", 1, "--bar", 1, "--bar", 1),
        (ODE, JOY, "-n", 1),
        (ODE,) * 4 + ("-n", 101),
        (ODE,) * 4 + ("--path", "lerp"),
        (ODE,) * 4 + ("--in-key",),
        (ODE, JOY, "--keep", "tempo"),
        (ODE, JOY, "--whole", "stretch"),
        (ODE, JOY, "--keep", "rhythm", "--path", "slerp"),
        (ODE, JOY, "--path", "search", "--temperature", 1),
    ],
)
def test_interpolate_wrong_use(cli, words):
    assert cli("interpolate", *words).exit_code == 2


def test_interpolate_refuses_an_unknown_path(cli, tiny_model):
    result = cli("interpolate", ODE, JOY, "-m", tiny_model, "--path", "bezier")
    assert result.exit_code == 2
    assert "slerp, lerp" in result.stderr


def test_variation_of_amount_0_is_the_reconstruction(cli, tiny_model, tmp_path):
    result = cli("variations", ODE, "--amount", 0, "--count", 2, "-m", tiny_model, "--bar", 3)
    assert result.exit_code == 0, result.stderr
    model = symvae.load(tiny_model)
    (expected,) = model.reconstruct([symvae.read(ODE, grid=model.grid)[1]])
    for number in (1, 2):
        assert symvae.read(tmp_path / f"variations/variation-{number}.mid", grid=model.grid) == [expected]


def test_amount_above_1_is_wrong_use(cli, tiny_model):
    assert cli("variations", ODE, "--amount", 2, "-m", tiny_model).exit_code == 2


def test_shift_reports_values_before_and_after(cli, tiny_model, tmp_path):
    result = cli("shift", ODE, "--set", "onset_density=1", "--set", "mean_interval=-0.5", "-m", tiny_model)
    assert result.exit_code == 0, result.stderr
    assert "onset_density: " in result.stdout
    assert "mean_interval: " in result.stdout
    assert (tmp_path / "shift/shifted.mid").is_file()


def test_shift_by_0_is_the_reconstruction(cli, tiny_model, tmp_path):
    assert cli("shift", ODE, "--set", "onset_density=0", "-m", tiny_model).exit_code == 0
    model = symvae.load(tiny_model)
    windows = symvae.read(ODE, grid=model.grid)
    (got,) = symvae.read(tmp_path / "shift/window-1.mid", grid=model.grid)
    assert got == model.reconstruct(windows[:1])[0]


def test_shift_refuses_an_unknown_attribute(cli, tiny_model):
    result = cli("shift", ODE, "--set", "loudness=1", "-m", tiny_model)
    assert result.exit_code == 1
    assert "loudness" in result.stderr
    assert "onset_density" in result.stderr


@pytest.mark.parametrize("setting", ["onset_density", "onset_density=much", "=1="])
def test_shift_wrong_use(cli, tiny_model, setting):
    assert cli("shift", ODE, "--set", setting, "-m", tiny_model).exit_code == 2


@pytest.mark.parametrize("format", ["musicxml", "abc"])
def test_other_formats_out_and_in(cli, tiny_model, tmp_path, format):
    result = cli("sample", "-n", 1, "-m", tiny_model, "--format", format)
    assert result.exit_code == 0, result.stderr
    model = symvae.load(tiny_model)
    (expected,) = model.sample(1)
    (got,) = symvae.read(tmp_path / f"sample/sample-1.{format}", grid=model.grid)
    assert (got.pitch == expected.pitch).all()
    assert (got.onset_step == expected.onset_step).all()


def test_an_unknown_format_is_wrong_use(cli, tiny_model):
    assert cli("sample", "-n", 1, "-m", tiny_model, "--format", "mp3").exit_code == 2


def many_tracks(path) -> None:
    """One bar of three tracks: a melody, a bass and drums."""
    midi = pretty_midi.PrettyMIDI()
    for name, pitch, is_drum in (("melody", 72, False), ("bass", 40, False), ("kit", 38, True)):
        part = pretty_midi.Instrument(0, is_drum=is_drum, name=name)
        part.notes += [pretty_midi.Note(90, pitch, beat / 2, beat / 2 + 0.4) for beat in range(4)]
        midi.instruments.append(part)
    midi.write(str(path))


def test_tracks_not_read_are_reported(cli, tiny_model, tmp_path):
    many_tracks(tmp_path / "band.mid")
    words = ("reconstruct", "band.mid", "-m", tiny_model, "--force")
    assert "not read: tracks 1 'bass', 2 'kit' (drums); choose one with --track" in cli(*words).stdout
    others = json.loads(cli(*words, "--track", "bass", "--json").stdout)["input"]["tracks_not_read"]
    assert [(each["index"], each["name"], each["is_drum"]) for each in others] == [
        (0, "melody", False),
        (2, "kit", True),
    ]
    assert "not read" not in cli("reconstruct", ODE, "-m", tiny_model, "--out", "ode").stdout


def test_silence_appended_to_a_window_is_reported(cli, tiny_model, tmp_path):
    many_tracks(tmp_path / "band.mid")
    words = ("variations", "band.mid", "-m", tiny_model, "--force")
    result = cli(*words)
    assert "band.mid: bar 1 in 1 window" in result.stdout
    assert "1 bar of silence added after bar 1, to fill the window" in result.stdout
    assert json.loads(cli(*words, "--json").stdout)["input"]["silent_bars_added"] == [1]


def test_paired_bars_of_2_4_add_no_silence(cli, tiny_model):
    """Fishers' Hornpipe is in 2/4: four of its bars fill a window of two."""
    result = cli("variations", FISHERS, "-m", tiny_model)
    assert result.exit_code == 0, result.stderr
    assert "of silence" not in result.stdout


def test_one_silent_bar_is_in_the_singular():
    from symvae.music.bars import bars_in_words
    from symvae.music.grid import Grid
    from symvae.music.reading import Collector

    collector, bar = Collector(), Phrase(Grid.of_metre("4/4", 1))
    for start in (0, 2):
        collector.take(bar, (start, start + 1), 1920.0 * start)
    row, filled = fill_gaps(collector.reading(), [bar, bar])
    assert (len(row), filled, bars_in_words(filled)) == (3, [(1, 2)], "bar 2")


@pytest.mark.parametrize("verb", ["variations", "reconstruct", "shift"])
def test_a_seed_out_of_range_is_wrong_use(cli, tiny_model, verb):
    settings = ("--set", "onset_density=1") if verb == "shift" else ()
    assert cli(verb, ODE, "-m", tiny_model, *settings, "--seed", 10**20).exit_code == 2
    assert cli(verb, ODE, "-m", tiny_model, *settings, "--seed", -1).exit_code == 2


def test_largest_seed_and_slowest_tempo_are_accepted(cli, tiny_model):
    result = cli("sample", "-n", 1, "-m", tiny_model, "--seed", 2**63 - 1, "--tempo", 4)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("1 phrase of 2 bars from tiny")


def test_shift_sets_each_attribute_once(cli, tiny_model):
    result = cli("shift", ODE, "--set", "onset_density=1", "--set", "onset_density=2", "-m", tiny_model)
    assert result.exit_code == 2
    assert "onset_density is set twice" in result.stderr


def test_shift_of_a_model_without_vectors_names_the_remedy(cli, tiny_model, tmp_path):
    bare = shutil.copytree(tiny_model, tmp_path / "bare")
    (bare / "latent.safetensors").unlink()
    result = cli("shift", ODE, "--set", "onset_density=1", "-m", bare)
    assert result.exit_code == 1
    assert "Run `symvae evaluate --update-model`" in result.stderr


def test_leftover_files_of_a_longer_path_are_noticed(cli, tiny_model):
    words = ("interpolate", ODE, JOY, "-m", tiny_model, "--force")
    assert cli(*words, "--steps", 9, "--plot").stderr == ""
    result = cli(*words, "--steps", 7)
    assert result.exit_code == 0
    assert "interpolate still holds 3 files of an earlier call (path.png, step-8.mid, step-9.mid)." in (
        result.stderr
    )


def test_too_many_results_for_one_picture_are_refused_before_the_work(cli, tmp_path):
    result = cli("sample", "--count", 201, "--prior", "gaussian", "--plot", "--out", "many")
    assert result.exit_code == 1
    assert "Leave out --plot" in result.stderr
    assert not (tmp_path / "many").exists()


def test_infill_keeps_the_other_bars(cli, tiny_model, tmp_path):
    words = ("--from", 2, "--to", 2, "--bar", 3, "-n", 2, "--seed", 5, "--plot")
    result = cli("infill", ODE, "-m", tiny_model, *words, "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["drawn_bars"] == [2, 2]
    assert len(report["kept"]) == 2
    assert (tmp_path / "infill/versions.png").is_file()
    model = symvae.load(tiny_model)
    given = symvae.read(ODE, grid=model.grid)[1]
    for number, (expected, _) in enumerate(model.infill(given, [1], 2, seed=5), 1):
        (got,) = symvae.read(tmp_path / f"infill/version-{number}.mid", grid=model.grid)
        assert got == expected
        assert list(got.window(0, 1).pitch) == list(given.window(0, 1).pitch)
    output = cli("infill", ODE, "-m", tiny_model, *words, "--force")
    assert "bar 2 of the window redrawn; the others unchanged" in output.stdout
    wrong = cli("infill", ODE, "-m", tiny_model, "--from", 2, "--to", 3, "--force")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert wrong.stderr == (
        "symvae: There is no bar 3 in a window of 2 bars. Give --to up to 2. Or use --model melody-16bar.\n"
    )


@pytest.mark.parametrize(("bar", "spans"), [(None, "16-16"), (4, "4-4")])
def test_continue_from_the_end_or_from_a_bar(cli, tiny_model, tmp_path, bar, spans):
    words = () if bar is None else ("--bar", bar)
    result = cli("continue", ODE, "-m", tiny_model, "--bars", 3, "-n", 1, "--json", *words)
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["input"]["bars"] == [spans]
    assert (report["given_bars"], report["new_bars"]) == (1, 3)
    model = symvae.load(tiny_model)
    (got,) = symvae.read(tmp_path / "continue/version-1.mid", grid=model.grid.with_bars(4))
    given = phrase_of(ODE).window((bar or 16) - 1, 1)
    assert got.window(0, 1) == given
    output = cli("continue", ODE, "-m", tiny_model, "--bars", 3, "-n", 1, "--force", *words)
    assert "1 bar unchanged, then 3 new" in output.stdout


def test_a_version_shorter_than_a_section_has_no_form(cli, tmp_path):
    symvae.write(symvae.read(ODE)[0].window(0, 1), tmp_path / "short.mid")
    output = cli("continue", "short.mid", "-m", "melody-16bar", "--bars", 1, "-n", 1, "--best-of", 1)
    assert output.exit_code == 0, output.stderr
    assert "1 bar unchanged, then 1 new in each version" in output.stdout
    assert "form" not in output.stdout


def test_continue_needs_a_tune_in_its_metre(cli, tiny_model):
    for words in ((TUNES / "lieber_augustin.mid",), (ODE, "--bar", 99)):
        result = cli("continue", *words, "-m", tiny_model)
        assert result.exit_code == 1
        assert "in 4/4 to continue" in result.stderr


def tune(path, *bars: tuple[int, int, int], notes: list[tuple[float, float, int]]) -> None:
    """A MIDI file: (numerator, denominator, first quarter) of each metre, notes in quarters at 60 qpm."""
    midi = pretty_midi.PrettyMIDI(initial_tempo=60)
    for numerator, denominator, quarter in bars:
        midi.time_signature_changes.append(pretty_midi.TimeSignature(numerator, denominator, quarter))
    part = pretty_midi.Instrument(0)
    part.notes = [pretty_midi.Note(90, pitch, start, end) for start, end, pitch in notes]
    midi.instruments.append(part)
    midi.write(str(path))


def quarters(count: int, first: int = 0) -> list[tuple[float, float, int]]:
    return [(first + n, first + n + 1, 60 + n % 8) for n in range(count)]


def test_continue_reports_drops(cli, tiny_model, tmp_path):
    """Four bars of 4/4, then 3/4; and a note that is held over into the bar to go on from."""
    tune(tmp_path / "two.mid", (4, 4, 0), (3, 4, 16), notes=quarters(28))
    result = cli("continue", "two.mid", "-m", tiny_model, "--bars", 1, "-n", 1)
    assert result.exit_code == 0, result.stderr
    assert "two.mid: bar 4 in 1 window" in result.stdout
    assert "bars 5-8: in 3/4, the model is in 4/4" in result.stdout
    tune(tmp_path / "held.mid", (4, 4, 0), notes=[*quarters(2), (2, 6, 72), (6, 8, 74)])
    result = cli("continue", "held.mid", "-m", tiny_model, "--bars", 1, "-n", 1, "--force", "--json")
    (dropped,) = json.loads(result.stdout)["input"]["dropped"]
    assert (dropped["reason"], dropped["count"]) == ("tied_in", 1)
    tune(tmp_path / "long.mid", (4, 4, 0), notes=[*quarters(2), (2, 8, 72)])
    result = cli("continue", "long.mid", "-m", tiny_model, "--bars", 1, "-n", 1, "--force")
    assert result.exit_code == 1
    assert "no note starts in it" in result.stderr


@pytest.mark.parametrize(("bar", "span"), [(1, "1-2"), (2, "1-2"), (3, "3-4"), (7, "7-7")])
def test_continue_after_any_bar_of_two_four(cli, tiny_model, tmp_path, bar, span):
    tune(tmp_path / "polka.mid", (2, 4, 0), notes=quarters(14))
    result = cli("continue", "polka.mid", "-m", tiny_model, "--bars", 1, "-n", 1, "--bar", bar, "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["input"]["bars"] == [span]


def test_continue_keeps_the_tempo_of_the_last_bars(cli, tiny_model, tmp_path):
    (ode,) = symvae.read(ODE, track=0)
    slow, quick = ode.window(0, 4).with_tempo(60.0), ode.window(4, 4).with_tempo(180.0)
    symvae.write([slow, quick], tmp_path / "quicker.mid")
    result = cli("continue", "quicker.mid", "-m", tiny_model, "--bars", 1, "-n", 1)
    assert result.exit_code == 0, result.stderr
    (got,) = symvae.read(tmp_path / "continue/version-1.mid", grid=symvae.Grid(2))
    assert got.tempo_qpm == 180.0


def test_bars_behind_the_window_are_counted_from_its_first(cli, tiny_model):
    result = cli("infill", TUNES / "ode_to_joy.mid", "--from", 300, "--to", 400, "-m", tiny_model)
    assert result.exit_code == 1
    assert "Bars are counted from the first one of the window, which --bar chooses." in result.stderr
    assert "--to up to" not in result.stderr


def test_tune_in_another_metre_gets_the_names_of_its_models(cli):
    result = cli("reconstruct", TUNES / "lieber_augustin.mid", "-m", "melody-2bar")
    assert result.exit_code == 1
    assert result.stderr.endswith("Use --model melody-16bar-3-4 or melody-4bar-3-4.\n")


def test_drums_alone_are_named_as_the_reason(cli, tiny_model, tmp_path):
    midi = pretty_midi.PrettyMIDI()
    kit = pretty_midi.Instrument(0, is_drum=True)
    kit.notes = [pretty_midi.Note(90, 36, n, n + 0.5) for n in range(8)]
    midi.instruments.append(kit)
    midi.write(str(tmp_path / "drums.mid"))
    for words in (("continue",), ("infill", "--from", 1, "--to", 1)):
        result = cli(words[0], "drums.mid", *words[1:], "-m", tiny_model)
        assert result.exit_code == 1
        assert "all its notes are in drum tracks" in result.stderr
