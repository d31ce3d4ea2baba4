"""Manifests, augmentation and noise at a stated ratio."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from device.audio.frontend import features
from device.errors import MynahError
from device.events import SAMPLE_RATE
from training.corpus import augment, manifest, texts
from training.corpus.noises import CLEAN, active_power
from training.corpus.readings import broad, other_reading
from training.evaluate.intervals import share_with_interval

RNG = np.random.default_rng(0)


def test_a_manifest_is_read_and_its_texts_normalised(tmp_path: Path) -> None:
    (tmp_path / "manifest.tsv").write_text(
        "path\tseconds\tspeaker\ttext\na/b.flac\t1.5\tann\tDon't, PLEASE stop!\n"
    )
    (utterance,) = manifest.read_manifest(tmp_path)
    assert utterance.path == tmp_path / "a" / "b.flac"
    assert (utterance.text, utterance.seconds) == ("don't please stop", 1.5)
    assert utterance.speaker == f"{tmp_path.name}/ann"


def test_a_folder_without_a_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(MynahError, match=r"manifest\.tsv does not exist"):
        manifest.read_manifest(tmp_path)


def test_a_manifest_without_the_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.tsv").write_text("file\tduration\nx\t1\n")
    with pytest.raises(MynahError, match="must name the columns"):
        manifest.read_manifest(tmp_path)


def test_no_speaker_is_on_both_sides_of_a_split() -> None:
    people = [
        manifest.Utterance(Path("x"), 1.0, f"corpus/{number % 40}", "", "corpus") for number in range(400)
    ]
    training, held = manifest.split(people, 0.2)
    assert not {item.speaker for item in training} & {item.speaker for item in held}
    assert 20 < len(held) < 160


def test_noise_mixed_on_features_is_noise_mixed_on_samples() -> None:
    time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    speech = (5000 * np.sin(2 * np.pi * 440 * time) * (time % 0.4 < 0.2)).astype(np.int16)
    noise = RNG.normal(0, 500, SAMPLE_RATE).astype(np.int16)
    mixed = augment.mixed(features(speech), features(noise), 0.0)
    difference = mixed - features(speech + noise)
    assert abs(float(np.mean(difference))) < 0.2


def test_a_gain_is_an_offset() -> None:
    noise = RNG.normal(0, 8000, SAMPLE_RATE).astype(np.int16)
    quieter = features((noise // 4).astype(np.int16))
    assert float(np.mean(features(noise) - quieter)) == pytest.approx(np.log(16), abs=0.05)


def test_reverberation_keeps_length_and_loudness() -> None:
    samples = RNG.normal(0, 2000, SAMPLE_RATE).astype(np.int16)
    wet = augment.reverberate(samples, augment.simulated_room(RNG))
    assert len(wet) == len(samples)
    assert np.std(wet) == pytest.approx(np.std(samples), rel=0.05)


def test_faster_speech_is_shorter() -> None:
    assert len(augment.faster(np.zeros(16_000, np.int16), 1.25)) == pytest.approx(12_800, abs=2)


def test_masks_leave_most_of_the_features() -> None:
    masked = augment.masked(np.ones((200, 40), np.float32), RNG)
    assert masked.mean() > 0.5


def test_active_power_ignores_silence() -> None:
    speech = np.concatenate([np.zeros(16_000), np.full(16_000, 1000.0)])
    assert active_power(speech) == pytest.approx(1e6)
    assert active_power(np.zeros(1000)) == 0.0


def test_the_interval_is_wilsons() -> None:
    share, low, high = share_with_interval(95, 100)
    assert share == 0.95
    assert low == pytest.approx(0.8882, abs=1e-3)
    assert high == pytest.approx(0.9785, abs=1e-3)
    assert share_with_interval(0, 0) == (0.0, 0.0, 1.0)


def test_numbers_are_spoken() -> None:
    assert [texts.spoken_number(value) for value in (0, 13, 20, 99)] == [
        "zero",
        "thirteen",
        "twenty",
        "ninety nine",
    ]


def test_only_words_are_sayable() -> None:
    kept = texts.sayable(iter(["Turn it on, please.", "At 5 o'clock", "u. s. d.", "x", "I say a word"]))
    assert kept == ["turn it on please", "i say a word"]
    assert CLEAN > 100


def test_home_commands_are_reproducible_and_words_only() -> None:
    first = list(texts.home_commands(50, np.random.default_rng(1)))
    assert first == list(texts.home_commands(50, np.random.default_rng(1)))
    assert not any(mark in text for text in first for mark in "{}0123456789")


@pytest.mark.parametrize(
    ("reading", "other"),
    [
        ("AO L M AH N D", True),  # another sound
        ("AO M AH N D", False),  # another vowel
        ("AA M ER N D", True),
        ("AE P AH L", False),  # another word
    ],
)
def test_readings_that_differ_by_more_than_a_vowel_are_kept(reading: str, other: bool) -> None:
    assert other_reading([("AA", "M", "AH", "N", "D")], tuple(reading.split())) == other


@pytest.mark.parametrize(
    ("known", "reading", "found"),
    [
        ("G L AE S", "G L AA S", "G L AA S"),
        ("AE D V AE N T IH JH", "AH D V AA N T IH JH", "AE D V AA N T IH JH"),
        ("F AE N", "F AE N", None),
        ("K AA R T", "K AA T", None),  # another difference, of all accents without that R
    ],
)
def test_the_broad_a_is_taken_over_alone(known: str, reading: str, found: str | None) -> None:
    got = broad(tuple(known.split()), tuple(reading.split()))
    assert got == (tuple(found.split()) if found else None)


def test_a_gate_leaves_digital_silence_between_words() -> None:
    tone = (8000 * np.sin(np.arange(8000) * 0.3)).astype(np.int16)
    hiss = RNG.normal(0, 20, 24_000).astype(np.int16)
    hiss[8000:16_000] += tone
    frames = augment.gated(features(hiss), 5.0)
    assert (frames[:40] == augment.FLOOR).all()
    assert (frames[55:95].max(axis=1) > -10).all()
    np.testing.assert_array_equal(augment.gated(features(tone), 5.0), features(tone))
