"""Shares with the interval in which they would lie if they were measured again."""

from __future__ import annotations

import numpy as np


def share_with_interval(hits: int, total: int) -> tuple[float, float, float]:
    """hits/total and its 95 % Wilson interval."""
    if not total:
        return 0.0, 0.0, 1.0
    z, share = 1.96, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return share, max(0.0, float(middle - half)), min(1.0, float(middle + half))
