"""How much of a waveform one frame of features hears."""

from typing import NamedTuple


class Context(NamedTuple):
    """What decides the values of a frame, beside where the utterance begins and ends.

    Attributes:
        before: frames before it whose windows count.
        after: frames after it whose windows count.
        samples: from the first sample of a frame's hop to the end of its longest
            window.
    """

    before: int
    after: int
    samples: int

    def beside(self, other: "Context") -> "Context":
        """Context of both together.

        Example:
            >>> Context(1, 0, 400).beside(Context(0, 3, 320))
            Context(before=1, after=3, samples=400)
        """
        return Context(*map(max, self, other))

    def derived(self, reach: int) -> "Context":
        """Context of what hears `reach` such frames to each side.

        Example:
            >>> Context(1, 0, 400).derived(4)
            Context(before=5, after=4, samples=400)
        """
        return Context(self.before + reach, self.after + reach, self.samples)
