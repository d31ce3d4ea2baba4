from __future__ import annotations

from pathlib import Path

import kaldifst
import numpy as np
import pytest

from device.hearing.packing import HEADER, Arcs, packed, unpacked


def random_automaton(seed: int) -> tuple[Arcs, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    rng = np.random.default_rng(seed)
    states, arcs = int(rng.integers(1, 40)), int(rng.integers(1, 200))
    columns = [rng.integers(0, high, arcs, dtype=np.int32) for high in (states, states, 5, 5)]
    columns[0][0], columns[1][-1] = 0, states - 1
    finals = np.unique(rng.integers(0, states, 5, dtype=np.int32))
    return Arcs(*columns), rng.integers(0, 8, arcs) / 4, finals


def content(fst: kaldifst.StdFst, file: Path) -> tuple[tuple[int, ...], bytes]:
    """The states and arcs that OpenFst writes, and the numbers of them; without what is known of them."""
    kaldifst.StdConstFst(fst).write(str(file))
    written = file.read_bytes()
    return HEADER.unpack_from(written)[-3:], written[HEADER.size :]


@pytest.mark.parametrize("seed", range(20))
def test_it_is_what_openfst_makes_of_text(seed: int, tmp_path: Path) -> None:
    arcs, weights, finals = random_automaton(seed)
    rows = sorted(zip(*arcs, weights, strict=True), key=lambda row: row[0])
    text = "\n".join([*(" ".join(map(str, row)) for row in rows), *map(str, finals)])
    theirs = kaldifst.compile(text + "\n", keep_state_numbering=True)
    assert content(packed(arcs, weights, finals), tmp_path / "ours") == content(theirs, tmp_path / "theirs")


@pytest.mark.parametrize("seed", range(5))
def test_arrays_to_an_automaton_and_back(seed: int) -> None:
    arcs, weights, finals = random_automaton(seed)
    states, start, found, ends = unpacked(packed(arcs, weights, finals))
    order = np.argsort(arcs.source, kind="stable")
    assert (states, start) == (1 + max(arcs.source.max(), arcs.target.max(), finals.max()), 0)
    for ours, theirs in zip(arcs, found, strict=True):
        np.testing.assert_array_equal(ours[order], theirs)
    np.testing.assert_array_equal(finals, ends)


def test_no_arcs_at_all() -> None:
    none = np.zeros(0, np.int32)
    states, start, arcs, finals = unpacked(packed(Arcs(none, none, none, none), 0.0, np.array([0])))
    assert (states, start, len(arcs.source), finals.tolist()) == (1, 0, 0, [0])
