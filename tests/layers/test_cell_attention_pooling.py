"""Attention over all cells, against its equation written in NumPy."""

import numpy as np
import pytest

from satn_keras.layers import CellAttentionPooling, lengths_to_mask
from tests.support.layer_contracts import numbers

CELLS, LENGTHS = numbers(3, 11, 2, 5), [11, 6, 1]
MASK = lengths_to_mask(LENGTHS, 11)


def pool(cells, kernel, bias, score, scale):
    """Weighted mean and weights of one utterance, cell by cell, in float64."""
    flat = cells.reshape(-1, cells.shape[-1]).astype("float64")
    energies = np.array([score @ np.tanh(cell @ kernel + bias) for cell in flat])
    alpha = np.exp(scale * energies) / np.exp(scale * energies).sum()
    return alpha @ flat, alpha.reshape(cells.shape[:2])


@pytest.mark.parametrize("scale", [0.3, 1.0, 7.0])
def test_pooling_follows_the_equation_over_true_cells(scale):
    layer = CellAttentionPooling(7, scale)
    layer.build(CELLS.shape)
    kernel, bias, score = numbers(5, 7), numbers(7), 3 * numbers(1, 7)[0]
    layer.projection.set_weights([kernel, bias])
    layer.score.assign(score)
    pooled, weights = layer(CELLS, mask=MASK)
    for i, length in enumerate(LENGTHS):
        expected = pool(CELLS[i, :length], kernel, bias, score, scale)
        np.testing.assert_allclose(pooled[i], expected[0], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(
            weights[i, :length], expected[1], rtol=1e-4, atol=1e-9
        )
        np.testing.assert_array_equal(weights[i, length:], 0.0)


def test_two_cells_by_hand():
    layer = CellAttentionPooling(1, scale=0.5)
    cells = np.array([[[[0.0], [20.0]]]], dtype="float32")  # one frame, two bands
    layer.build(cells.shape)
    layer.projection.kernel.assign([[1.0]])  # tanh(20) = 1
    layer.score.assign([2 * np.log(3.0)])  # halved by the scale
    pooled, weights = layer(cells)
    np.testing.assert_allclose(weights, [[[0.25, 0.75]]], rtol=1e-6)
    np.testing.assert_allclose(pooled, [[15.0]], rtol=1e-6)


@pytest.mark.parametrize(("units", "scale"), [(0, 1.0), (3, 0.0), (3, float("nan"))])
def test_impossible_sizes_are_refused(units, scale):
    with pytest.raises(ValueError, match=f"`scale` above 0.*units={units}"):
        CellAttentionPooling(units, scale)
