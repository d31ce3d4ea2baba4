"""Misses and false accepts of a wake word, from what could have woken."""

from __future__ import annotations

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
from training.evaluate import peers, wakewords
from training.evaluate.page import training_curves, wake_page
from training.evaluate.recordings import CLEAN
from training.evaluate.wakewords import Background, Ear, Event, Heard, peaks

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
    Heard(f"espeak-ng/en+{voice}", ratio, probability)
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
    rows = wakewords.table(Shipped(), SAYINGS, silent)
    page = wake_page(Shipped(), SAYINGS, silent, rows, 10, tmp_path)
    assert page.count("data:image/png;base64,") == 3
    assert page.count("data:audio/flac;base64,") == 1
    assert "hey &lt;mynah&gt;" in page
    assert "a &lt;b&gt; minor" in page
    assert "<td>c</td><td>1 of 1</td><td>1 of 1</td>" in page
    assert "http" not in page  # it needs nothing from elsewhere
    assert "data:audio" not in wake_page(Shipped(), SAYINGS, silent, rows, 0, None)


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
