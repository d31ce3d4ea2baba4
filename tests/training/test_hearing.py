"""Rows, labels and losses of the acoustic model's training, on a store made of noise and tones."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from device.audio.frontend import FrontEndSettings, RunningMean
from device.audio.wav import write
from device.errors import MynahError
from device.events import SAMPLE_RATE, Samples
from training.corpus import synthesis
from training.corpus.manifest import recordings
from training.corpus.store import Recording, Store, load_recording
from training.hearing import labels as labelling
from training.hearing import train
from training.hearing.data import Rows, RowSettings, retimed, segment_labels, tempo_labels
from training.hearing.loss import Objectives, frame_loss, sequence_loss
from training.hearing.prepare import FIRST, SOURCES, people_in, there
from training.hearing.settings import Settings, Stage
from training.hearing.signal import INDEX, LABELS, LOOKAHEAD, MELS, STRIDE, Normalisation

SEGMENTS = (("SIL", 0.0, 0.3), ("AA", 0.3, 1.0), ("SIL", 1.0, 1.2))


def tone(number: int) -> Recording:
    time = np.arange(int(1.2 * SAMPLE_RATE)) / SAMPLE_RATE
    loud = ((time >= 0.3) & (time < 1.0)) * 8000
    samples: Samples = (loud * np.sin(2 * np.pi * (300 + 50 * number) * time)).astype(np.int16)
    return Recording("ah", f"voice{number}", samples, SEGMENTS)


def hiss(number: int) -> Recording:
    rng = np.random.default_rng(number)
    return Recording("hiss", f"noise/{number}", rng.normal(0, 300, SAMPLE_RATE).astype(np.int16))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("features"))
    store.add("bootstrap", range(6), tone, (), jobs=1)
    store.add("noise", range(20), hiss, (), jobs=1)
    return store


NORMALISATION = Normalisation(prior=(-14.0,) * MELS)


def rows(store: Store, **settings: object) -> Rows:
    labels = labelling.bootstrap_labels(store, "bootstrap")
    return Rows(store, labels, NORMALISATION, RowSettings(weights={"bootstrap": 1.0}, **settings), seed=1)  # type: ignore[arg-type]


def test_every_utterance_is_kept_in_three_copies(store: Store) -> None:
    items = store.items("bootstrap")
    assert len(items) == 18
    assert [item.tempo == 1.0 for item in items[:3]] == [True, False, False]
    assert sum(item.frames for item in items) == len(store.mapped("bootstrap"))


def test_what_cannot_be_read_is_named_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("good", "broken"):
        write(tmp_path / f"{name}.wav", np.full(16_000, 100, np.int16))
    (tmp_path / "broken.wav").write_bytes(b"no sound at all")
    store = Store(tmp_path / "store")
    store.add("people", recordings(tmp_path)[::-1], load_recording, (), jobs=1)
    assert {item.number for item in store.items("people")} == {0}
    assert f"people: left out: {tmp_path / 'broken.wav'}" in capsys.readouterr().err


def test_a_full_disk_is_named_and_ends_it(tmp_path: Path) -> None:
    write(tmp_path / "good.wav", np.full(16_000, 100, np.int16))
    store = Store(tmp_path / "store")
    (store.folder / "people.part").symlink_to("/dev/full")
    with pytest.raises(MynahError, match=r"people: cannot be kept \(No space left on device\)"):
        store.add("people", recordings(tmp_path), load_recording, (), jobs=1)
    assert "people" not in store


def test_a_store_made_with_another_front_end_is_refused(store: Store) -> None:
    other = Store(store.folder, FrontEndSettings(floor=1.0))
    with pytest.raises(ValueError, match="another front end"):
        other.items("bootstrap")


def test_rows_have_their_shape_and_labels_lie_on_the_sound(store: Store) -> None:
    x, y = rows(store, clean=1.0, noisy=0.0).batch()
    assert x.shape == (16, 480, MELS)
    assert y.shape == (16, 160)
    energy = x.max(axis=2).reshape(16, -1, STRIDE).mean(axis=2)
    delayed = np.roll(energy, LOOKAHEAD, axis=1)
    speech = y == INDEX["AA"]
    assert 0.2 < speech.mean() < 0.9
    assert delayed[speech].mean() > delayed[~speech].mean() + 0.3


def test_segments_become_one_label_a_frame() -> None:
    labels = segment_labels(SEGMENTS, 39)
    assert labels[:9].tolist() == [0] * 9
    assert set(labels[11:32].tolist()) == {INDEX["AA"]}
    assert labels[-1] == 0


def test_labels_of_a_faster_copy_come_sooner() -> None:
    labels = np.repeat(np.arange(10, dtype=np.int8), 4)
    faster = tempo_labels(labels, 2.0, 20)
    np.testing.assert_array_equal(faster, np.repeat(np.arange(10), 2))


def test_a_retimed_utterance_keeps_its_labels_in_step() -> None:
    labels = np.repeat(np.arange(8, dtype=np.int8), 5)  # of five outputs each
    frames = np.repeat(labels.astype(np.float32), STRIDE)[:, None] * np.ones(MELS, np.float32)
    same, unmoved = retimed(frames, labels, 1.0, 0.0)
    np.testing.assert_array_equal(same, frames[:-1])
    np.testing.assert_array_equal(unmoved, labels[: len(unmoved)])
    for tempo, begin in ((0.8, 1.7), (1.3, 0.4)):
        moved, said = retimed(frames, labels, tempo, begin)
        assert len(moved) == pytest.approx((len(frames) - begin) / tempo, abs=STRIDE)
        heard = moved[STRIDE // 2 :: STRIDE, 0][: len(said)]
        assert np.abs(heard - said).max() < 1


def test_batch_normalisation_is_the_device_running_mean() -> None:
    rng = np.random.default_rng(0)
    frames = rng.normal(-12, 2, (2, 50, MELS)).astype(np.float32)
    device = RunningMean(NORMALISATION.prior, NORMALISATION.weight)
    batch = NORMALISATION.batch(frames)
    expected = np.clip(
        device.process(frames[1]) / NORMALISATION.scale, -NORMALISATION.clip, NORMALISATION.clip
    )
    np.testing.assert_allclose(batch[1], expected, atol=1e-5)


def test_labels_survive_the_disk(store: Store, tmp_path: Path) -> None:
    labels = labelling.bootstrap_labels(store, "bootstrap")
    labelling.save(labels, tmp_path / "labels.npz")
    loaded = labelling.load(tmp_path / "labels.npz")
    assert loaded.keys() == labels.keys()
    assert all(np.array_equal(loaded[key], labels[key]) for key in labels)


def all_paths(logits: np.ndarray, transitions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every path (paths, frames) and its score."""
    frames, phones = logits.shape
    paths = np.stack(np.meshgrid(*[np.arange(phones)] * frames), axis=-1).reshape(-1, frames)
    scores = logits[np.arange(frames), paths].sum(axis=1)
    return paths, scores + transitions[paths[:, :-1], paths[:, 1:]].sum(axis=1)


def begins(path: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.diff(path)) + 1


@pytest.mark.parametrize("tolerance", [0, 1, 5])
def test_the_random_field_sums_over_all_paths_and_those_near_the_aligned_one(tolerance: int) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(1, 6, 3)).astype(np.float32)
    transitions = rng.normal(size=(3, 3)).astype(np.float32)
    aligned = np.array([0, 1, 1, 1, 2, 0], np.int32)
    paths, scores = all_paths(logits[0], transitions)
    near = [
        list(path[[0, *begins(path)]]) == [0, 1, 2, 0]
        and all(abs(begins(path) - begins(aligned)) <= tolerance)
        for path in paths
    ]
    assert sum(near) == {0: 1, 1: 6, 5: 10}[tolerance]
    expected = (np.log(np.exp(scores).sum()) - np.log(np.exp(scores[near]).sum())) / 6
    found = sequence_loss(logits, aligned[None], transitions, tolerance)
    assert float(found) == pytest.approx(expected, abs=1e-4)


def test_cross_entropy_falls_when_the_labels_are_likelier() -> None:
    labels = np.zeros((1, 4), np.int32)
    good = np.zeros((1, 4, len(LABELS)), np.float32)
    good[..., 0] = 5
    assert float(frame_loss(good, labels)) < float(frame_loss(-good, labels))


def tiny(stages: tuple[Stage, ...]) -> Settings:
    return Settings(width=8, trainer=replace(Settings().trainer, compiled=False), stages=stages)


def test_stages_run_and_a_run_goes_on_after_its_last_whole_one(tmp_path: Path) -> None:
    run = tmp_path / "run"
    store = Store(run / "features")
    sources = SOURCES[:2]
    for source in ("bootstrap", *sources):
        store.add(source, range(6), tone, (), jobs=1)
    store.add("noise", range(20), hiss, (), jobs=1)
    stages = (
        Stage("bootstrap", 1, 2e-3, sources="bootstrap", depth=1),
        Stage("deeper", 2, 2e-3, depth=2),
    )
    train.run_stages(store, run, tiny(stages[:1]))
    first = (run / "bootstrap.weights.h5").stat().st_mtime_ns
    assert json.loads((run / "config.json").read_text())["model"]["blocks"] == [[1, 2]]
    train.run_stages(store, run, tiny(stages))
    assert (run / "bootstrap.weights.h5").stat().st_mtime_ns == first
    config = json.loads((run / "config.json").read_text())
    assert config["model"]["blocks"] == [[1, 2], [1, 2]]
    assert config["training"]["settings"]["trainer"]["floor"] == 0.05
    assert json.loads((run / "settings.json").read_text())["stages"][1]["name"] == "deeper"
    labels = [labelling.load(run / f"labels-{stage.name}.npz") for stage in stages]
    assert [{source for source, _ in each} for each in labels] == [{"bootstrap"}, set(sources)]
    trainer = train.resumed(run, tiny(stages), Objectives(len(LABELS)))
    assert (trainer.done, len(trainer.model.blocks)) == (3, 2)


def test_it_is_trained_on_the_corpora_that_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(MynahError, match="has no recorded speech"):
        people_in(tmp_path)
    for name in ("speech/an4", "speech/vctk"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "manifest.tsv").write_text("path\tseconds\tspeaker\ttext\n")
    with pytest.raises(MynahError, match="has no noise"):
        people_in(tmp_path)
    (tmp_path / "noise").mkdir()
    (tmp_path / "noise/manifest.tsv").write_text("path\tseconds\tspeaker\ttext\n")
    if synthesis.able([FIRST]):
        assert people_in(tmp_path) == ["speech/an4", "speech/vctk"]
        assert "without speech/common-voice, " in capsys.readouterr().err
    else:
        with pytest.raises(MynahError, match="apt install flite"):
            people_in(tmp_path)
    store = Store(tmp_path / "features")
    store.add("speech-an4", range(2), tone, (), jobs=1)
    assert there(store, SOURCES) == ("speech-an4",)


def test_stages_are_averaged_together_with_those_before(tmp_path: Path) -> None:
    trainer = train.trainer_of(tmp_path, tiny(()), Objectives(len(LABELS)), depth=1)
    now = [mean.numpy() for mean in trainer.average]
    for name, factor in (("one", 2.0), ("two", 6.0)):
        for mean, value in zip(trainer.average, now, strict=True):
            mean.assign(factor * value)
        train.finish(trainer, tmp_path, name)
    together = train.averaged_together(trainer, tmp_path, ("one",)).get_weights()
    np.testing.assert_allclose(together[0], 4.0 * now[0], rtol=1e-5)
    assert not list(tmp_path.glob("*.part*"))
