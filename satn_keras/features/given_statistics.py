"""Statistics that are handed to a normalisation, beside its frames."""


def check_given(statistics, mode):
    """Refuse what no mode takes.

    Raises:
        ValueError: if the mode has no use for statistics, or their rank is not 4.
    """
    if mode not in ("speaker", "voices"):
        raise ValueError(
            "`statistics` are taken in modes 'speaker' and 'voices' only. "
            f"Received: mode={mode!r}."
        )
    if len(statistics.shape) != 4:
        raise ValueError(
            "`statistics` must have the shape (batch, 2, bands, channels). "
            f"Received: shape={tuple(statistics.shape)}."
        )
