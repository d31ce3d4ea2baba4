"""Make the recordings of script.toml that are missing: `python -m demo.record`, with espeak-ng and flite.

Wake word, pause, command, or only the answer to a question, by voices that the models never heard in
training; a quiet room around them.
"""

from __future__ import annotations

import tomllib

import numpy as np
import numpy.typing as npt
import soundfile

from demo.script import SCRIPT
from device.events import SAMPLE_RATE, Samples
from training.corpus.synthesis import Voice, speak

WAKE_WORD = {"flite": "hey myna", "espeak-ng": "hey mynah"}
"""As each engine must be told to say /maɪnə/."""
PAUSE = 0.5
"""Seconds between the wake word and the command, and around both."""
LEVEL = 0.08
"""Root mean square of the speech, of full scale."""
ROOM = 0.0004
"""Root mean square of the room's noise: 46 dB below the speech."""


def main() -> None:
    for scene in tomllib.loads(SCRIPT.read_text("utf-8"))["scene"]:
        path = SCRIPT.parent / scene["recording"]
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        answers = scene.get("answers", False)
        soundfile.write(path, record(path.stem, _voice(scene["voice"]), not answers), SAMPLE_RATE)
        print(path)


def record(text: str, voice: Voice, wake: bool) -> Samples:
    """16 kHz mono: pause, wake word and pause if `wake`, `text`, pause."""
    pause = np.zeros(round(PAUSE * SAMPLE_RATE))
    texts = [*([WAKE_WORD[voice.engine]] if wake else []), text]
    sound = np.concatenate([pause, *(part for one in texts for part in (_trimmed(speak(one, voice)), pause))])
    noise = np.random.default_rng(len(sound)).normal(0, ROOM, len(sound))
    return np.round(np.clip(sound + noise, -1, 1) * 32767).astype(np.int16)


def _trimmed(samples: Samples) -> npt.NDArray[np.float64]:
    """Without the silence at both ends, at LEVEL."""
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 0.01 * np.abs(samples.astype(int)).max())
    speech = samples[loud[0] : loud[-1] + 1].astype(float)
    return speech * (LEVEL / float(np.sqrt(np.mean(speech**2))))


def _voice(name: str) -> Voice:
    """`flite/rms` or `espeak-ng/en-us+linda`."""
    engine, _, rest = name.partition("/")
    accent, _, variant = rest.partition("+")
    return Voice(engine, accent, variant)


if __name__ == "__main__":
    main()
