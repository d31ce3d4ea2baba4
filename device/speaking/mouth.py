"""Mynah's mouth: says texts and plays sounds one after the other, on a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from device.audio import wav
from device.audio.output import Output
from device.errors import MynahError
from device.events import Samples
from device.speaking.voice import Voice

log = logging.getLogger(__name__)


LOOK = 1.0
"""Seconds after which a mouth without a voice looks again whether there is a loudspeaker."""
LOADING = 20.0
"""Seconds at most that the end waits for a voice that is being loaded."""
LONGEST = 300
"""Seconds of a recording that are played."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text to be said, or a recording (`data`, a file's bytes) to be played."""

    text: str = ""
    data: bytes = b""


class Mouth:
    """`load` gives the voice, or None where there is none to be had; it is called on the mouth's thread once
    there is a loudspeaker, and may take its time. Without it, nothing is said, and only sounds are played.

    A context manager: the thread runs inside it. What is asked for returns at once.
    """

    def __init__(self, output: Output, load: Callable[[], Voice | None] | None = None) -> None:
        self._output, self._load = output, load
        self._voice: Voice | None = None
        self._speaks = load is not None
        self._changed = threading.Condition()
        self._waiting: deque[Utterance] = deque()
        self._current: Utterance | None = None
        self._era = 0  # each `stop` begins another
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)

    def __enter__(self) -> Mouth:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join(LOADING)  # a process that ends while the voice is being loaded is aborted

    @property
    def speaks(self) -> bool:
        """Whether texts are said."""
        return self._speaks and self._output.there

    def say(self, text: str) -> bool:
        """Say `text` after what is said or played now. False where there is nothing to say, or no voice."""
        if not self.speaks or not text.strip():
            return False
        self._add(Utterance(text))
        return True

    def play_file(self, data: bytes) -> None:
        """Play a recording: the bytes of a WAV file, or of another that can be read."""
        self._add(Utterance(data=data))

    def play(self, samples: Samples) -> None:
        """Play a short sound now, or after what is playing."""
        self._output.play(samples)

    def stop(self) -> None:
        """Silence, at once. What waits to be said is not said."""
        with self._changed:
            self._era += 1
            self._waiting.clear()
            self._current = None
        self._output.stop()

    @property
    def speaking(self) -> bool:
        """Whether something is said or played, or waits for it."""
        with self._changed:
            return self._current is not None or bool(self._waiting) or self._output.playing

    def _add(self, utterance: Utterance) -> None:
        with self._changed:
            self._waiting.append(utterance)
            self._changed.notify()

    def _run(self) -> None:
        while not self._ended:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ended, LOOK if self._load else None)
            if self._load is not None and self._output.there:
                load, self._load = self._load, None
                self._voice = load()
                self._speaks = self._voice is not None
            with self._changed:
                if not self._waiting:
                    continue
                era, self._current = self._era, self._waiting.popleft()
                utterance = self._current
            self._utter(utterance, era)
            with self._changed:
                if era == self._era:
                    self._current = None

    def _utter(self, utterance: Utterance, era: int) -> None:
        """Hand the sound over piece by piece, until another era begins."""
        try:
            for samples in self._sound(utterance):
                with self._changed:
                    if era != self._era:
                        return
                    self._output.play(samples)
        except MynahError as error:
            log.warning("not said: %s", error)
        except Exception:
            log.exception("a fault in the voice; going on")

    def _sound(self, utterance: Utterance) -> Iterator[Samples]:
        if utterance.data:
            yield from islice(wav.decode(utterance.data), LONGEST)
        elif self._voice is not None:
            yield from self._voice.speak(utterance.text)
