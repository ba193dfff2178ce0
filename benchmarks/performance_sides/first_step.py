"""Student of the paper's recipe, built and trained for one step."""

import numpy as np

from satn_keras.models import build_student

BATCH, FRAMES, BANDS, CLASSES = 32, 300, 40, 4


def main():
    student = build_student(CLASSES, seed=1)
    student.compile("adam", "sparse_categorical_crossentropy")
    features = np.random.default_rng(1).standard_normal(
        (BATCH, FRAMES, BANDS, 3), "float32"
    )
    heard = {"features": features, "mask": np.ones((BATCH, FRAMES), bool)}
    student.train_on_batch(heard, np.zeros(BATCH, "int32"))


if __name__ == "__main__":
    main()
