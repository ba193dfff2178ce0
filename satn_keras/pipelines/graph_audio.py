"""Sound files decoded by graph operations of tensorflow-io."""

import functools
import warnings

import tensorflow as tf

from satn_keras.sound_file import LOUDEST

HEAD = 48  # bytes, enough for every header below
SLOWEST, FASTEST = 1000, 384000  # Hz; another rate is a damaged header's
# ISO/IEC 11172-3 and 13818-3, table of sampling frequencies; MPEG 2.5 halves them.
MPEG1_RATES = (44100, 48000, 32000, 0)  # Hz; 0 is reserved


@functools.cache
def operations_load():
    """Whether tensorflow-io is here with a native library that fits TensorFlow."""
    try:
        _ = _operations().io_audio_resample  # loads the library
    except (ImportError, NotImplementedError, AttributeError, tf.errors.OpError):
        return False
    return True


def decode_in_graph(path, sample_rate, otherwise):
    """Mono waveform of a sound file, by tensorflow-io where it reads the file right.

    Args:
        path: Scalar string tensor.
        sample_rate: Hz of the result.
        otherwise: Function of path and sample rate that returns the waveform, or
            raises, for files that no operation decodes, and for empty and
            non-finite ones.

    Returns:
        float32 tensor (samples,).
    """
    data = tf.io.read_file(path)

    def outside():
        samples = tf.ensure_shape(otherwise(path, sample_rate), (None,))
        return samples[:, None], tf.constant(sample_rate, tf.int64)

    samples, rate = tf.case(_decoders(data), default=outside)  # (samples, channels)
    samples = tf.reduce_mean(samples, axis=1)
    samples = tf.cond(
        tf.equal(rate, sample_rate),
        lambda: samples,
        lambda: _resample(samples, rate, sample_rate),
    )
    sound = tf.reduce_all(tf.abs(samples) <= LOUDEST) & (tf.size(samples) > 0)
    return tf.cond(sound, lambda: samples, lambda: otherwise(path, sample_rate))


def _operations():
    with warnings.catch_warnings():
        # It warns of file systems that it cannot load and that nobody asked for.
        warnings.simplefilter("ignore")
        from tensorflow_io.python.ops import core_ops
    return core_ops


def _decoders(data):
    """Pairs for `tf.case`: is the file of this kind; its samples and rate."""
    from tensorflow_io import audio

    head = _bytes_at(data, 0, HEAD)
    wav, wav_rate, wav_type = _probe_wav(head, data)
    flac, flac_rate, flac_depth = _probe_flac(head)
    vorbis, vorbis_rate = _probe_vorbis(head)
    mp3, mp3_rate = _probe_mp3(head, data)

    def case(found, rate, decoder, **options):
        sane = (rate >= SLOWEST) & (rate <= FASTEST)
        return found & sane, lambda: (_to_float(decoder(data, **options)), rate)

    wav_types = {1016: tf.int16, 1024: tf.int32, 1008: tf.uint8, 3032: tf.float32}
    flac_depths = {16: tf.int16, 24: tf.int32, 8: tf.uint8}
    return [
        *(
            case(wav & (wav_type == kind), wav_rate, audio.decode_wav, dtype=dtype)
            for kind, dtype in wav_types.items()
        ),
        *(
            case(
                flac & (flac_depth == depth), flac_rate, audio.decode_flac, dtype=dtype
            )
            for depth, dtype in flac_depths.items()
        ),
        case(vorbis, vorbis_rate, audio.decode_vorbis),
        case(mp3, mp3_rate, audio.decode_mp3),
    ]


def _probe_wav(head, data):
    """Whether it is RIFF with `fmt ` first and whole; rate; 1000 tag + bit depth."""
    size = tf.strings.length(data, unit="BYTE")
    whole = _little_endian(head, 4, 4) + 8 <= tf.cast(size, tf.int64)
    found = _has(head, 0, b"RIFF") & _has(head, 8, b"WAVEfmt ") & whole
    kind = 1000 * _little_endian(head, 20, 2) + _little_endian(head, 34, 2)
    return found, _little_endian(head, 24, 4), kind


def _probe_flac(head):
    """Whether it is native FLAC; rate; bit depth, from STREAMINFO."""
    # 20 bits of rate, 3 of channels, 5 of depth less one, from byte 18 on.
    packed = _big_endian(head, 18, 4)
    return _has(head, 0, b"fLaC"), packed // 2**12, packed // 2**4 % 2**5 + 1


def _probe_vorbis(head):
    """Whether it is OGG whose first packet is Vorbis's; rate."""
    found = _has(head, 0, b"OggS") & _has(head, 28, b"\x01vorbis")
    return found, _little_endian(head, 40, 4)


def _probe_mp3(head, data):
    """Whether an MPEG layer III frame comes first, after an ID3 tag; rate."""
    sizes = head[6:10]  # seven bits each
    tag = 10 + tf.reduce_sum(sizes * [2**21, 2**14, 2**7, 1])
    frame = _bytes_at(data, tf.where(_has(head, 0, b"ID3"), tag, 0), 4)
    version, layer = frame[1] // 8 % 4, frame[1] // 2 % 4
    rate = tf.gather(tf.constant(MPEG1_RATES, tf.int64), frame[2] // 4 % 4)
    halvings = tf.gather(tf.constant([4, 1, 2, 1], tf.int64), version)
    synced = (frame[0] == 0xFF) & (frame[1] >= 0xE0)
    return synced & (layer == 1) & (version != 1) & (rate > 0), rate // halvings


def _resample(samples, rate, sample_rate):
    """Samples at `sample_rate`, in step with the input and as long as soxr's."""
    # The operation comes late by half its filter: 64 samples, more by the factor of
    # the rates when it goes down, in whole eights (Speex's resampler, quality 4). A
    # second of silence less that delay makes it late by exactly a second.
    up = tf.cast(rate, tf.int64)
    length = tf.where(up > sample_rate, 64 * up // sample_rate, 64)
    delay = (length + 7) // 8 * 4
    padded = tf.pad(samples, [(up - delay, 2 * delay)])
    late = _operations().io_audio_resample(
        padded[:, None], rate_in=up, rate_out=sample_rate
    )
    count = tf.size(samples, out_type=tf.int64)
    wanted = (2 * count * sample_rate + up) // (2 * up)  # nearest
    return late[sample_rate : sample_rate + wanted, 0]


def _to_float(samples):
    if samples.dtype == tf.float32:
        return samples
    if samples.dtype == tf.uint8:
        return (tf.cast(samples, tf.float32) - 128) / 128
    return tf.cast(samples, tf.float32) / (samples.dtype.max + 1)


def _bytes_at(data, start, count):
    """`count` bytes from `start` as int64, zeros past the end."""
    start = tf.minimum(tf.cast(start, tf.int32), tf.strings.length(data, unit="BYTE"))
    cut = tf.strings.join([tf.strings.substr(data, start, count), b"\0" * count])
    return tf.cast(tf.io.decode_raw(cut, tf.uint8)[:count], tf.int64)


def _has(head, start, text):
    return tf.reduce_all(head[start : start + len(text)] == list(text))


def _little_endian(head, start, count):
    weights = [2 ** (8 * place) for place in range(count)]
    return tf.reduce_sum(head[start : start + count] * weights)


def _big_endian(head, start, count):
    weights = [2 ** (8 * place) for place in reversed(range(count))]
    return tf.reduce_sum(head[start : start + count] * weights)
