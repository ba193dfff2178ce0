"""Feature streams as the encoders of a student hear them, joined early or late."""

from collections.abc import Sequence

from satn_keras.models.gated_streams import GatedStreams
from satn_keras.models.stream_bands import StreamBands


def joined_inputs(
    inputs: dict, join: str, stream_bands: Sequence[int] | None, units: int
) -> dict[str, dict]:
    """Inputs of each encoder, by what the names of its layers begin with.

    Args:
        inputs: as `feature_inputs` has them.
        join: "early": one encoder hears all bands side by side. "gated": one hears
            `GatedStreams` of them. "late": each stream has an encoder of its own;
            the first stream's layers keep the plain names, so that a teacher's maps
            are compared with that stream's.
        stream_bands: bands of each stream; not needed where they are joined early.
        units: width of the gated sum.

    Raises:
        ValueError: if the bands of the streams are not known, or do not make up
            those of the features.
    """
    if join == "early":
        return {"": inputs}
    features = inputs["features"]
    if not stream_bands or sum(stream_bands) != features.shape[2]:
        raise ValueError(
            f"`stream_bands` must be the bands of each stream, {features.shape[2]} in "
            f"all, where streams are joined {join}. Received: "
            f"stream_bands={stream_bands}."
        )
    if join == "gated":
        streams = GatedStreams(stream_bands, units, name="streams")
        return {"": {**inputs, "features": streams(features)}}
    branches, start = {}, 0
    for number, bands in enumerate(stream_bands, start=1):
        own = StreamBands(start, start + bands, name=f"stream_{number}")(features)
        prefix = "" if number == 1 else f"stream_{number}_"
        branches[prefix] = {**inputs, "features": own}
        start += bands
    return branches
