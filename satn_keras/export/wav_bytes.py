"""WAV files in memory to a padded batch of waveforms, by core operations."""

import tensorflow as tf

from satn_keras.export.resampling import resample

SLOWEST, FASTEST = 1000, 384000  # Hz; another rate is a damaged header's
MOST_CHUNKS = 1000  # before the samples; a file of nothing but headers ends there
PCM, EXTENSIBLE = 1, 0xFFFE  # format tags
NO_WAV = (
    "audio_bytes: every entry must be a WAV file of 16-bit PCM, at 1 to 384 kHz. "
    "Convert it, or decode it and call serve_lengths. Entry:"
)


def decode_wavs(audio_bytes, sample_rate):
    """Mono waveforms at one rate: the mean of the channels, resampled.

    `tf.audio.decode_wav` refuses files with an extensible header, with chunks of odd
    size, and streamed ones whose size is unknown; this reads them all. A file that is
    cut short is heard as far as it goes.

    Args:
        audio_bytes: string (batch,), whole WAV files, 16-bit PCM of any rate from 1 to
            384 kHz and any number of channels.
        sample_rate: Hz of the result.

    Returns:
        Waveforms, float32 (batch, samples), zero-padded, and lengths, int32 (batch,).
        A WAV file without samples has the length 0.

    Raises:
        tf.errors.InvalidArgumentError: when the graph runs, if an entry is something
            else, with its place in the batch.
    """
    waveforms = tf.map_fn(
        lambda row: _decode(row[0], row[1], sample_rate),
        (audio_bytes, tf.range(tf.size(audio_bytes))),
        fn_output_signature=tf.RaggedTensorSpec([None], tf.float32, ragged_rank=0),
    )
    lengths = tf.cast(waveforms.row_lengths(), tf.int32)
    return waveforms.to_tensor(), lengths


def _decode(data, row, sample_rate):
    found = (_text(data, 0) == b"RIFF") & (_text(data, 8) == b"WAVE")
    form, sound, size = _find_chunks(data)
    kind, channels = _number(data, form, 2), _number(data, form + 2, 2)
    kind = tf.where(kind == EXTENSIBLE, _number(data, form + 24, 2), kind)
    rate, depth = _number(data, form + 4, 4), _number(data, form + 14, 2)
    found &= (form > 0) & (sound > 0) & (kind == PCM) & (depth == 16)
    found &= (channels > 0) & (rate >= SLOWEST) & (rate <= FASTEST)
    with tf.control_dependencies([tf.debugging.Assert(found, [NO_WAV, row])]):
        channels, rate = tf.maximum(channels, 1), tf.identity(rate)
    size -= size % (2 * channels)
    pcm = tf.io.decode_raw(tf.strings.substr(data, sound, size), tf.int16)
    samples = tf.reshape(tf.cast(pcm, tf.float32) / 32768, (-1, channels))
    samples = tf.reduce_mean(samples, axis=1)
    # The condition holds the transform back where no sample or no change needs it.
    same = (rate == sample_rate) | (size == 0)
    return tf.cond(same, lambda: samples, lambda: resample(samples, rate, sample_rate))


def _find_chunks(data):
    """Where format and samples begin, 0 if they do not, and the samples' bytes."""
    end = tf.strings.length(data)

    def step(at, form, sound, size):
        name = _text(data, at)
        long = _number(data, at + 4, 4, tf.int64)
        # A streamed file says -1, a cut one more than there is.
        left = tf.cast(end - at - 8, tf.int64)
        count = tf.cast(tf.minimum(long, left), tf.int32)
        is_sound = name == b"data"
        form = tf.where(name == b"fmt ", at + 8, form)
        sound, size = tf.where(is_sound, at + 8, sound), tf.where(is_sound, count, size)
        return at + 8 + count + count % 2, form, sound, size

    def unfinished(at, form, sound, size):
        return (sound == 0) & (at + 8 <= end)

    _, form, sound, size = tf.while_loop(
        unfinished,
        step,
        (tf.constant(12), tf.constant(0), tf.constant(0), tf.constant(0)),
        maximum_iterations=MOST_CHUNKS,
    )
    return form, sound, size


def _text(data, start):
    """Four bytes, or fewer at the end."""
    start = tf.minimum(start, tf.strings.length(data))
    return tf.strings.substr(data, start, 4)


def _number(data, start, count, dtype=tf.int32):
    """Unsigned number of `count` bytes, the lowest first; zeros past the end."""
    start = tf.minimum(start, tf.strings.length(data))
    cut = tf.strings.join([tf.strings.substr(data, start, count), b"\0" * count])
    digits = tf.cast(tf.io.decode_raw(cut, tf.uint8)[:count], dtype)
    return tf.reduce_sum(digits * [2 ** (8 * place) for place in range(count)])
