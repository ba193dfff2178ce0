"""States of the random generators among what `save_weights` writes."""

from __future__ import annotations

import keras


class RandomStates:
    """Mixin for a `keras.Model` with a `student`: a resumed run draws on.

    Keras saves no random state, so that a resumed run would repeat its dropout.

    Attributes:
        untracked_states: variables that decide a step and are no part of `variables`.
    """

    untracked_states: list = ()

    def save_own_variables(self, store):
        for number, variable in enumerate(self._random_states()):
            store[str(number)] = keras.ops.convert_to_numpy(variable)

    def load_own_variables(self, store):
        for number, variable in enumerate(self._random_states()):
            variable.assign(store[str(number)])

    def _random_states(self):
        weights = {id(variable) for variable in self.student.weights}
        states = [v for v in self.student.variables if id(v) not in weights]
        return [*states, *self.untracked_states]
