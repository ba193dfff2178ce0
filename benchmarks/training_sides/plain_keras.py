"""The same training as one would write it for Keras's `fit` without the package.

The pipeline is a usual one of tf.data, in parallel and with prefetching: read a
file, log-mels and derivatives by tf.signal, normalise, crop, shuffle, pad. What it
does not know is that features and teacher are the same in each epoch, and that
utterances of like length could share a batch.
"""

from benchmarks.training_sides.recipe import TOKENS, paper_config, set_threads
from benchmarks.training_sides.speech import read_part

BATCH, CROP = 32, 300
SHARED = ("level_1", "level_2", "level_3", "self_attention")


def epoch(manifest, utterances, threads, jit, features="tensorflow"):
    """Keras's `fit` for one epoch.

    Args:
        manifest: as for `epochs.by_us`.
        utterances: as for `epochs.by_us`.
        threads: as for `epochs.by_us`.
        jit: `jit_compile` of `compile`; "auto" is Keras's default.
        features: by "tensorflow" in the graph, or by "librosa" in Python.
    """
    set_threads(threads)
    import keras

    part, classes = read_part(manifest, utterances)
    model = _model(len(classes))
    model.compile(keras.optimizers.Adam(1e-4), jit_compile=jit)
    dataset = _dataset(part, classes, _READERS[features]())

    def work():
        model.fit(dataset, verbose=0)

    return work


def _dataset(part, classes, extract):
    import tensorflow as tf

    paths = [str(one.path) for one in part]
    labels = [classes.index(one.label) for one in part]

    def read(path, label):
        features = extract(path)
        spare = tf.maximum(tf.shape(features)[0] - CROP, 0)
        start = tf.random.uniform([], 0, spare + 1, tf.int32)
        features = features[start : start + CROP]
        return features, tf.ones(tf.shape(features)[:1], tf.bool), label

    dataset = tf.data.Dataset.from_tensor_slices((paths, labels))
    dataset = dataset.shuffle(len(paths)).map(read, tf.data.AUTOTUNE)
    return dataset.padded_batch(BATCH).prefetch(tf.data.AUTOTUNE)


def _by_tensorflow():
    import soundfile
    import tensorflow as tf

    def decode(name):
        return soundfile.read(name.decode(), dtype="float32")[0]

    def extract(path):
        samples = tf.numpy_function(decode, [path], tf.float32)
        return _features(tf.ensure_shape(samples, [None]))

    return extract


def _by_librosa():
    import librosa
    import tensorflow as tf

    from benchmarks.performance_sides.rival_features import librosa_features

    def in_python(name):
        features = librosa_features(librosa.load(name.decode(), sr=16000)[0])
        mean, deviation = features.mean(0), features.std(0)
        return ((features - mean) / (deviation + 1e-4)).astype("float32")

    def extract(path):
        features = tf.numpy_function(in_python, [path], tf.float32)
        return tf.ensure_shape(features, [None, 40, 3])

    return extract


_READERS = {"tensorflow": _by_tensorflow, "librosa": _by_librosa}


def _features(samples):
    """(frames, 40, 3): log-mels and two derivatives, normalised over the utterance."""
    import tensorflow as tf

    samples = tf.concat([samples[:1], samples[1:] - 0.97 * samples[:-1]], 0) * 32768.0
    frames = tf.signal.frame(samples, 400, 160)
    power = tf.abs(tf.signal.rfft(frames, [512])) ** 2 / 512
    filters = tf.signal.linear_to_mel_weight_matrix(40, 257, 16000, 0.0, 8000.0)
    static = tf.math.log(power @ filters + 1e-10)

    def slope(x):
        padded = tf.concat([x[:1], x[:1], x, x[-1:], x[-1:]], 0)
        wide, near = padded[4:] - padded[:-4], padded[3:-1] - padded[1:-3]
        return (2 * wide + near) / 10

    first = slope(static)
    features = tf.stack([static, first, slope(first)], -1)
    mean, variance = tf.nn.moments(features, 0)
    return (features - mean) / tf.sqrt(variance + 1e-8)


def _model(num_classes):
    """Student and teacher of the paper's recipe in a training step of one's own."""
    import keras
    import tensorflow as tf

    from satn_keras.models import build_student, build_teacher

    config = paper_config()
    whole = build_student(num_classes, config.student, seed=1)
    recogniser = build_teacher(TOKENS, config.teacher, seed=2)

    def maps_of(model):
        outputs = [model.get_layer(name).output for name in SHARED]
        return [one[0] if isinstance(one, (list, tuple)) else one for one in outputs]

    student = keras.Model(whole.input, [whole.output, *maps_of(whole)])
    heard = {name: recogniser.input[name] for name in ("features", "mask")}
    teacher = keras.Model(heard, maps_of(recogniser))

    def normalised(activations, mask):
        m = tf.reduce_sum(tf.square(activations), -1) * tf.cast(mask, tf.float32)
        return m / (tf.reduce_sum(m, 1, keepdims=True) + 1e-9)

    class Copying(keras.Model):
        def __init__(self):
            super().__init__()
            self.student = student
            self.crossentropy = keras.losses.SparseCategoricalCrossentropy()
            self.accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")

        def call(self, inputs):
            return self.student(inputs)[0]

        def train_step(self, data):
            features, mask, labels = data
            x = {"features": features, "mask": mask}
            theirs = teacher(x, training=False)
            with tf.GradientTape() as tape:
                posterior, *ours = self.student(x, training=True)
                loss = self.crossentropy(labels, posterior)
                for one, other in zip(ours, theirs, strict=True):
                    apart = normalised(one, mask) - normalised(other, mask)
                    loss += tf.reduce_mean(tf.reduce_sum(tf.abs(apart), 1))
            variables = self.student.trainable_variables
            gradients = tape.gradient(loss, variables)
            self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
            self.accuracy.update_state(labels, posterior)
            return {"loss": loss, "accuracy": self.accuracy.result()}

    model = Copying()
    model.built = True
    return model
