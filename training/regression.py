"""Logistic regression: how probable it is that something is right, by a line through what was measured."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize


def logistic_regression(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.bool_], ridge: float = 1e-5
) -> npt.NDArray[np.float64]:
    """Weights (features + 1,) of the regression of `y` (items,) on `x` (items, features), the offset last.

    Both classes weigh as much. `ridge`: of the sum of the squared weights, which keeps them finite where a
    line parts the classes.
    """
    weight = np.where(y, 0.5 / max(y.sum(), 1), 0.5 / max((~y).sum(), 1))
    full = np.column_stack((x, np.ones(len(x))))
    sign = np.where(y, 1.0, -1.0)

    def loss(w: npt.NDArray[np.float64]) -> float:
        return float(np.sum(weight * np.logaddexp(0, -sign * (full @ w))) + ridge * np.sum(w[:-1] ** 2))

    return np.asarray(minimize(loss, np.zeros(full.shape[1])).x)
