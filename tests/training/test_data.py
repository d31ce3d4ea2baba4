"""`mynah-train data`: corpora become a data folder, and what is wrong with one is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from device.audio.wav import read
from device.errors import MynahError
from training.cli import main
from training.corpus import checking, lacks
from training.corpus.manifest import HELD_OUT, Utterance, held_out, read_manifest
from training.corpus.store import load_measured_rooms

RATE = 44_100


def tone(seconds: float, rate: int = RATE, channels: int = 1) -> np.ndarray:  # type: ignore[type-arg]
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    return np.stack([wave, *[0.1 * wave] * (channels - 1)], axis=1)


def recorded(file: Path, seconds: float = 0.5, rate: int = RATE, channels: int = 1) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(
        file, tone(seconds, rate, channels), rate, format="FLAC" if file.suffix == ".flac" else "WAV"
    )


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """Speech Commands as it is published, but for most of it."""
    for name in ("yes/aa_nohash_0", "no/aa_nohash_0", "no/bb_nohash_1"):
        recorded(tmp_path / f"published/{name}.wav")
    return tmp_path / "published"


def test_without_arguments_it_shows_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data"]) == 0
    shown = capsys.readouterr().out
    for name in ("librispeech", "common-voice", "an4", "vctk", "esc-10", "musan", "rirs-noises", "CC BY 4.0"):
        assert name in shown


def test_a_corpus_becomes_16_khz_mono_with_a_manifest(commands: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert main(["data", "speech-commands", str(commands), "--data", str(data)]) == 0
    items = read_manifest(data / "speech/speech-commands")
    assert [(item.speaker, item.text, item.seconds) for item in items] == [
        ("speech-commands/aa", "no", 0.5),
        ("speech-commands/bb", "no", 0.5),
        ("speech-commands/aa", "yes", 0.5),
    ]
    info = soundfile.info(items[0].path)
    assert (info.samplerate, info.channels, info.format) == (16_000, 1, "FLAC")
    assert read(items[0].path).std() == pytest.approx(0.3 / np.sqrt(2) * 32_768, rel=0.01)


def test_it_goes_on_where_it_was_stopped(commands: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    arguments = ["data", "speech-commands", str(commands), "--data", str(data)]
    assert main(arguments) == 0
    first = data / "speech/speech-commands/yes/aa_nohash_0.flac"
    made = first.stat().st_mtime_ns
    (data / "speech/speech-commands/no/aa_nohash_0.flac").unlink()
    assert main(arguments) == 0
    assert first.stat().st_mtime_ns == made
    assert len(read_manifest(data / "speech/speech-commands")) == 3


def test_what_cannot_be_read_is_told_and_left_out(
    commands: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (commands / "yes/aa_nohash_0.wav").write_bytes(b"RIFF")
    assert main(["data", "speech-commands", str(commands), "--data", str(tmp_path / "data")]) == 0
    shown = capsys.readouterr().out
    assert "left out: " in shown
    assert "aa_nohash_0.wav" in shown
    assert len(read_manifest(tmp_path / "data/speech/speech-commands")) == 2


def test_flac_of_the_right_kind_is_copied(tmp_path: Path) -> None:
    file = tmp_path / "published/84/1/84-1-0000.flac"
    recorded(file, rate=16_000)
    file.with_name("84-1.trans.txt").write_text("84-1-0000 YES\n")
    assert main(["data", "librispeech", str(tmp_path / "published"), "--data", str(tmp_path / "data")]) == 0
    copy = tmp_path / "data/speech/librispeech/84/84-1-0000.flac"
    assert copy.read_bytes() == file.read_bytes()


def test_corpora_of_noise_share_a_manifest_and_rooms_a_folder(tmp_path: Path) -> None:
    data, published = tmp_path / "data", tmp_path / "published"
    recorded(published / "musan/noise/free-sound/noise-free-sound-0000.wav")
    recorded(published / "esc/audio/1-1-A-0.wav")
    (published / "esc/meta").mkdir()
    (published / "esc/meta/esc50.csv").write_text("filename,fold,category,esc10\n1-1-A-0.wav,1,dog,True\n")
    rooms = published / "RIRS_NOISES/real_rirs_isotropic_noises"
    recorded(rooms / "air.wav", channels=8)
    (rooms / "rir_list").write_text("--rir-id 1 RIRS_NOISES/real_rirs_isotropic_noises/air.wav\n")
    for name in ("musan", "esc-10", "musan", "rirs-noises"):
        assert main(["data", name, str(published), "--data", str(data)]) == 0
    paths = [str(item.path.relative_to(data / "noise")) for item in read_manifest(data / "noise")]
    assert sorted(paths) == [
        "esc-10/dog/1-1-A-0.flac",
        "musan/noise/free-sound/noise-free-sound-0000.flac",
    ]
    assert len(load_measured_rooms(data / "rir")) == 1
    assert read(data / "rir/rirs-noises-air.flac").std() == pytest.approx(0.3 / np.sqrt(2) * 32_768, rel=0.01)


def test_so_many_hours_are_of_many_speakers(
    commands: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(300):
        target = commands / f"on/{number:04}_nohash_0.wav"
        target.parent.mkdir(exist_ok=True)
        target.hardlink_to(commands / "yes/aa_nohash_0.wav")
    data = tmp_path / "data"
    assert main(["data", "speech-commands", str(commands), "--data", str(data), "--hours", "0.008"]) == 0
    items = read_manifest(data / "speech/speech-commands")
    assert 28.8 <= sum(item.seconds for item in items) <= 60
    assert len({item.speaker for item in items}) > 50


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["data", "vctk", ".", "--data", "data"], "has nothing of vctk in it"),
        (["data", "vctk", "nowhere", "--data", "data"], "nowhere is no folder"),
        (["data", "vctk", "--data", "data"], "name the folder to which the corpus was unpacked"),
        (["data", "timit", ".", "--data", "data"], "no corpus is called 'timit': take one of librispeech, "),
        (["data", "vctk", "."], "name the data folder: --data DATA"),
        (["data", "--check", "--data", "nowhere"], "nowhere is not there"),
        (["wake", "--phrase", "hey", "--out", "x", "--data", "nowhere"], "nowhere is not there"),
        (["hearing", "--out", "x", "--data=nowhere"], "nowhere is not there"),
        (["evaluate", "assist", "--data", "nowhere"], "nowhere is not there"),
    ],
)
def test_what_cannot_be_is_one_line_at_once(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) != 0
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_a_check_says_what_is_wrong_and_what_is_lacking(
    commands: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    main(["data", "speech-commands", str(commands), "--data", str(data)])
    assert main(["data", "--check", "--data", str(data)]) == 0
    shown = capsys.readouterr().out
    assert "speech/speech-commands: 3 recordings, 0.0 h, 2 speakers" in shown
    assert "noise is not there: nothing can be trained" in shown
    assert "without librispeech, training lacks: long sentences" in shown
    assert "without speech-commands" not in shown
    folder = data / "speech/speech-commands"
    (folder / "yes/aa_nohash_0.flac").unlink()
    (folder / "no/aa_nohash_0.flac").write_bytes(b"fLaC")
    soundfile.write(folder / "no/bb_nohash_1.flac", tone(0.7), RATE)
    (data / "speech/empty").mkdir()
    assert main(["data", "--check", "--data", str(data)]) == 1
    shown = capsys.readouterr().out
    assert "1 of 3 recordings are not there, such as aa_nohash_0.flac" in shown
    assert "1 of 3 recordings cannot be read, such as aa_nohash_0.flac" in shown
    assert "1 of 3 recordings are of another length than the manifest says, such as bb_nohash_1.flac" in shown
    assert "speech/empty: " in shown


def test_a_speaker_who_is_trained_on_and_measured_with_is_told() -> None:
    def people(folder: str) -> list[Utterance]:
        names = [f"s{number}" for number in range(60)]
        return [Utterance(Path(f"{folder}/{n}.flac"), 1.0, f"{folder}/{n}", "", folder) for n in names]

    torn = sum(held_out(f"a/s{n}", HELD_OUT) != held_out(f"a-more/s{n}", HELD_OUT) for n in range(60))
    assert torn
    (line,) = checking.doubled({name: people(name) for name in ("a", "a-more", "other")})
    assert line.startswith(f"a, a-more: {torn} speakers are in both")


def test_a_wake_word_needs_noise_and_somebody_who_does_not_say_it(tmp_path: Path) -> None:
    (tmp_path / "noise").mkdir()
    (tmp_path / "noise/manifest.tsv").write_text("path\tseconds\tspeaker\ttext\n")
    with pytest.raises(MynahError, match="mynah-train data made-up"):
        lacks.require_for_wake(tmp_path)
    (tmp_path / "negative/radio").mkdir(parents=True)
    lacks.require_for_wake(tmp_path)
