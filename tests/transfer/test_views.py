"""Views of named layers, and the pairs that are compared by default."""

import keras
import numpy as np
import pytest

from satn_keras.layers import BahdanauAttention
from satn_keras.transfer import default_pairs, layer_view, named_outputs
from tests.transfer.small_models import (
    CLASSES,
    Passage,
    batch,
    small_encoder,
    small_inputs,
    small_recognizer,
)


def soft_student():
    inputs = small_inputs()
    x = keras.layers.Reshape((-1, 15))(inputs["features"])
    x = keras.layers.Dense(7, name="level_1")(x)
    attention = BahdanauAttention(7, name="attention_pooling")
    context, _ = attention(x, mask=inputs["mask"])
    return keras.Model(inputs, keras.layers.Dense(CLASSES)(context), name="soft")


def test_a_view_gives_what_the_layer_computes_by_hand():
    student, (x, _) = small_encoder("student"), batch()
    kernel, bias = student.get_layer("level_1").get_weights()
    frames = x["features"].reshape(5, 11, 15)
    view = layer_view(student, ["level_1"])
    found = np.array(view({"features": x["features"]})["level_1"])
    np.testing.assert_allclose(found, np.maximum(frames @ kernel + bias, 0), atol=1e-5)


def test_an_attention_layer_gives_context_and_map_by_name():
    view = layer_view(
        small_encoder("student"), ["self_attention", "self_attention:map", "output"]
    )
    x, _ = batch()
    found = {name: np.array(value) for name, value in view(x).items()}
    assert found["self_attention"].shape == (5, 11, 7)
    rows = found["self_attention:map"].sum(-1)[:, 0]  # (batch, queries)
    np.testing.assert_allclose(rows[x["mask"]], 1, atol=1e-6)
    np.testing.assert_allclose(found["output"].sum(-1), 1, atol=1e-6)


def test_one_pass_gives_every_map_and_the_posterior():
    passage = Passage()
    view = layer_view(
        small_encoder("student", passage=passage),
        ["level_1", "level_2", "self_attention", "output"],
    )
    passage.passages = 0
    view(batch()[0])
    assert passage.passages == 1


def test_a_recogniser_seen_through_its_encoder_asks_for_no_tokens():
    view = layer_view(small_recognizer(), ["level_2", "self_attention:map"])
    assert set(view.input) == {"features", "mask"}
    names = {layer.name for layer in view.layers}
    assert "level_2" in names
    assert not names & {"embedding", "decoder", "logits", "posterior"}


def test_a_level_alone_asks_for_no_mask():
    assert set(layer_view(small_encoder("student"), ["level_2"]).input) == {"features"}


def test_layers_called_again_in_an_outer_graph_are_still_found_in_their_own():
    student = small_encoder("student")
    outer = small_inputs()
    keras.Model(outer, student(outer))
    x, _ = batch()
    view = layer_view(student, ["self_attention", "output"])
    np.testing.assert_allclose(view(x)["output"], student(x), atol=1e-6)


def test_an_unknown_layer_names_the_closest_and_all_there_are():
    with pytest.raises(
        ValueError, match=r"student has no layer named 'levle_2'.*'level_2'\?.*level_1,"
    ):
        layer_view(small_encoder("student"), ["levle_2"])


def test_a_layer_of_one_output_has_no_map():
    with pytest.raises(ValueError, match="no layer named 'level_1:map'"):
        layer_view(small_encoder("student"), ["level_1:map"])


def test_a_subclassed_model_is_refused():
    class Subclassed(keras.Model):
        pass

    with pytest.raises(TypeError, match="functional.*Received: Subclassed"):
        layer_view(Subclassed(), ["level_1"])


def test_activations_pair_the_levels_both_have_and_self_attention():
    student, teacher = small_encoder("student", levels=2), small_recognizer(levels=3)
    assert default_pairs(student, teacher) == (
        ("level_1", "level_1"),
        ("level_2", "level_2"),
        ("self_attention", "self_attention"),
    )


def test_levels_are_paired_in_order_of_depth_not_of_spelling():
    pairs = default_pairs(
        small_encoder("student", levels=11), small_encoder("teacher", levels=11)
    )
    names = [name for name, _ in pairs]
    assert names[:-1] == [f"level_{number}" for number in range(1, 12)]


def test_attention_pairs_the_two_softmax_maps():
    pairs = default_pairs(small_encoder("student"), small_recognizer(), "attention")
    assert pairs == (("self_attention:map", "self_attention:map"),)


def test_a_student_with_soft_attention_pairs_levels_by_itself_and_maps_by_name():
    student = soft_student()
    assert default_pairs(student, small_recognizer()) == (("level_1", "level_1"),)
    assert "attention_pooling:map" in named_outputs(student)
    with pytest.raises(ValueError, match=r"soft and teacher share no.*`pairs`"):
        default_pairs(student, small_recognizer(), "attention")


def test_an_unknown_kind_of_map_is_refused():
    with pytest.raises(ValueError, match="`map` must be.*Received: map='gradient'"):
        default_pairs(small_encoder("student"), small_recognizer(), "gradient")
