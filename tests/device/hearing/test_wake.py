"""The trigger's decisions on scores, and the shipped wake word on recordings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from device.audio.pcm import chunked
from device.audio.wav import read
from device.engine.bundle import SHIPPED, Bundle
from device.errors import BundleError
from device.events import Detection, NotDetected
from device.hearing.triggers import Rises, Trigger
from device.hearing.wake import WakeModel, WakeWord, scores
from tests.recordings import WAKE_AND_COMMAND, command


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.load(SHIPPED / "hey_mynah", "wake")


def decisions(trigger: Trigger, values: list[float]) -> list[int]:
    return [at for at, value in enumerate(values) if trigger.update(value, at)]


def ripe(rises: Rises, values: list[float]) -> list[tuple[int, float]]:
    """When candidates are told, and their scores."""
    told = ((at, rises.update(value, at)) for at, value in enumerate(values))
    return [(at, found.score) for at, found in told if found is not None]


def test_a_candidate_is_the_highest_of_its_rise() -> None:
    assert ripe(Rises(0.1, 2), [0.0, 0.2, 0.5, 0.9, 0.6, 0.4, 0.3, 0.2, 0.0]) == [(5, 0.9)]


def test_who_pauses_within_the_word_is_looked_at_again() -> None:
    rises = Rises(0.1, 2)
    assert ripe(rises, [0.3, 0.2, 0.2, 0.2, 0.8, 0.7, 0.7, 0.7]) == [(2, 0.3), (6, 0.8)]
    assert ripe(rises, [0.05, 0.4, 0.4, 0.3]) == [(3, 0.4)]
    assert rises.ripen() is None
    assert ripe(Rises(0.1, 4), [0.1, 0.9, 0.5, 0.2, 0.05, 0.8, 0.8, 0.7, 0.1, 0.1, 0.1]) == [
        (5, 0.9),
        (10, 0.8),
    ]


def test_a_rise_over_the_threshold_is_one_detection() -> None:
    assert decisions(Trigger(0.5, 0), [0.1, 0.6, 0.9, 0.7, 0.2, 0.1]) == [1]


def test_nothing_is_detected_in_the_refractory_time() -> None:
    assert decisions(Trigger(0.5, 4), [0.6, 0.1, 0.6, 0.1, 0.1, 0.6]) == [0, 5]


def test_a_score_that_stays_high_is_not_detected_again() -> None:
    assert decisions(Trigger(0.5, 2), [0.6] * 10) == [0]


def test_reset_arms_again() -> None:
    trigger = Trigger(0.5, 100)
    assert decisions(trigger, [0.6]) == [0]
    trigger.reset()
    assert decisions(trigger, [0.6]) == [0]


def test_the_wake_word_is_detected_where_it_ends(bundle: Bundle) -> None:
    samples = read(WAKE_AND_COMMAND)
    found = WakeWord.load([bundle]).detect(chunked([samples], 1280))
    assert isinstance(found, Detection)
    assert found.name == "hey mynah"
    loud = np.flatnonzero(np.abs(samples) > 500)
    assert loud[0] + 0.3 * 16_000 < found.at < loud[0] + 1.6 * 16_000


def test_a_command_alone_does_not_wake(bundle: Bundle) -> None:
    found = WakeWord.load([bundle]).detect(chunked([command()], 1280))
    assert isinstance(found, NotDetected)


@pytest.mark.parametrize("size", [160, 480, 4000])
def test_scores_do_not_depend_on_the_chunks(bundle: Bundle, size: int) -> None:
    samples = read(WAKE_AND_COMMAND)
    whole = scores(WakeWord.load([bundle]), samples)[0]["hey mynah"]
    wake = WakeWord.load([bundle])
    parts = [wake.process(chunk)[0]["hey mynah"] for chunk in chunked([samples], size)]
    streamed = np.concatenate(parts)[: len(whole)]
    assert np.mean(np.abs(streamed - whole[: len(streamed)]) > 0.02) < 0.01


def test_two_bundles_listen_at_once(bundle: Bundle) -> None:
    deaf, keen = WakeModel(bundle, {"hey mynah": 2.0}), WakeModel(bundle)
    found = WakeWord([deaf, keen]).detect(chunked([read(WAKE_AND_COMMAND)], 1280))
    assert isinstance(found, Detection)
    assert isinstance(WakeWord([deaf]).detect(chunked([read(WAKE_AND_COMMAND)], 1280)), NotDetected)


@pytest.mark.parametrize("sounds", [False, True])
def test_a_word_that_stops_counts_only_while_mynah_sounds(bundle: Bundle, sounds: bool) -> None:
    deaf, stopping = WakeModel(bundle, {"hey mynah": 2.0}), WakeModel(bundle, only="hey mynah")
    wake = WakeWord([deaf], stopping, lambda: sounds)
    found = wake.detect(chunked([read(WAKE_AND_COMMAND)], 1280))
    assert isinstance(found, Detection) == sounds


def test_a_bundle_without_the_word_that_stops_is_refused(bundle: Bundle) -> None:
    with pytest.raises(BundleError, match="does not know the word 'stop'"):
        WakeModel(bundle, only="stop")


def test_a_hearing_bundle_is_no_wake_word() -> None:
    with pytest.raises(BundleError, match="not for a wake word"):
        WakeModel(Bundle.load(SHIPPED / "english"))


def test_a_bundle_whose_decision_is_about_other_words_is_refused(bundle: Bundle) -> None:
    with pytest.raises(BundleError, match="not about its words"):
        WakeModel(replace(bundle, labels=("hey you",)))
