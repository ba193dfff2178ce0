"""Arithmetic of a training step, beside that counted by hand."""

from types import SimpleNamespace

import pytest

from benchmarks.training_sides.recipe import encoder_gflop, step_gflop

SMALL = SimpleNamespace(filters=2, kernel_size=3, attention_units=5, num_levels=2)


def test_an_encoder_costs_its_products():
    # A frame of 7 values: 7 x 2 products by three taps and the skip, then three
    # convolutions of 3 x 2 x 2, three projections of 2 x 5, and its scores and
    # context beside 11 frames, 11 x 5 each; a multiplication and an addition each.
    products = 7 * 2 * 4 + 3 * 12 + 3 * 10 + 2 * 55
    forward, first = encoder_gflop(SMALL, frames=13, longest=11, bands=7)
    assert forward == pytest.approx(2 * products * 13 / 1e9)
    assert first == pytest.approx(2 * 7 * 2 * 4 * 13 / 1e9)


def test_a_stored_map_saves_the_teachers_forward_pass():
    config = SimpleNamespace(student=SMALL, teacher=SMALL)
    plain, stored, both = (
        step_gflop(config, kind, 13, 11) for kind in ("plain", "stored", "transfer")
    )
    forward, first = encoder_gflop(SMALL, 13, 11)
    assert plain == stored == pytest.approx(3 * forward - first)
    assert both - stored == pytest.approx(forward)
