"""What a training step reads off the student's one forward pass."""

import dataclasses

import keras

from satn_keras.transfer.controls import seen
from satn_keras.transfer.views import OUTPUT, layer_view


@dataclasses.dataclass(frozen=True)
class StudentSide:
    """View of the student; Keras tracks nothing inside it.

    Attributes:
        view: over the layers read and the student's own output.
        maps: names of the layers whose maps are compared.
        pooled: name of the layer whose output an adversary hears, or None.
    """

    view: keras.Model
    maps: tuple[str, ...] = ()
    pooled: str | None = None

    @classmethod
    def of(cls, student, maps=(), pooled=None) -> "StudentSide":
        """View of `student`.

        Raises:
            TypeError: if it is not functional.
            ValueError: if it has no layer of a name.
        """
        names = [*maps, OUTPUT] if pooled is None else [*maps, pooled, OUTPUT]
        return cls(layer_view(student, [*dict.fromkeys(names)]), tuple(maps), pooled)

    def hear(self, x: dict, training: bool) -> dict:
        """What the student makes of a batch.

        Returns:
            "posterior"; "maps", the student's side of a `TransferLoss`, a list; its
            "mask", if the batch has one; "pooled" where an adversary hears it.
        """
        outputs = seen(self.view, x, training)
        side = {"posterior": outputs[OUTPUT], "maps": [outputs[m] for m in self.maps]}
        if "mask" in x:
            side["mask"] = x["mask"]
        if self.pooled is not None:
            side["pooled"] = outputs[self.pooled]
        return side
