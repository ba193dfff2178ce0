"""What stands in for a trained teacher's maps, to tell what they are worth."""

import contextlib
import dataclasses
import random

import keras
import numpy as np
from keras import ops

from satn_keras.layers import AttentionMapTransfer
from satn_keras.transfer.stored_maps import STORED, stored_maps, to_store

CONTROLS = ("none", "untrained", "uniform", "shuffled", "other_utterance")
PARTNER = "partner_"  # begins the names of the inputs another utterance gives
SPEAKER = "speaker"  # input of an adversary's training: (batch, speakers), shares


@dataclasses.dataclass(frozen=True)
class TeacherMaps:
    """Teacher's side of the loss for each batch, or what a control puts there.

    - "none", "untrained": the maps of the view as it is.
    - "uniform": every true frame, or every true key of each true query, alike. No
      teacher is run. Of a causal layer too the keys are all true ones.
    - "shuffled": each training batch is put in one cycle drawn at random, in which
      every utterance takes the maps and true length of the next, so that none keeps
      its own; that of a batch of one has no other to take. With several replicas
      each draws within its own share.
    - "other_utterance": in training the teacher hears the inputs whose names begin
      with "partner_" in place of the student's own.

    Outside training "shuffled" and "other_utterance" give the maps of the
    utterance itself: how near the student came to what was withheld from it.

    Attributes:
        view: over the teacher's layers; None where it is not run.
        names: the teacher's layer of each pair.
        control: one of `CONTROLS`.
        draws: of the permutations, where "shuffled".
        layer: says what a map is that batches bring along; see `stored_maps`.
    """

    view: keras.Model | None
    names: tuple[str, ...]
    control: str = "none"
    draws: keras.random.SeedGenerator | None = None
    layer: AttentionMapTransfer | None = None

    @classmethod
    def of(cls, view, names, control, seed) -> "TeacherMaps":
        """Source of a control's maps; `seed` is of the permutations."""
        if control == "uniform":
            return cls(None, names, control)
        if control != "shuffled":
            return cls(view, names, control)
        # Drawn from words, so that no layer seeded by the same number draws alike.
        number = random.Random(f"shuffled maps {seed}").getrandbits(31)
        draws = keras.random.SeedGenerator(number, name="shuffled_maps")
        return cls(view, names, control, draws)

    @property
    def random_states(self) -> list:
        """Variables that a resumed run needs to draw on."""
        return [] if self.draws is None else [self.draws.state]

    def hear(self, x: dict, training: bool) -> dict | None:
        """Teacher's side of the loss; None if `uniform_part` makes it.

        Raises:
            ValueError: if a training batch lacks the partners that
                "other_utterance" needs.
        """
        if self.view is None:
            return None
        if not training or self.control in ("none", "untrained"):
            return {"maps": self._maps(x)}
        if self.control == "other_utterance":
            x = partners_inputs(x)
            return {"maps": self._maps(x), "mask": x["mask"]}
        part = {"maps": self._maps(x)}
        if "mask" in x:
            part["mask"] = x["mask"]
        order = random_cycle(ops.shape(part["maps"][0])[0], self.draws)
        return keras.tree.map_structure(lambda v: ops.take(v, order, axis=0), part)

    def to_store(self, x: dict):
        """(batch, frames, pairs): what a batch may bring along as its maps."""
        return to_store(self._run(x), x.get("mask"), self.layer)

    def _maps(self, x):
        return stored_maps(x, self.to_store) if STORED in x else self._run(x)

    def _run(self, x):
        outputs = seen(self.view, x, training=False)
        return [outputs[name] for name in self.names]


def uniform_part(student_maps: list) -> dict:
    """Teacher's side of the loss that favours no true frame or key.

    Args:
        student_maps: as `TransferLoss` takes them.

    Example:
        >>> uniform_part([keras.ops.zeros((1, 2, 1))])["maps"][0].numpy().tolist()
        [[[1.0], [1.0]]]
    """
    return {"maps": [ops.ones_like(m, dtype="float32") for m in student_maps]}


def random_cycle(rows, seed: keras.random.SeedGenerator):
    """Permutation of the rows in one cycle, drawn from all such.

    Args:
        rows: how many, an integer or a scalar tensor.
        seed: of the draw; its state moves on.

    Returns:
        (rows,), int: row i is replaced by row `result[i]`, another one if there is
        any.

    Example:
        >>> ops.convert_to_numpy(random_cycle(2, keras.random.SeedGenerator(5)))
        array([1, 0], dtype=int32)
    """
    order = ops.argsort(keras.random.uniform((rows,), seed=seed))
    following = ops.roll(order, -1)
    return ops.take(following, ops.argsort(order))


def untrained_copy(teacher: keras.Model, seed: int) -> keras.Model:
    """Model of the same architecture with freshly drawn weights.

    An initializer that was given a seed of its own draws as it did for `teacher`.
    The global random state stays as it was, so that what is drawn after the copy is
    what would have been drawn without it.

    Args:
        teacher: functional or sequential model of layers that can be configured.
        seed: the same gives the same weights; a model built after
            `keras.utils.set_random_seed(seed)` has others.

    Raises:
        ValueError: if `teacher` cannot be cloned.

    Example:
        >>> teacher = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        >>> untrained_copy(teacher, seed=1).count_params()
        8
    """
    with _own_random_state(f"untrained copy {seed}"):
        return keras.models.clone_model(teacher)


def own_inputs(x):
    """Inputs of a batch without its partners', its speakers and the teacher's maps."""
    if not isinstance(x, dict):
        return x
    others = (PARTNER, SPEAKER, STORED)
    return {name: value for name, value in x.items() if not name.startswith(others)}


def partners_inputs(x: dict) -> dict:
    """Inputs that the partners of a batch give, by their plain names.

    Raises:
        ValueError: if features or mask are not there.
    """
    missing = [n for n in (PARTNER + "features", PARTNER + "mask") if n not in x]
    if missing:
        raise ValueError(
            f"control='other_utterance' needs {' and '.join(missing)} in every "
            "training batch. Give the Batcher its `partners`."
        )
    return {n.removeprefix(PARTNER): x[n] for n in x if n.startswith(PARTNER)}


def seen(view, x, training):
    """View of a batch that may hold more inputs than the view takes."""
    return view({name: x[name] for name in view.input}, training=training)


@contextlib.contextmanager
def _own_random_state(seed):
    """Python's and NumPy's random state begin at `seed`, and return afterwards.

    Keras seeds every initializer and layer that has no seed from Python's, and its
    draws from there on are stateless; TensorFlow's own state is never drawn from.
    """
    python, arrays = random.getstate(), np.random.get_state()
    own = random.Random(seed)
    random.seed(own.getrandbits(64))
    np.random.seed(own.getrandbits(32))
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(arrays)
