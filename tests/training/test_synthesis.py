"""Synthetic voices: what they say, how fast, how high, and who is held out."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import numpy as np
import pytest

from training.corpus import speakers, synthesis
from training.corpus.synthesis import HELD_OUT_VOICES, TRAINING_VOICES, SynthesisError, Utterance, Voice

ONE_OF_EACH = [
    Voice("espeak-ng", "en-us", "f3"),
    Voice("flite", "slt"),
    Voice("flite", "kal16"),
    Voice("festival", "kal_diphone"),
    Voice("festival", "cmu_us_slt_arctic_hts"),
]


def installed(voice: Voice) -> Voice:
    if shutil.which(voice.engine) is None:
        pytest.skip(f"{voice.engine} is not installed")
    return voice


@pytest.mark.parametrize("voice", ONE_OF_EACH, ids=str)
def test_every_engine_speaks_the_same_twice_and_faster_when_told(voice: Voice) -> None:
    installed(voice)
    samples = synthesis.speak("turn on the kitchen lamp", voice)
    assert samples.dtype == np.int16
    assert 0.8 < len(samples) / 16_000 < 3.0
    assert np.abs(samples).max() > 1000
    np.testing.assert_array_equal(samples, synthesis.speak("turn on the kitchen lamp", voice))
    fast = synthesis.speak("turn on the kitchen lamp", voice, rate=1.4)
    assert 0.6 < len(fast) / len(samples) < 0.85


@pytest.mark.parametrize("voice", ONE_OF_EACH, ids=str)
def test_pitch_leaves_the_duration_alone(voice: Voice) -> None:
    installed(voice)
    samples = synthesis.speak("turn on the kitchen lamp", voice)
    high = synthesis.speak("turn on the kitchen lamp", voice, pitch=1.2)
    assert len(high) / len(samples) == pytest.approx(1.0, abs=0.06)
    assert not np.array_equal(high, samples)


def test_alignment_covers_the_samples_without_gaps() -> None:
    voice = installed(Voice("flite", "slt"))
    samples, segments = synthesis.speak_aligned("turn on the lamp. now", voice, rate=1.2, pitch=1.1)
    assert " ".join(phone for phone, _, _ in segments) == "SIL T ER N AA N DH AH L AE M P SIL N AW SIL"
    assert segments[0][1] == 0.0
    assert all(before[2] == after[1] for before, after in itertools.pairwise(segments))
    assert segments[-1][2] == pytest.approx(len(samples) / 16_000, abs=0.03)


def test_only_flite_aligns() -> None:
    with pytest.raises(SynthesisError, match="no alignment"):
        synthesis.speak_aligned("hello", Voice("espeak-ng", "en-us"))


def test_a_batch_keeps_its_order() -> None:
    voice = installed(Voice("espeak-ng", "en-gb"))
    words = ["one", "twenty five", "a much longer sentence than the others", "go"] * 6
    batch = list(synthesis.speak_all(Utterance(word, voice) for word in words))
    assert [len(samples) for samples in batch] == [len(synthesis.speak(word, voice)) for word in words]


def test_drawing_is_a_function_of_the_seed() -> None:
    def drawn(seed: int) -> list[Utterance]:
        return synthesis.draw(["a", "b"], TRAINING_VOICES, 50, np.random.default_rng(seed))

    assert drawn(1) == drawn(1) != drawn(2)
    assert {utterance.voice.engine for utterance in drawn(1)} == {"espeak-ng", "flite", "festival"}


def test_no_held_out_speaker_is_trained_on() -> None:
    # kal and slt speak under two engines each; an espeak-ng variant speaks every accent.
    def speaker(voice: Voice) -> str:
        return next((name for name in ("kal", "slt") if name in voice.name), voice.variant or voice.name)

    assert not {speaker(voice) for voice in HELD_OUT_VOICES} & {speaker(voice) for voice in TRAINING_VOICES}
    assert {voice.name for voice in HELD_OUT_VOICES} >= set(synthesis.ACCENTS)
    assert all(speakers.number_of(voice.variant) is not None for voice in synthesis.DRAWN_VOICES)
    assert len(set(synthesis.voices())) == len(TRAINING_VOICES) + len(HELD_OUT_VOICES)


@pytest.mark.parametrize("name", [("espeak-ng", "en-us"), ("festival", synthesis.HTS)])
def test_drawn_speakers_are_speakers_of_their_own(name: tuple[str, str]) -> None:
    installed(Voice(*name))
    first, again, second = (
        synthesis.speak("turn on the light", Voice(*name, speakers.name(number))) for number in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    own = synthesis.speak("turn on the light", Voice(*name))
    assert not np.array_equal(first, own)
    assert not np.array_equal(first, second)
    assert 0.8 < len(first) / len(second) < 1.25  # a deeper voice is no slower


def test_a_voice_file_without_an_all_pass_constant_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "voice.htsvoice"
    file.write_bytes(b"nothing")
    with pytest.raises(ValueError, match="no all-pass constant"):
        speakers.warped_voice(tmp_path, file, 1)


def test_another_all_pass_constant_undoes_the_slower_play() -> None:
    for number in range(50):
        tract = speakers.tract(number, own=0.45)
        formants = tract.pitch * (1.45 / 0.55) / ((1 + tract.alpha) / (1 - tract.alpha))
        assert 0.8 < formants < 1.1


def test_a_voice_that_is_not_installed_says_what_to_install() -> None:
    installed(Voice("festival", "kal_diphone"))
    with pytest.raises(SynthesisError, match="apt install festival"):
        synthesis.speak("hello", Voice("festival", "no_such_voice"))


def test_an_engine_that_is_not_installed_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SynthesisError, match="espeak-ng is not installed; apt install espeak-ng"):
        synthesis.speak("hello", Voice("espeak-ng", "en-us"))


def test_engines_that_are_missing_are_named_before_anything_is_made() -> None:
    assert synthesis.silent(lambda engine: True) == []
    (line,) = synthesis.silent(lambda engine: engine != "festival")
    assert "sudo apt install festival festvox" in line
    with pytest.raises(synthesis.SynthesisError, match="sudo apt install espeak-ng flite festival"):
        synthesis.silent(lambda engine: None)
