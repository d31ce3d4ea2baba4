"""What is wrong at the moment, in lines that say what to do."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable


class Problems:
    """By where they come from; may be told from any thread. Who is connected is given all, as JSON."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._tell: Callable[[str], None] = lambda text: None
        self._lock = threading.Lock()

    def connect(self, tell: Callable[[str], None]) -> None:
        """From now on to `tell`, and at once."""
        with self._lock:
            self._tell = tell
            tell(self._json())

    def say(self, where: str, text: str) -> None:
        """`text` is wrong in `where`; empty: all is well there."""
        with self._lock:
            if self._texts.get(where, "") != text:
                self._texts[where] = text
                self._tell(self._json())

    def _json(self) -> str:
        return json.dumps({"problems": [text for text in self._texts.values() if text]}, ensure_ascii=False)
