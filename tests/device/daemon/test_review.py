"""What is kept for review, for whom, how much of it, and only if somebody wants it."""

from __future__ import annotations

import json
import stat
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from device.assembly.daemon import duties
from device.audio import wav
from device.audio.volume import Volume
from device.cli import main
from device.daemon.review import AFTER, BEFORE, Label, Reason, Recorder, Store
from device.errors import ReviewError
from device.events import SAMPLE_RATE, Detection
from device.settings import ReviewSettings, Settings
from device.system.service import Service
from tests.device import fakes
from tests.device.trial import Broker, Mouth, Trial, message

NOW = datetime(2026, 1, 2, 3, 4, 5)
FOUND = Detection("hey mynah", 0.7, 16_000)
SOUND = np.full(SAMPLE_RATE, 7, np.int16)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "review", most=3)


def kept(store: Store, texts: list[str | None], near: Detection | None = None) -> None:
    """A daemon that hears the wake word at 6 s, then `texts`."""
    recorder = Recorder(store, lambda: near, lambda: NOW)
    Trial(fakes.assistant((6.0,), texts), duties=[recorder]).run(fakes.audio(10))


def test_a_wake_word_after_which_nothing_came_is_kept(store: Store) -> None:
    kept(store, [None])
    (clip,) = store.clips()
    assert (clip.name, clip.reason, clip.label) == ("hey mynah", Reason.CANCELLED, None)
    assert clip.when == "2026-01-02T03:04:05"
    assert clip.end == pytest.approx(BEFORE)
    assert len(wav.read(clip.file)) == round((BEFORE + AFTER) * SAMPLE_RATE)


@pytest.mark.parametrize(("text", "clips"), [("turn on the lamp", 0), ("never mind", 1)])
def test_never_mind_says_that_it_was_none(store: Store, text: str, clips: int) -> None:
    kept(store, [text])
    assert len(store.clips()) == clips


def test_what_was_nearly_heard_before_is_kept_once(store: Store) -> None:
    near = Detection("hey mynah", 0.2, 3 * SAMPLE_RATE)
    kept(store, ["turn on the lamp"], near)
    (clip,) = store.clips()
    assert (clip.reason, clip.probability) == (Reason.NEAR_MISS, 0.2)


def test_another_word_that_was_nearly_heard_is_not(store: Store) -> None:
    kept(store, ["turn on the lamp"], Detection("lights out", 0.2, 5 * SAMPLE_RATE))
    assert store.clips() == []


@pytest.mark.parametrize("at", [0, 7 * SAMPLE_RATE])
def test_what_was_nearly_heard_long_before_or_later_is_not(store: Store, at: int) -> None:
    kept(store, ["turn on the lamp"], Detection("hey mynah", 0.2, at))
    assert store.clips() == []


def test_nothing_is_kept_of_a_turn_that_was_muted(store: Store) -> None:
    broker = Broker({80: message("mute/set", b"ON")})  # the chunk at 6.4 s
    recorder = Recorder(store, lambda: None, lambda: NOW)
    trial = Trial(fakes.assistant((6.0,), [None]), broker, duties=[recorder]).run(fakes.audio(10))
    assert trial.turns == []
    assert store.clips() == []


def test_only_the_user_can_read_it(store: Store) -> None:
    clip = store.add(SOUND, FOUND, Reason.CANCELLED, 0.5, NOW)
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    for file in store.folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert store.clips() == [clip]


def test_the_oldest_makes_room(store: Store) -> None:
    clips = [
        store.add(SOUND, FOUND, Reason.CANCELLED, 0.5, NOW + timedelta(seconds=number)) for number in range(5)
    ]
    assert store.clips() == clips[2:]
    assert len(list(store.folder.iterdir())) == 6
    late = store.add(SOUND, FOUND, Reason.CANCELLED, 0.5, NOW - timedelta(days=9))  # the clock was set back
    assert late in store.clips()


def test_what_is_torn_is_left_out(store: Store) -> None:
    clip = store.add(SOUND, FOUND, Reason.CANCELLED, 0.5, NOW)
    (store.folder / "torn.json").write_text("{")
    (store.folder / "strange.json").write_text(json.dumps({"label": 5}))
    (store.folder / "alone.wav").write_bytes(b"")
    assert store.clips() == [clip]
    store.clear()
    assert list(store.folder.iterdir()) == []
    with pytest.raises(ReviewError, match="deleted to make room"):
        store.label(clip, Label.WAKE)


def test_what_a_cut_of_the_power_has_left_goes_with_the_next(store: Store) -> None:
    store.folder.mkdir()
    left = [
        store.folder / name for name in ("20261120-101010-000001.wav", ".20261120-101010-000001.json.new")
    ]
    others = [store.folder / "song.wav", store.folder / "20261120-101010-000001.wav.txt"]
    for file in (*left, *others):
        file.write_bytes(b"")
    clips = [store.add(SOUND, FOUND, Reason.CANCELLED, 0.5, NOW + timedelta(seconds=n)) for n in range(2)]
    assert not any(file.exists() for file in left)
    assert all(file.exists() for file in others)
    assert store.clips() == clips


def test_a_place_where_nothing_can_be_kept_ends_no_turn(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "review").write_text("a file")
    store = Store(tmp_path / "review")
    with pytest.raises(ReviewError, match="make room there"):
        store.add(SOUND, FOUND, Reason.CANCELLED, 0.5, NOW)
    kept(store, [None])
    assert "make room there" in caplog.text


def test_nothing_is_kept_unless_it_is_wanted(tmp_path: Path) -> None:
    def kinds(settings: Settings) -> list[type]:
        return [
            type(duty)
            for duty in duties(settings, fakes.assistant(), Mouth(), Mouth(), Volume(80), Service({}))
        ]

    assert Recorder not in kinds(Settings())
    assert Recorder in kinds(Settings(review=ReviewSettings(keep=True, folder=tmp_path)))


def test_review_lists_labels_and_deletes(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(2):
        store.add(SOUND, FOUND, Reason.CANCELLED, 0.5, NOW + timedelta(seconds=number))
    config = tmp_path / "mynah.toml"
    config.write_text('[review]\nfolder = "review"\n')
    review = ["review", "--config", str(config)]
    assert main([*review, "--label", "1", "other", "--label", "2", "wake"]) == 0
    assert [clip.label for clip in store.clips()] == [Label.OTHER, Label.WAKE]
    assert "nothing came after it  other" in capsys.readouterr().out
    assert main([*review, "--delete", "1", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["label"] == "wake"
    for wrong in (["--label", "1", "perhaps"], ["--label", "7", "wake"], ["--delete", "x"], ["--play", "9"]):
        assert main([*review, *wrong]) == 2
    assert main([*review, "--delete", "all"]) == 0
    assert list(store.folder.iterdir()) == []
    assert main(review) == 0
    assert "review.keep is false" in capsys.readouterr().out


def test_what_somebody_has_laid_there_does_nothing_to_a_terminal(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder is the daemon's, and root looks at it."""
    store.add(SOUND, Detection("\x1b]0;mine\x07\x9b2J", 0.7, 16_000), Reason.CANCELLED, 0.5, NOW)
    config = tmp_path / "mynah.toml"
    config.write_text('[review]\nfolder = "review"\n')
    assert main(["review", "--config", str(config)]) == 0
    assert "?]0;mine??2J (0.70)" in capsys.readouterr().out
