"""MemoryDenyWriteExecute= in the unit: the daemon needs no memory that is both written and executed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import ctypes, mmap, sys
SET_MDWE, REFUSE_EXEC_GAIN = 65, 1  # prctl(2), Linux 6.3
if ctypes.CDLL(None).prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0):
    sys.exit(77)
try:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    sys.exit("it is not denied")
except PermissionError:
    pass
from device.assembly.stages import make_assistant, make_home
from device.audio import wav
from device.audio.portaudio import _silence_libraries
from device.hearing.lexicon import Lexicon
from device.mqtt.credentials import tls_context
from device.settings import MqttSettings, Settings

settings = Settings()
assistant = make_assistant(settings, make_home(settings))
for turn in assistant.turns(wav.open_file(sys.argv[1])):
    print(turn.transcript.text)
tls_context(MqttSettings(tls=True))
_silence_libraries()
try:
    Lexicon().pronunciations("zwobbelfrimp")
except Exception as error:
    assert "install espeak-ng" in str(error)
"""


def test_a_whole_turn_without_memory_that_is_written_and_executed() -> None:
    recording = ROOT / "demo/recordings/open the bedroom blinds.flac"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(recording)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode == 77:
        pytest.skip("needs Linux 6.3: it cannot deny that to a process")
    assert (done.returncode, done.stdout) == (0, "open the bedroom blinds\n"), done.stderr
