"""Settings that every test shares."""

import os

# Quiet and repeatable: set before TensorFlow is imported anywhere.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def pytest_collection_modifyitems(config, items):
    """Leave out tests of tensorflow-io where its native library does not load."""
    needing = [item for item in items if item.get_closest_marker("tfio")]
    if not needing:
        return  # and TensorFlow need not be imported to find out
    from satn_keras.pipelines.graph_audio import operations_load

    if not operations_load():
        config.hook.pytest_deselected(items=needing)
        items[:] = [item for item in items if item not in needing]
