"""Misses and false accepts of a wake word, from what could have woken."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from device.audio.wav import read, write
from device.engine.bundle import Bundle
from device.errors import MynahError, UsageError
from device.events import SAMPLE_RATE
from device.settings import Settings
from training.corpus import manifest, synthesis
from training.corpus.noises import CLEAN
from training.evaluate import delay, peers, pictures, wakewords
from training.evaluate.detectors import Ear, peaks
from training.evaluate.page import accent_of, speaker_of, training_curves, wake_page
from training.evaluate.wakewords import Attempt, Background, Event, Examination

SILENT = Background(tuple(map(Event, (0.9, 0.7, 0.7, 0.2))), hours=2.0, work=10.0)


def test_peaks_are_apart() -> None:
    values = np.array([0.1, 0.9, 0.8, 0.1, 0.0, 0.5, 0.6, 0.0])
    assert peaks(values, 2) == [(0.9, 1), (0.6, 6)]
    assert peaks(values, 1) == [(0.9, 1), (0.6, 6), (0.1, 3)]
    assert peaks(np.zeros(5), 2) == []


@pytest.mark.parametrize(("rate", "kept"), [(0.1, 0), (0.5, 1), (1.5, 3), (2.0, 4), (9.0, 4)])
def test_a_threshold_lets_no_more_than_its_rate_pass(rate: float, kept: int) -> None:
    threshold = SILENT.threshold(rate)
    passing = sum(event.probability >= threshold for event in SILENT.events)
    assert passing <= kept
    assert SILENT.per_hour(threshold) == passing / 2.0 <= rate
    lower = [event.probability for event in SILENT.events if event.probability < threshold]
    if lower:  # a lower one would let too many pass
        assert SILENT.per_hour(max(lower)) > rate


def test_only_recordings_of_the_phrase_are_sayings(tmp_path: Path) -> None:
    rows = ["0.wav\t1.0\ta\tView glass!", "1.wav\t1.0\tb\tsomething else", "2.wav\t1.0\tb\tview glass"]
    (tmp_path / "manifest.tsv").write_text("\n".join(["path\tseconds\tspeaker\ttext", *rows]) + "\n")
    for number in range(3):
        write(tmp_path / f"{number}.wav", np.full(160 * (number + 1), number, np.int16))
    found = wakewords.sayings_of("view glass", [tmp_path], 0)
    assert [(saying.speaker.rpartition("/")[2], len(saying.samples)) for saying in found] == [
        ("a", 160),
        ("b", 480),
    ]
    with pytest.raises(MynahError, match="no recording of 'hey you'"):
        wakewords.sayings_of("hey you", [tmp_path], 0)


def test_a_folder_without_a_manifest_is_all_its_recordings(tmp_path: Path) -> None:
    (tmp_path / "anna").mkdir()
    write(tmp_path / "anna" / "one.wav", np.zeros(1600, np.int16))
    (item,) = manifest.recordings(tmp_path)
    assert (item.path.name, item.speaker, item.text) == ("one.wav", f"{tmp_path.name}/anna", "")
    assert item.seconds == 0.1
    (tmp_path / "empty").mkdir()
    with pytest.raises(MynahError, match="no recordings in it"):
        manifest.recordings(tmp_path / "empty")


class Shipped(Ear):
    """Only a name and a threshold."""

    def __init__(self) -> None:
        self.name, self.threshold = "hey <mynah>", 0.6


SAYINGS = [
    Attempt(f"espeak-ng/en+{voice}", ratio, probability)
    for ratio, probabilities in ((CLEAN, (0.95, 0.9, 0.8, 0.0)), (10.0, (0.9, 0.65, 0.1, 0.0)))
    for voice, probability in zip("abbc", probabilities, strict=True)
]


def test_the_table() -> None:
    rows = wakewords.table(Shipped(), SAYINGS, SILENT)
    by = {(row["noise"], row["at"]): row for row in rows}
    assert by["clean", "as shipped"]["missed"] == 0.25
    assert by["10 dB", "as shipped"]["missed"] == 0.5
    assert by["10 dB", "as shipped"]["false_accepts_per_hour"] == 1.5
    assert by["10 dB", "0.1 an hour"]["missed"] == 1.0
    assert "(1.50 an hour)" in wakewords.report(rows, SILENT)
    assert {row["at"] for row in wakewords.table(Shipped(), SAYINGS, None)} == {"as shipped"}


def test_the_page_holds_everything(tmp_path: Path) -> None:
    with tf.summary.create_file_writer(str(tmp_path / "tensorboard")).as_default():
        for update in range(100):
            tf.summary.scalar("loss", 1.0 / (1 + update), update)
    update, loss = training_curves(tmp_path)["loss"][-1]
    assert (update, round(loss, 4)) == (99, 0.01)
    events = (Event(0.9, "a <b> minor", "speech", np.zeros(1600, np.int16)), Event(0.1, "nothing", "speech"))
    silent = Background(events, 2.0, 10.0)
    found = examination(silent)
    page = wake_page(found, None, 10, tmp_path)
    assert page.count("data:image/png;base64,") == 3
    assert page.count("data:audio/flac;base64,") == 1
    assert "hey &lt;mynah&gt;" in page
    assert "a &lt;b&gt; minor" in page
    assert "<td>c</td><td>1 of 1</td><td>1 of 1</td>" in page
    assert "http" not in page  # it needs nothing from elsewhere
    assert "<td>en</td><td>1 of 4</td><td>2 of 4</td>" in page
    bare = wake_page(found, examination(silent), 0, None)
    assert "a &lt;b&gt; minor" in bare
    assert "data:audio" not in bare


@pytest.mark.parametrize(
    ("speaker", "voice", "accent"),
    [
        ("espeak-ng/en-gb-x-rp+Marco", "Marco", "en-gb-x-rp"),
        ("flite/rms", "flite/rms", "flite"),
        ("gates/librispeech/118", "gates/librispeech/118", "gates/librispeech"),
        ("view-glass/one.flac", "view-glass/one.flac", "view-glass"),
    ],
)
def test_misses_are_told_by_voice_and_by_accent(speaker: str, voice: str, accent: str) -> None:
    said = Attempt(speaker, CLEAN, 0.5)
    assert (speaker_of(said), accent_of(said)) == (voice, accent)


def examination(silent: Background | None) -> Examination:
    """Of `Shipped`."""
    ear = Shipped()
    return Examination(ear.name, ear.threshold, SAYINGS, silent, wakewords.table(ear, SAYINGS, silent))


def test_the_picture_has_both_curves_at_each_ratio() -> None:
    found = examination(SILENT)
    (axes,) = pictures.detection_errors(found, dataclasses.replace(found, threshold=0.8)).axes
    legend = axes.get_legend()
    assert legend is not None
    labels = [text.get_text() for text in legend.get_texts()]
    assert labels == ["clean", "10 dB", "clean, no second look", "10 dB, no second look"]
    dots = [np.asarray(line.get_xydata()).tolist() for line in axes.lines if line.get_marker() == "o"]
    # At 0.6 three of four events in two hours pass; at 0.8 one does.
    assert dots == [[[1.5, 25.0]], [[1.5, 50.0]], [[0.5, 25.0]], [[0.5, 75.0]]]
    with pytest.raises(ValueError, match="without background"):
        pictures.detection_errors(examination(None))


@pytest.mark.skipif(
    not all((folder / "bundle.json").is_file() for folder in Settings().wake.bundles),
    reason="device/bundles has no trained models",
)
@pytest.mark.parametrize("acoustic", [None, Settings().hearing.bundle])
def test_the_shipped_wake_word_is_found_and_silence_is_not(acoustic: Path | None) -> None:
    ear = Ear(Bundle.load(Settings().wake.bundles[0], "wake"), "hey mynah", acoustic)
    recording = Path(__file__).parents[2] / "demo" / "recordings" / "turn off all the lights.flac"
    assert ear.best(read(recording)) >= ear.threshold
    assert ear.best(np.zeros(3 * SAMPLE_RATE, np.int16)) < ear.threshold


@pytest.mark.skipif(
    not all((folder / "bundle.json").is_file() for folder in Settings().wake.bundles),
    reason="device/bundles has no trained models",
)
def test_the_second_look_waits_for_the_highest_score() -> None:
    bundle = Bundle.load(Settings().wake.bundles[0], "wake")
    recording = Path(__file__).parents[2] / "demo" / "recordings" / "turn off all the lights.flac"
    said = (read(recording), np.zeros(SAMPLE_RATE, np.int16))
    cost = delay.measured(bundle, "hey mynah", Settings().hearing.bundle, said)
    assert cost.both == 1
    assert 200 <= cost.later[0] <= 700  # at least the 0.2 s that it waits
    assert cost.looks >= 1
    assert 0 < cost.work[0] <= cost.work[1]
    assert "1 sayings" in str(cost)


@pytest.mark.parametrize("peer", ["microwakeword:alexa", "openwakeword:alexa"])
def test_others_wake_words_hear_their_phrase_and_nothing_in_silence(peer: str) -> None:
    listener = peers.named(peer)
    assert listener.phrase == "alexa"
    said = synthesis.speak("alexa", synthesis.Voice("espeak-ng", "en-us"))
    silence = np.zeros(2 * SAMPLE_RATE, np.int16)
    (probability, at), *_ = listener.events(np.concatenate((silence, said, silence)))
    assert probability > listener.threshold
    assert 2 * SAMPLE_RATE < at < 2 * SAMPLE_RATE + len(said) + SAMPLE_RATE // 2
    assert listener.best(silence) < listener.threshold


def test_a_wake_word_that_nobody_has_is_named() -> None:
    with pytest.raises(UsageError, match="openwakeword:hey_rhasspy"):
        peers.named("microwakeword:hey_you")
