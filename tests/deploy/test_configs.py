"""The files for TensorFlow Serving, read as the server and Docker read them."""

import pathlib
import re

import pytest
import yaml
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
    wrappers_pb2,  # noqa: F401, registers its messages
)
from tensorflow_serving.config import (
    file_system_storage_path_source_pb2,
    model_server_config_pb2,
)

from satn_keras.export.versions import versions

DEPLOY = pathlib.Path(__file__).parents[2] / "deploy"
KINDS = {
    "Int64Value": ".google.protobuf.Int64Value",
    "PrometheusConfig": ".tensorflow.serving.PrometheusConfig",
}
# Messages that tensorflow-serving-api leaves out, with the names and numbers of
# session_bundle_config.proto and monitoring_config.proto.
LEFT_OUT = {
    "BatchingParameters": {
        "max_batch_size": (1, "Int64Value"),
        "batch_timeout_micros": (2, "Int64Value"),
        "max_enqueued_batches": (3, "Int64Value"),
        "num_batch_threads": (4, "Int64Value"),
        "allowed_batch_sizes": (6, "int64 list"),
        "pad_variable_length_inputs": (7, "bool"),
    },
    "PrometheusConfig": {"enable": (1, "bool"), "path": (2, "string")},
    "MonitoringConfig": {"prometheus_config": (1, "PrometheusConfig")},
}


@pytest.fixture(scope="module")
def messages():
    """Class of each message that the wheel leaves out."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="left_out.proto",
        package="tensorflow.serving",
        syntax="proto3",
        dependency=["google/protobuf/wrappers.proto"],
    )
    for name, fields in LEFT_OUT.items():
        message = file.message_type.add(name=name)
        for key, (number, kind) in fields.items():
            base, _, many = kind.partition(" ")
            label = field.LABEL_REPEATED if many else field.LABEL_OPTIONAL
            added = message.field.add(name=key, number=number, label=label)
            if base in KINDS:
                added.type, added.type_name = field.TYPE_MESSAGE, KINDS[base]
            else:
                added.type = getattr(field, f"TYPE_{base.upper()}")
    pool = descriptor_pool.DescriptorPool()
    wrappers = descriptor_pb2.FileDescriptorProto()
    wrappers_pb2.DESCRIPTOR.CopyToProto(wrappers)
    pool.Add(wrappers)
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(
            pool.FindMessageTypeByName(f"tensorflow.serving.{name}")
        )
        for name in LEFT_OUT
    }


def read(name, message):
    return text_format.Parse((DEPLOY / name).read_text(encoding="utf-8"), message)


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "docker-compose.yml").read_text(encoding="utf-8"))


def test_the_models_are_those_of_the_package_and_every_label_has_its_version():
    config = read("models.config", model_server_config_pb2.ModelServerConfig())
    (model,) = config.model_config_list.config
    assert model.base_path == f"/models/{model.name}"
    found = versions(DEPLOY.parent / "saved_models" / model.name)
    policy = file_system_storage_path_source_pb2.FileSystemStoragePathSourceConfig
    assert isinstance(
        model.model_version_policy, policy.ServableVersionPolicy
    ) and model.model_version_policy.HasField("latest")
    served = found[-model.model_version_policy.latest.num_versions :]
    assert set(model.version_labels) == {"stable", "canary"}
    assert set(model.version_labels.values()) <= set(served)


def test_batches_are_padded_and_their_largest_size_is_allowed(messages):
    config = read("batching.config", messages["BatchingParameters"]())
    assert config.pad_variable_length_inputs
    sizes = list(config.allowed_batch_sizes)
    assert sizes == sorted(sizes)
    assert sizes[-1] == config.max_batch_size.value  # the server insists
    assert config.num_batch_threads.value >= 1


def test_prometheus_reads_the_path_at_which_the_server_writes(messages, compose):
    config = read("monitoring.config", messages["MonitoringConfig"]())
    assert config.prometheus_config.enable
    (job,) = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())["scrape_configs"]
    assert job["metrics_path"] == config.prometheus_config.path
    (target,) = job["static_configs"][0]["targets"]
    host, port = target.split(":")
    assert any(
        mapping.endswith(f":{port}") for mapping in compose["services"][host]["ports"]
    )


def test_the_container_is_given_every_file_that_its_command_names(compose):
    service = compose["services"]["serving"]
    assert service["image"].startswith("tensorflow/serving:")
    mounted = {}
    for volume in service["volumes"]:
        source, target, mode = re.fullmatch(
            r"(?:\$\{\w+:-)?([^}]+?)\}?:(/[^:]+):(ro)", volume
        ).groups()
        mounted[target] = DEPLOY / source
    assert all(path.exists() for path in mounted.values())
    named = re.findall(r"=(/\S+)", " ".join(service["command"]))
    assert named and set(named) <= set(mounted)


def test_the_readme_names_every_file():
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    files = {path.name for path in DEPLOY.iterdir()} - {"README.md"}
    assert {name for name in files if f"({name})" not in text} == set()
