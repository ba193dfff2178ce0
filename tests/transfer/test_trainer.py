"""Training steps against the equations, against plain Keras, and by counting."""

import keras
import numpy as np
import pytest

from satn_keras.config import TransferConfig
from satn_keras.metrics import UnweightedAccuracy
from satn_keras.transfer import AttentionTransfer
from tests.transfer.small_models import (
    CLASSES,
    Passage,
    batch,
    cross_entropy,
    small_encoder,
    small_recognizer,
)


def compiled(student, teacher=None, learning_rate=0.1, **kwargs):
    """Trainer whose steps run eagerly: one step needs no tracing."""
    trainer = AttentionTransfer(student, teacher, **kwargs)
    optimizer = keras.optimizers.SGD(learning_rate)
    trainer.compile(optimizer, cross_entropy(), run_eagerly=True)
    return trainer


def snapshot(model):
    return [keras.ops.convert_to_numpy(v).copy() for v in model.variables]


def assert_same(ours, theirs):
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


def softmax(scores):
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def numpy_encoder(model, x):
    """Every map and the posterior of `small_encoder`, from its weights alone."""
    weights = {
        layer.name: [w.astype("float64") for w in layer.get_weights()]
        for layer in model.layers
    }
    true = x["mask"]
    h = x["features"].reshape(*true.shape, -1)
    maps = {}
    for level in ("level_1", "level_2"):
        kernel, bias = weights[level]
        h = maps[level] = np.maximum(h @ kernel + bias, 0)
    query, key, value = (h @ kernel for kernel in weights["self_attention"])
    scores = query @ key.swapaxes(1, 2) / np.sqrt(query.shape[-1])
    allowed = true[:, :, None] & true[:, None, :]
    attention = softmax(np.where(allowed, scores, -1e9)) * allowed
    maps["self_attention:map"] = attention
    maps["self_attention"] = attention @ value
    kernel, bias = weights["posterior"]
    pooled = maps["self_attention"].sum(1) / true.sum(1, keepdims=True)
    return maps, softmax(pooled @ kernel + bias)


def numpy_transfer_loss(ours, theirs, true):
    """Sum over activations of |Q_SER - Q_S|_1, mean over the batch; p = 2."""
    total = np.zeros(len(true))
    for name in ("level_1", "level_2", "self_attention"):
        mine, yours = ((m[name] ** 2).sum(-1) * true for m in (ours, theirs))
        mine, yours = (m / m.sum(-1, keepdims=True) for m in (mine, yours))
        total += np.abs(mine - yours).sum(-1)
    return total.mean()


def numpy_attention_loss(ours, theirs, true):
    """Softmax maps divided by the number of true rows."""
    rows = true.sum(-1)[:, None, None]
    name = "self_attention:map"
    return np.abs(ours[name] / rows - theirs[name] / rows).sum((1, 2)).mean()


@pytest.mark.parametrize(
    ("map", "reference"),
    [("activation", numpy_transfer_loss), ("attention", numpy_attention_loss)],
)
def test_the_loss_is_that_of_the_equations(map, reference):
    student = small_encoder("student", seed=2)
    teacher = small_encoder("teacher", filters=13, seed=3)
    x, y = batch()
    ours, posterior = numpy_encoder(student, x)
    theirs, _ = numpy_encoder(teacher, x)
    emotion = -np.log(posterior[np.arange(5), y]).mean()
    transfer = reference(ours, theirs, x["mask"])

    trainer = compiled(student, teacher, weight=0.7, map=map)
    measured = trainer.evaluate(x, y, verbose=0, return_dict=True)
    assert measured["emotion_loss"] == pytest.approx(emotion, abs=1e-5)
    assert measured["transfer_loss"] == pytest.approx(transfer, abs=1e-5)
    assert measured["loss"] == pytest.approx(emotion + 0.7 * transfer, abs=1e-5)


def test_one_step_follows_the_slope_of_the_loss_on_paper():
    student = small_encoder("student", seed=2)
    teacher = small_encoder("teacher", filters=13, seed=3)
    x, y = batch()

    level = student.get_layer("level_2")
    kernel, bias = level.get_weights()
    bias = bias + 0.1  # off the bend of the rectifier, where padding would lie

    def loss_at(change):
        level.set_weights([kernel, bias + change * (np.arange(7) == 0)])
        ours, posterior = numpy_encoder(student, x)
        level.set_weights([kernel, bias])
        theirs, _ = numpy_encoder(teacher, x)
        emotion = -np.log(posterior[np.arange(5), y]).mean()
        return emotion + 3.0 * numpy_transfer_loss(ours, theirs, x["mask"])

    slope = (loss_at(1e-4) - loss_at(-1e-4)) / 2e-4
    trainer = compiled(student, teacher, learning_rate=1.0, weight=3.0)
    trainer.train_on_batch(x, y)
    moved = level.get_weights()[1][0] - bias[0]
    assert moved == pytest.approx(-slope, rel=1e-3)


@pytest.mark.parametrize("map", ["activation", "attention"])
def test_training_lowers_the_transfer_loss(map):
    student = small_encoder("student", seed=2)
    trainer = AttentionTransfer(student, small_recognizer(seed=3), 10.0, map)
    trainer.compile(keras.optimizers.Adam(0.02), cross_entropy())
    x, y = batch(rows=13)
    losses = trainer.fit(x, y, epochs=20, verbose=0).history["transfer_loss"]
    assert losses[-1] < 0.8 * losses[0]


def test_the_teacher_stays_as_it_was_moving_averages_included():
    teacher = small_recognizer(normalize=True, dropout=0.5)
    before = snapshot(teacher)
    trainer = compiled(small_encoder("student", seed=2), teacher)
    x, y = batch()
    trainer.fit(x, y, epochs=2, verbose=0)
    trainer.evaluate(x, y, verbose=0)
    assert_same(snapshot(teacher), before)
    assert teacher.trainable
    assert all(layer.trainable for layer in teacher.layers)


def test_only_the_students_variables_belong_to_the_trainer():
    student = small_encoder("student")
    trainer = compiled(student, small_recognizer())
    ids = [id(v) for v in trainer.variables]
    assert ids == [id(v) for v in student.variables]
    assert len(trainer.trainable_variables) == len(student.trainable_variables)
    assert {layer.name for layer in trainer.layers} == {"student"}


def test_each_model_runs_once_a_step_the_teacher_in_inference_mode():
    ours, theirs = Passage(), Passage()
    student = small_encoder("student", passage=ours)
    trainer = AttentionTransfer(student, small_recognizer(passage=theirs))
    trainer.compile("sgd", cross_entropy(), run_eagerly=True)
    x, y = batch()
    for step, training in [(trainer.train_on_batch, True), (trainer.test_on_batch, 0)]:
        ours.passages = theirs.passages = 0
        ours.trainings = theirs.trainings = ()
        step(x, y)
        assert (ours.passages, theirs.passages) == (1, 1)
        assert ours.trainings == (training,)
        assert theirs.trainings == (False,)


def test_weight_zero_needs_no_teacher():
    student = small_encoder("student")
    before = snapshot(student)
    compiled(student, weight=0).train_on_batch(*batch())
    assert np.abs(snapshot(student)[0] - before[0]).max() > 1e-4


def test_weight_zero_never_runs_the_teacher_and_reports_no_transfer_loss():
    theirs = Passage()
    teacher = small_recognizer(passage=theirs)
    theirs.passages = 0
    trainer = AttentionTransfer(small_encoder("student"), teacher, weight=0)
    trainer.compile("sgd", cross_entropy(), run_eagerly=True)
    logs = trainer.train_on_batch(*batch(), return_dict=True)
    assert theirs.passages == 0
    assert set(logs) == {"loss", "emotion_loss"}
    assert trainer.pairs == ()


def test_weight_zero_equals_training_the_student_alone_to_the_bit():
    x, y = batch(rows=13)

    def trained(wrap):
        student = small_encoder("student", dropout=0.4, normalize=True, seed=5)
        student.get_layer("level_1").kernel_regularizer = keras.regularizers.L2(0.1)
        model = wrap(student)
        model.compile(keras.optimizers.Adam(0.01), cross_entropy(), metrics=["acc"])
        keras.utils.set_random_seed(11)
        history = model.fit(
            x,
            y,
            batch_size=5,
            epochs=2,
            class_weight={0: 2.0, 1: 0.5, 2: 1.0},
            validation_data=(x, y),
            verbose=0,
        ).history
        return snapshot(student), history

    alone, plain = trained(lambda student: student)
    beside, transfer = trained(
        lambda student: AttentionTransfer(student, small_recognizer(), weight=0)
    )
    assert_same(beside, alone)
    assert plain == {name: transfer[name] for name in plain}


def test_a_transfer_weight_changes_the_training():
    x, y = batch()

    def trained(weight):
        student = small_encoder("student", seed=2)
        compiled(student, small_recognizer(seed=3), weight=weight).fit(x, y, verbose=0)
        return student.get_layer("level_1").get_weights()[0]

    assert np.abs(trained(1.0) - trained(0.0)).max() > 1e-4


@pytest.mark.parametrize(
    "weighting",
    [
        {"class_weight": {0: 3.0, 1: 0.2, 2: 1.0}},
        {"sample_weight": np.array([1, 0, 2, 0.5, 4], "float32")},
    ],
)
def test_class_and_sample_weights_count_in_the_emotion_loss_as_in_keras(weighting):
    x, y = batch()

    def moved(wrap, **weights):
        student = small_encoder("student", seed=2)
        before = snapshot(student)
        wrap(student).fit(x, y, verbose=0, **weights)
        return [new - old for new, old in zip(snapshot(student), before, strict=True)]

    def alone(student):
        student.compile(keras.optimizers.SGD(0.1), cross_entropy(), run_eagerly=True)
        return student

    def beside(student):
        return compiled(student, small_recognizer(seed=3))

    # The gradient is a sum, so weighting moves both trainings by the same amount.
    changes = [
        [w - u for w, u in zip(moved(way, **weighting), moved(way), strict=True)]
        for way in (alone, beside)
    ]
    assert max(np.abs(change).max() for change in changes[0]) > 1e-3
    for plain, transfer in zip(*changes, strict=True):
        np.testing.assert_allclose(transfer, plain, atol=1e-6)


def test_weights_of_zero_leave_the_transfer_term_whole():
    x, y = batch()
    trainer = compiled(small_encoder("student", seed=2), small_recognizer(seed=3))
    full = trainer.evaluate(x, y, verbose=0, return_dict=True)
    none = trainer.evaluate(
        x, y, sample_weight=np.zeros(5), verbose=0, return_dict=True
    )
    assert none["emotion_loss"] == 0
    assert none["transfer_loss"] == pytest.approx(full["transfer_loss"])


def test_evaluation_leaves_dropout_off_and_moving_averages_alone():
    student = small_encoder("student", dropout=0.5, normalize=True)
    trainer = compiled(student, small_recognizer(seed=3))
    x, y = batch()
    before = snapshot(student)
    first = trainer.evaluate(x, y, verbose=0, return_dict=True)
    assert trainer.evaluate(x, y, verbose=0, return_dict=True) == first
    assert_same(snapshot(student), before)


def test_a_ragged_last_batch_counts_by_its_rows():
    trainer = AttentionTransfer(small_encoder("student"), small_recognizer(seed=3))
    trainer.compile("sgd", cross_entropy())
    x, y = batch(rows=11)
    whole = trainer.evaluate(x, y, batch_size=11, verbose=0, return_dict=True)
    parts = trainer.evaluate(x, y, batch_size=4, verbose=0, return_dict=True)
    assert parts == pytest.approx(whole, abs=1e-6)


def test_predictions_are_the_students_posterior():
    student = small_encoder("student")
    x, _ = batch()
    found = compiled(student, small_recognizer()).predict(x, verbose=0)
    np.testing.assert_allclose(found, numpy_encoder(student, x)[1], atol=1e-5)


def test_compiled_metrics_keep_their_names_and_reach_callbacks():
    trainer = AttentionTransfer(small_encoder("student"), small_recognizer())
    trainer.compile("sgd", cross_entropy(), metrics=[UnweightedAccuracy(CLASSES)])
    x, y = batch()
    history = trainer.fit(x, y, validation_data=(x, y), verbose=0).history
    own = {"loss", "emotion_loss", "transfer_loss", "ua"}
    own |= {"student_entropy", "teacher_entropy"}
    assert set(history) == own | {f"val_{name}" for name in own}


def test_a_checkpoint_holds_the_student_alone_and_predicts_as_it_does(tmp_path):
    student = small_encoder("student")
    trainer = AttentionTransfer(student, small_recognizer())
    trainer.compile("sgd", cross_entropy(), metrics=[UnweightedAccuracy(CLASSES)])
    x, y = batch()
    best = tmp_path / "best.keras"
    checkpoint = keras.callbacks.ModelCheckpoint(
        str(best), monitor="val_ua", save_best_only=True
    )
    trainer.fit(x, y, validation_data=(x, y), callbacks=[checkpoint], verbose=0)
    loaded = keras.models.load_model(best)
    assert [v.path for v in loaded.variables] == [v.path for v in student.variables]
    np.testing.assert_allclose(loaded(x), trainer(x), atol=1e-6)


def test_an_interrupted_run_resumes_where_it_stopped(tmp_path):
    x, y = batch(rows=7)

    def trained(*epochs):
        student = small_encoder("student", dropout=0.3, seed=4)
        for number, last in enumerate(epochs):
            trainer = AttentionTransfer(student, small_recognizer(seed=3))
            trainer.compile(
                keras.optimizers.Adam(0.01), cross_entropy(), run_eagerly=True
            )
            if number:
                trainer.optimizer.build(trainer.trainable_variables)
                trainer.load_weights(tmp_path / "run.weights.h5")
            first = epochs[number - 1] if number else 0
            trainer.fit(
                x, y, epochs=last, initial_epoch=first, shuffle=False, verbose=0
            )
            trainer.save_weights(tmp_path / "run.weights.h5")
            student = small_encoder("student", dropout=0.3, seed=9)
        return snapshot(trainer.student)

    for whole, resumed in zip(trained(4), trained(2, 4), strict=True):
        np.testing.assert_allclose(resumed, whole, atol=1e-6)


def test_mixed_precision_scales_the_gradient_and_reports_the_loss_unscaled():
    x, y = batch()
    student = small_encoder("student", seed=2, dtype="mixed_float16")
    student.dtype_policy = keras.dtype_policies.get("mixed_float16")
    single = small_encoder("student", seed=2)
    before = snapshot(single)
    mixed_trainer, single_trainer = (
        compiled(model, small_recognizer(seed=3), learning_rate=1.0)
        for model in (student, single)
    )
    assert isinstance(mixed_trainer.optimizer, keras.optimizers.LossScaleOptimizer)
    loss = mixed_trainer.train_on_batch(x, y)
    assert loss == pytest.approx(single_trainer.train_on_batch(x, y), rel=0.01)
    for mixed, full in zip(snapshot(student), snapshot(single), strict=True):
        assert mixed.dtype == full.dtype
        np.testing.assert_allclose(mixed, full, atol=0.01)
    # An unscaled loss would be divided by 32768 all the same, and move nothing.
    assert np.abs(snapshot(student)[0] - before[0]).max() > 0.05


def test_a_step_compiled_by_xla_gives_the_same_loss():
    x, y = batch()
    losses = []
    for jit_compile in (False, True):
        trainer = AttentionTransfer(
            small_encoder("student", seed=2), small_recognizer(seed=3)
        )
        trainer.compile("sgd", cross_entropy(), jit_compile=jit_compile)
        assert trainer.jit_compile is jit_compile
        losses.append(trainer.fit(x, y, epochs=2, verbose=0).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-4)


def test_a_recipe_describes_the_trainer():
    config = TransferConfig(
        weight=0.3, map="attention", pairs=[("self_attention:map",) * 2]
    )
    trainer = AttentionTransfer.from_config_values(
        small_encoder("student"), small_recognizer(), config
    )
    assert trainer.weight == 0.3
    assert trainer.pairs == (("self_attention:map", "self_attention:map"),)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"weight": -0.5}, "`weight` must not be negative. Received: weight=-0.5"),
        ({"weight": float("nan")}, "`weight` must not be negative"),
        ({"pairs": ()}, "`pairs` must name at least one pair"),
        ({"pairs": [("level_1", "levl_1")]}, "teacher has no layer.*'level_1'"),
        ({"pairs": [("level_7", "level_1")]}, "student has no layer named 'level_7'"),
        (
            {"pairs": [("self_attention:map",) * 2]},
            "must name layer outputs.*Received: 'self_attention:map'",
        ),
        (
            {"map": "attention", "pairs": [("level_1", "level_1")]},
            "must name softmax maps.*Received: 'level_1'",
        ),
        ({"pairs": [("level_1", "logits")]}, "inputs tokens, which the student"),
        ({"power": 0.0}, "`power` must be above 0"),
        ({"distance": "cosine"}, "`distance` must be one of"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_training(settings, message):
    with pytest.raises(ValueError, match=message):
        AttentionTransfer(small_encoder("student"), small_recognizer(), **settings)


def test_transfer_without_a_teacher_is_refused():
    with pytest.raises(ValueError, match="`teacher` may be None only where `weight`"):
        AttentionTransfer(small_encoder("student"))


def test_a_teacher_that_shares_the_students_layers_is_refused():
    student = small_encoder("student")
    with pytest.raises(ValueError, match=r"share variables \(level_1/kernel\)"):
        AttentionTransfer(student, student)
