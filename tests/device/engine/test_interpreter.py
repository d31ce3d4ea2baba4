"""The shipped int8 models: states that feed back, steps that repeat."""

from __future__ import annotations

import numpy as np
import pytest

from device.engine.bundle import SHIPPED, Bundle
from device.engine.interpreter import StreamingModel, runtime


@pytest.fixture(params=["hey_mynah", "english"])
def bundle(request: pytest.FixtureRequest) -> Bundle:
    return Bundle.load(SHIPPED / request.param)


def rows(bundle: Bundle, steps: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(0, 1, (steps, bundle.stream.frames, bundle.features.mels)).astype(np.float32)


def test_outputs_have_the_stated_shape(bundle: Bundle) -> None:
    outputs = StreamingModel(bundle).step(rows(bundle, 1)[0])
    assert outputs.shape == (bundle.stream.frames // bundle.stream.stride, len(bundle.labels))
    assert outputs.dtype == np.float32


def test_reset_forgets_everything(bundle: Bundle) -> None:
    model = StreamingModel(bundle)
    x = rows(bundle, 6)
    first = [model.step(frames) for frames in x]
    again = [model.step(frames) for frames in x]
    model.reset()
    fresh = [model.step(frames) for frames in x]
    np.testing.assert_array_equal(first, fresh)
    assert not np.array_equal(first[0], again[0]), "the state of the past must matter"


def test_streams_of_one_model_do_not_disturb_each_other(bundle: Bundle) -> None:
    model, x = StreamingModel(bundle), rows(bundle, 6)
    alone = [model.step(frames) for frames in x]
    model.reset()
    other = model.beside()
    together = [(model.step(frames), other.step(-frames))[0] for frames in x]
    np.testing.assert_array_equal(alone, together)


def test_every_tensor_that_goes_in_or_out_is_int8(bundle: Bundle) -> None:
    interpreter = runtime().Interpreter(str(bundle.model), num_threads=1)
    details = [*interpreter.get_input_details(), *interpreter.get_output_details()]
    assert {detail["dtype"] for detail in details} == {np.int8}
