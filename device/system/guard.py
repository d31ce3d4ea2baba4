"""A program's work, of which whatever goes wrong becomes one line and an exit status."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable

from device.errors import MynahError


def guarded(work: Callable[[], int]) -> int:
    """Return the exit status of `work`. Print an error that it raises as one line on standard error."""
    try:
        status = work()
        sys.stdout.flush()
        return status
    except MynahError as error:
        logging.debug("where it comes from", exc_info=True)
        message, status = str(error), error.exit_status
    except BrokenPipeError:  # what reads our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        logging.debug("where it comes from", exc_info=True)
        message, status = f"a fault in Mynah: {type(error).__name__}: {error} (--debug shows where)", 1
    print(f"mynah: {message}", file=sys.stderr)
    return status
