"""Training a wake word: what is said, how rows are labelled, how misses and false accepts are counted."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from device.audio import wav
from device.audio.frontend import features
from device.daemon.review import Label, Reason
from device.daemon.review import Store as Reviewed
from device.engine.bundle import SHIPPED, Bundle
from device.errors import MynahError, UsageError
from device.events import Detection
from device.hearing.second_look import log_odds
from device.hearing.wake import WakeModel
from export import models as export
from training.corpus import synthesis
from training.corpus.manifest import Utterance
from training.corpus.store import Item, Store
from training.edits import distance
from training.wake import corpus, measure, people, prepare, train
from training.wake.command import spellings_of
from training.wake.corpus import TAIL, is_held_out, load_trimmed, trimmed
from training.wake.data import IGNORED, RowSettings, mark
from training.wake.loss import row_loss
from training.wake.phrases import Phrase
from training.wake.second_look import FALSE_ACCEPTS, SHARES, limit, llr_share
from training.wake.settings import DEFAULTS, Settings
from training.wake.signal import Normalisation, smoothed
from training.wake.threshold import scorer

needs_flite = pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")
needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def test_distance_counts_edits() -> None:
    mynah = ("M", "AY", "N", "AH")
    assert distance(mynah, mynah) == 0
    assert distance(mynah, ("D", "AY", "N", "AH")) == 1
    assert distance(mynah, ("M", "AY", "AH")) == 1
    assert distance(mynah, ("CH", "AY", "N", "AH", "Z")) == 2


@needs_flite
@needs_espeak
def test_each_engine_gets_a_spelling_that_it_reads_right() -> None:
    phrase = Phrase("Hey  Mynah")
    assert phrase.text == "hey mynah"
    assert phrase.spellings(synthesis.Voice("flite", "slt")) == ("hey myna",)
    assert phrase.spellings(synthesis.Voice("espeak-ng", "en-us")) == ("hey mynah",)


@needs_flite
@needs_espeak
def test_what_is_near_sounds_different_in_that_voices_accent() -> None:
    phrase = Phrase("hey mynah")
    near = phrase.near()
    assert {"mynah", "hey", "mynah hey", "hey dinah", "hey mina"} <= set(near)
    assert "hey mynah" not in near
    assert "hey minus" not in near  # until it is over, it is the phrase
    assert phrase.is_near("hey minor", synthesis.Voice("espeak-ng", "en-us"))
    assert not phrase.is_near("hey minor", synthesis.Voice("espeak-ng", "en-gb-x-rp"))


def test_the_label_follows_the_end_of_the_phrase() -> None:
    settings = RowSettings()
    labels = np.zeros(160, np.int8)
    mark(labels, 200, settings)
    seen = np.arange(160) * 2 + 1  # the last frame that each output sees
    np.testing.assert_array_equal(np.flatnonzero(labels == 1), np.flatnonzero((seen >= 203) & (seen < 219)))
    around = (seen >= 189) & (seen < 245)
    assert (labels[around & (labels != 1)] == IGNORED).all()
    assert (labels[~around] == 0).all()


@needs_espeak
def test_a_stored_phrase_ends_where_its_tail_begins() -> None:
    utterance = synthesis.Utterance("hey mynah", synthesis.Voice("espeak-ng", "en-us"))
    frames = features(load_trimmed(utterance).samples)
    energy = frames.max(axis=1)
    end = len(frames) - TAIL
    assert energy[end - 12 : end].max() > energy.max() - 35 / 4.34
    assert (energy[end + 3 :] < energy.max() - 35 / 4.34).all()


def test_trimming_keeps_the_loud_part() -> None:
    tone = (8000 * np.sin(np.arange(16_000) * 0.2)).astype(np.int16)
    kept = trimmed(np.concatenate((np.zeros(8000, np.int16), tone, np.zeros(4000, np.int16))))
    assert len(kept) == pytest.approx(16_000, abs=800)


def test_speakers_are_held_out_by_name() -> None:
    def held_out(source: str, speaker: str, number: int = 0) -> bool:
        return is_held_out(Item(source, number, "", speaker, 0, 100))

    speakers = [held_out("speech-x", f"x/{number}") for number in range(500)]
    assert 0.33 < np.mean(speakers) < 0.47
    variants = {name: held_out("phrases", f"espeak-ng/en-us+{name}") for name in synthesis.VARIANTS if name}
    assert 1 <= sum(variants.values()) <= 12
    assert all(held_out("near", f"espeak-ng/en-029+{name}") == kept for name, kept in variants.items())
    assert not held_out("phrases", "flite/slt")


def test_false_accepts_are_counted_once_and_give_the_threshold() -> None:
    scores = np.zeros(1000, np.float32)
    scores[[100, 110, 400]] = 0.8, 0.9, 0.5
    assert measure.accepts(scores, 0.7, refractory=50) == 1
    assert measure.accepts(scores, 0.7, refractory=5) == 2
    assert measure.accepts(scores, 0.4, refractory=50) == 2
    counted = measure.FalseAccepts(
        {"a": [scores], "b": [np.zeros(180_000 - 1000, np.float32)]}, refractory=50
    )
    assert counted.hours == pytest.approx(1.0)
    assert counted.count(0.4) == {"a": 2, "b": 0}
    assert counted.lowest_threshold(per_hour=1.0) == pytest.approx(0.51)
    assert counted.lowest_threshold(per_hour=0.0) == pytest.approx(0.91)


def test_a_trial_tells_its_peak_and_its_delay() -> None:
    trial = measure.Trial(np.array([0.1, 0.2, 0.6, 0.9, 0.3], np.float32), start=-5)
    assert trial.peak == pytest.approx(0.9)
    assert trial.delay(0.5) == pytest.approx(-0.01)
    assert trial.delay(0.95) is None
    assert measure.recall([trial, trial], 0.95) == 0.0


def test_smoothing_is_the_mean_of_the_last_outputs() -> None:
    np.testing.assert_allclose(smoothed(np.array([1, 1, 0, 1], np.float32), 2), [0.5, 1, 0.5, 0.5])


def test_the_loss_ignores_what_is_near_the_end_and_asks_for_the_phrase() -> None:
    labels = np.array([[0, -1, 1, 0]], np.int8)
    right = np.array([[-9.0, 9.0, 9.0, -9.0]], np.float32)[:, :, None]
    assert float(row_loss(right, labels, 2)) < 0.01
    assert float(row_loss(-right, labels, 2)) > 5
    elsewhere = np.array([[-9.0, -9.0, 9.0, -9.0]], np.float32)[:, :, None]
    assert float(row_loss(elsewhere, labels, 2)) == pytest.approx(float(row_loss(right, labels, 2)))


def test_of_several_words_the_one_that_was_said_is_asked_for() -> None:
    labels = np.array([[0, 0, 2, 2]], np.int8)
    logits = np.full((1, 4, 2), -9.0, np.float32)
    logits[0, 2:, 1] = 9.0
    assert float(row_loss(logits, labels, 2)) < 0.01
    assert float(row_loss(logits[:, :, ::-1].copy(), labels, 2)) > 5


def test_spellings_are_of_one_word() -> None:
    assert spellings_of(("hey mynah",), ["hey myna"]) == {"hey mynah": ("hey myna",)}
    both = spellings_of(("yes", "no"), ["no=know", "yes=yess", "no=noh"])
    assert both == {"no": ("know", "noh"), "yes": ("yess",)}
    with pytest.raises(UsageError, match="write phrase=spelling"):
        spellings_of(("yes", "no"), ["know"])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder in small: noise, a room, and two people who read."""
    rng = np.random.default_rng(5)
    for folder, names in (("noise", range(12)), ("speech/readers", range(2, 14))):
        path = tmp_path / "data" / folder
        path.mkdir(parents=True)
        lines = ["path\tseconds\tspeaker\ttext"]
        for name in names:
            level = np.repeat(rng.uniform(50, 3000, 20), 1600)
            wav.write(
                path / f"{name}.wav", (rng.normal(size=32_000) * level).clip(-32767, 32767).astype(np.int16)
            )
            lines.append(f"{name}.wav\t2.0\t{name}\tsome words")
        (path / "manifest.tsv").write_text("\n".join(lines) + "\n")
    (tmp_path / "data" / "rir").mkdir()
    echo = np.exp(-np.arange(1600) / 400) * rng.normal(size=1600) * 0.1
    soundfile.write(tmp_path / "data" / "rir" / "room.flac", np.concatenate(([0.9], echo)), 16_000)
    return tmp_path / "data"


def household(folder: Path) -> tuple[Path, Path]:
    """Recordings of two people who say the phrase, one of them broken, and a long one of nobody who does."""
    rng = np.random.default_rng(6)
    for name, seconds in (("said/anna/1", 1.0), ("said/ben/1", 1.2), ("home/evening", 14.5)):
        path = folder / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        wav.write(path, rng.normal(0, 2000, round(seconds * 16_000)).astype(np.int16))
    (folder / "said" / "ben" / "2.wav").write_bytes(b"torn")
    return folder / "said", folder / "home"


def test_long_recordings_are_cut_and_those_of_other_phrases_left_out(tmp_path: Path) -> None:
    said, home = household(tmp_path)
    pieces = corpus.pieces_of([home])
    assert [round(len(corpus.load_unsaid(piece).samples) / 16_000, 1) for piece in pieces] == [6.0, 6.0, 2.5]
    assert len(corpus.said_in([Phrase("hey mynah")], [said])[0]) == 3
    rows = ["path\tseconds\tspeaker\ttext", "anna/1.wav\t1\tanna\tHey Mynah!", "ben/1.wav\t1\tben\thello"]
    (said / "manifest.tsv").write_text("\n".join(rows))
    assert [item.path.parent.name for item in corpus.said_in([Phrase("hey mynah")], [said])[0]] == ["anna"]
    assert corpus.load_said(corpus.said_in([Phrase("hey mynah")], [said])[0][0]).speaker == "said/anna"
    with pytest.raises(MynahError, match="no recording of 'good morning'"):
        corpus.said_in([Phrase("good morning")], [said])
    both = corpus.said_in([Phrase("hey mynah"), Phrase("good morning")], [said])
    assert [len(items) for items in both] == [1, 0]


def test_what_the_daemon_kept_is_learnt_from_by_its_label(data: Path, tmp_path: Path) -> None:
    kept = Reviewed(tmp_path / "review")
    rng = np.random.default_rng(8)
    for number, label in enumerate((Label.WAKE, Label.OTHER, None)):
        samples = rng.normal(0, 2000, 40_000).astype(np.int16)
        found = Detection("hey mynah", 0.3, 32_000)
        clip = kept.add(samples, found, Reason.NEAR_MISS, 2.0, datetime(2026, 1, 1 + number))
        if label is not None:
            kept.label(clip, label)
    own = tmp_path / "run" / "features"
    reviewed = prepare.Own(review=tmp_path / "review")
    sources = prepare.prepare(
        [Phrase("hey mynah")], data, tmp_path / "run", own, None, prepare.Amounts(2, 2), reviewed, seed=1
    )
    (recorded,) = sources.recorded
    assert recorded == (own, "recorded")
    store = Store(own)
    (item, *_), (other, *_) = list(store.items("recorded")), list(store.items("household"))
    assert item.frames == pytest.approx(120 + TAIL, abs=4)  # the phrase ends where its detection says
    assert other.frames == pytest.approx(250, abs=4)
    assert not is_held_out(item)
    assert not is_held_out(other)


@needs_flite
@needs_espeak
def test_a_run_trains_resumes_and_its_bundle_wakes_the_device(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    said, home = household(tmp_path)
    rows = [
        f"{name}/{number}.wav\t1\t{name}\they mynah" for name, number in (("anna", 1), ("ben", 1), ("ben", 2))
    ]
    (said / "manifest.tsv").write_text("\n".join(["path\tseconds\tspeaker\ttext", *rows]))
    settings = Settings(
        ("hey mynah", "lights out"),
        updates=2,
        rows=8,
        trainer=replace(DEFAULTS.trainer, compiled=False),
        width=8,
        amounts=prepare.Amounts(6, 6),
        acoustic=str(SHIPPED / "english"),
        trials=2,
        recordings=(str(said),),
        negatives=(str(home),),
    )
    train.train(settings, data, run, run / "features")
    store = Store(run / "features")
    assert {item.speaker for item in store.items("recorded")} == {"said/anna", "said/ben"}
    assert {item.number for item in store.items("household")} == {0, 1, 2}
    assert f"recorded: left out: {said / 'ben' / '2.wav'}" in capsys.readouterr().err
    config = json.loads((run / "config.json").read_text())
    assert config["labels"] == ["hey mynah", "lights out"]
    for word in config["labels"]:
        assert config["measured"][word]["hours_without_the_phrase"] > 0
        assert 0.05 <= config["decision"]["words"][word]["threshold"] <= 0.99
    trained_on = (run / "checkpoints" / "checkpoint").stat().st_mtime_ns
    trainer = train.trainer_of(settings, run)
    assert trainer.done == 2
    train.fit(trainer, settings, sources=None)  # type: ignore[arg-type]  # nothing is left to do
    assert (run / "checkpoints" / "checkpoint").stat().st_mtime_ns == trained_on
    # Two updates teach nothing, but the int8 model on the device must be the one that was trained.
    export.export(run, tmp_path / "bundle", with_onnx=False, anyway=True)
    device = WakeModel(Bundle.load(tmp_path / "bundle", "wake"))
    frames = features(wav.read(data / "noise" / "3.wav"))
    scores, _ = device.listen(frames)
    assert list(scores) == config["labels"]
    for number, got in enumerate(scores.values()):
        score = scorer(trainer.averaged(), Normalisation(), settings.smoothing, number)
        np.testing.assert_allclose(got, score(frames)[: len(got)], atol=0.06)


def test_the_llr_counts_as_much_as_it_helps_where_it_matters() -> None:
    rng = np.random.default_rng(3)
    raised = np.column_stack((rng.normal(2, 1, 400), rng.normal(-8, 3, 400)))
    blind = np.column_stack((rng.normal(-2, 1, 200), rng.normal(-8, 3, 200)))  # its llr is as theirs
    sharp = np.column_stack((rng.normal(1, 1, 200), rng.normal(-30, 3, 200)))  # only its llr is not
    assert llr_share(raised, 400, blind, hours=2.0) == min(SHARES)
    assert llr_share(raised, 400, sharp, hours=2.0) >= 0.15


def test_the_limit_goes_on_from_how_fast_false_candidates_become_rarer() -> None:
    rng = np.random.default_rng(4)
    found = [
        limit(sorted(1 / (1 + np.exp(-rng.exponential(1.0, 100))), reverse=True), hours=1.0)
        for _ in range(60)
    ]
    # 100 an hour, each nat e times rarer
    rare = np.log(100 / FALSE_ACCEPTS)
    assert np.median([log_odds(one) for one in found]) == pytest.approx(rare, abs=1.0)
    bounded = sorted(1 / (1 + np.exp(-rng.uniform(0, 4, 200))), reverse=True)
    assert 4.0 < log_odds(limit(bounded, hours=1.0)) < 5.0
    assert limit([], 1.0) == 0.0
    assert limit([0.4], 1.0) == 0.4


def said_by(count: int) -> list[Utterance]:
    return [Utterance(Path(f"{n}.wav"), 1.0, f"crowd/{n}", "stop", "crowd") for n in range(count)]


def test_of_a_crowd_some_are_left_out_and_of_a_family_nobody() -> None:
    crowd, family = said_by(200), said_by(5)
    parts = [people.parted(crowd, part) for part in (people.TRAINING, people.CHOICE, people.GATES)]
    assert sorted(item.speaker for part in parts for item in part) == sorted(item.speaker for item in crowd)
    assert [len(part) / 200 for part in parts] == pytest.approx([0.6, 0.13, 0.27], abs=0.1)
    assert people.parted(family, people.TRAINING) == family
    assert people.parted(family, people.CHOICE) == people.parted(family, people.GATES) == []


def test_recordings_of_people_left_out_are_tried_instead_of_what_is_put_together(tmp_path: Path) -> None:
    crowd = said_by(200)
    people.write_trials(None, [crowd, said_by(5)], tmp_path / people.TRIALS, np.random.default_rng(1))
    for part in (people.CHOICE, people.GATES):
        found = people.trials(tmp_path, part, "stop")
        assert [item.path.name for item in found] == [item.path.name for item in people.parted(crowd, part)]
        assert all(item.path.is_absolute() for item in found)
