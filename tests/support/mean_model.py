"""A served model whose answers are known by paper and pencil."""

import json

import tensorflow as tf

WAVEFORM = tf.TensorSpec((None, None), tf.float32, "waveform")
LENGTHS = tf.TensorSpec((None,), tf.int32, "lengths")
SOUNDS = tf.TensorSpec((None,), tf.string, "audio_bytes")
STEPS = tf.TensorSpec((), tf.int32, "steps")


class MeanModel(tf.Module):
    """Answers with the mean of each utterance's true samples, and with its version.

    Signatures: `serving_default`, `serve_lengths`, `serve_bytes` (16-bit mono WAV),
    `attention` (the samples as they came), `spell` (bytes back as bytes and as text)
    and `busy` (multiplies matrices for as many steps as it is told).
    """

    def __init__(self, version):
        super().__init__()
        self.version = tf.Variable(float(version))

    @tf.function(input_signature=[WAVEFORM, LENGTHS])
    def serve_lengths(self, waveform, lengths):
        kept = tf.sequence_mask(lengths, tf.shape(waveform)[1])
        total = tf.reduce_sum(tf.where(kept, waveform, 0.0), axis=1)
        mean = total / tf.maximum(tf.cast(lengths, tf.float32), 1.0)
        version = tf.fill(tf.shape(mean), self.version)
        label = tf.strings.join(["v", tf.strings.as_string(tf.cast(version, tf.int32))])
        probabilities = tf.stack([mean, version], axis=1)
        return {"probabilities": probabilities, "label": label, "score": mean}

    @tf.function(input_signature=[WAVEFORM])
    def serving_default(self, waveform):
        batch, samples = tf.unstack(tf.shape(waveform))
        return self.serve_lengths(waveform, tf.fill([batch], samples))

    @tf.function(input_signature=[SOUNDS])
    def serve_bytes(self, audio_bytes):
        decode = lambda sound: tf.audio.decode_wav(sound, 1).audio[:, 0]  # noqa: E731
        ragged = tf.map_fn(
            decode, audio_bytes, fn_output_signature=tf.RaggedTensorSpec([None])
        )
        lengths = tf.cast(ragged.row_lengths(), tf.int32)
        return self.serve_lengths(ragged.to_tensor(), lengths)

    @tf.function(input_signature=[WAVEFORM, LENGTHS])
    def attention(self, waveform, lengths):
        return {**self.serve_lengths(waveform, lengths), "attention": waveform}

    @tf.function(input_signature=[SOUNDS])
    def spell(self, audio_bytes):
        return {"text": audio_bytes, "raw_bytes": audio_bytes}

    @tf.function(input_signature=[STEPS])
    def busy(self, steps):
        matrix = tf.eye(300)
        for _ in tf.range(steps):
            matrix = tf.matmul(matrix, matrix)
        return {"trace": tf.linalg.trace(matrix)}


def save_mean_model(folder, version, answers=None):
    """Version of the model below `folder`, which answers as version `answers`."""
    path = folder / str(version)
    model = MeanModel(version if answers is None else answers)
    names = ("serve_lengths", "serve_bytes", "attention", "spell", "busy")
    signatures = {name: getattr(model, name) for name in (*names, "serving_default")}
    tf.saved_model.save(model, str(path), signatures=signatures)
    extra = path / "assets.extra"
    extra.mkdir()
    (extra / "recognizer.json").write_text(
        json.dumps({"classes": ["a", "b"], "sample_rate": 16000}), encoding="utf-8"
    )
    return path
