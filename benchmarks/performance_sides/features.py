"""Features by this package, as training computes them."""

import numpy as np

BATCH = 32


def ours(paths, cores):
    """End to end from the files, and from waveforms in memory."""
    import tensorflow as tf

    from satn_keras.config import FeatureConfig
    from satn_keras.features import FrontEnd
    from satn_keras.pipelines.audio import decode, read_audio
    from satn_keras.pipelines.feature_source import features_of

    front_end = FrontEnd(FeatureConfig())
    rate = front_end.sample_rate
    waveforms = [read_audio(path, rate) for path in paths]
    seconds = sum(map(len, waveforms)) / rate
    files = tf.data.Dataset.from_tensor_slices(paths)
    files = files.map(lambda path: features_of(decode(path, rate), front_end), cores)
    memory = _dataset(tf, waveforms)
    memory = memory.map(lambda sound: features_of(sound, front_end), cores)

    def heard(dataset):
        batches = dataset.padded_batch(BATCH).prefetch(2)

        def work():
            for _ in batches:
                pass
            return {"audio_seconds": seconds}

        return work

    return {"end to end": heard(files), "compute only": heard(memory)}


def _dataset(tf, waveforms):
    lengths = [len(waveform) for waveform in waveforms]
    rows = tf.RaggedTensor.from_row_lengths(np.concatenate(waveforms), lengths)
    dataset = tf.data.Dataset.from_tensor_slices(rows)
    return dataset.map(lambda row: tf.ensure_shape(row, (None,)))
