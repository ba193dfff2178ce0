"""The REST protocol: answers held against paper, pencil and the model itself."""

import base64
import io
import json

import numpy as np
import pytest
import soundfile
import tensorflow as tf

from tests.support.mean_model import save_mean_model
from tests.support.sounds import vowel

PREDICT = "/v1/models/mean:predict"


def post(client, document, path=PREDICT, **options):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return client.post(path, content=body, **options)


def wav(samples, rate=16000, **options):
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", **options)
    return {"b64": base64.b64encode(file.getvalue()).decode()}


def test_rows_are_answered_by_rows(mean):
    answer = post(mean, {"instances": [[0.5, 0.25], [1.0, 0.0]]})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "predictions": [
            {"probabilities": [0.375, 2.0], "label": "v2", "score": 0.375},
            {"probabilities": [0.5, 2.0], "label": "v2", "score": 0.5},
        ]
    }


def test_named_rows_may_name_every_input(mean):
    rows = [{"waveform": [0.5, 9.0], "lengths": 1}, {"waveform": [1, 0], "lengths": 2}]
    answer = post(mean, {"signature_name": "serve_lengths", "instances": rows})
    assert [row["score"] for row in answer.json()["predictions"]] == [0.5, 0.5]


def test_columns_are_answered_by_columns(mean):
    inputs = {"waveform": [[0.5, 9.0], [1.0, 0.5]], "lengths": [1, 2]}
    answer = post(mean, {"signature_name": "serve_lengths", "inputs": inputs})
    assert answer.json() == {
        "outputs": {
            "probabilities": [[0.5, 2.0], [0.75, 2.0]],
            "label": ["v2", "v2"],
            "score": [0.5, 0.75],
        }
    }


def test_one_input_and_one_output_need_no_names(mean):
    answer = post(mean, {"signature_name": "busy", "inputs": 3})
    assert answer.json() == {"outputs": 300.0}


def test_base64_comes_in_as_bytes_and_goes_out_where_the_name_says_bytes(mean):
    sent = {"b64": base64.b64encode(b"ab").decode()}
    answer = post(mean, {"signature_name": "spell", "inputs": [sent]})
    assert answer.status_code == 400  # no WAV: the input has the name of sounds
    sound = wav(np.zeros(3, "int16"))
    answer = post(mean, {"signature_name": "spell", "inputs": [sound]})
    outputs = answer.json()["outputs"]
    assert outputs["raw_bytes"] == [sound]
    assert outputs["text"][0].startswith("RIFF")


def test_wav_files_of_different_lengths_share_a_request(mean):
    sounds = [wav(np.full(n, 2**14, "int16")) for n in (3, 700, 41)]
    for document in ({"instances": sounds}, {"inputs": sounds}):
        answer = post(mean, {"signature_name": "serve_bytes", **document}).json()
        rows = answer.get("predictions") or [
            {"score": score} for score in answer["outputs"]["score"]
        ]
        assert [row["score"] for row in rows] == [0.5, 0.5, 0.5]


def test_the_exported_student_answers_as_when_it_is_called(serving, student_folder):
    waveform = vowel(0.31)
    called = tf.saved_model.load(str(student_folder / "1")).signatures[
        "serving_default"
    ](waveform=tf.constant(waveform[np.newaxis]))
    with serving(student_folder) as client:
        answer = post(client, {"instances": [waveform.tolist()]})
        (row,) = answer.json()["predictions"]
        missing = post(client, {"signature_name": "serve_words", "instances": ["a"]})
    np.testing.assert_allclose(
        row["probabilities"], called["probabilities"][0], rtol=0, atol=1e-5
    )
    assert row["label"] == called["label"][0].numpy().decode()
    assert missing.status_code == 400
    assert 'name: "serve_words" not found in signature def' in missing.json()["error"]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/v1/models/mean:predict", "v2"),
        ("/v1/models/mean/versions/1:predict", "v1"),
        ("/v1/models/mean/versions/2:predict", "v2"),
        ("/v1/models/mean/labels/stable:predict", "v1"),
    ],
)
def test_a_version_is_asked_for_by_number_or_label(mean, path, label):
    answer = post(mean, {"instances": [[0.5]]}, path)
    assert answer.json()["predictions"][0]["label"] == label


def test_the_status_lists_versions_the_latest_first(mean):
    fine = {"error_code": "OK", "error_message": ""}
    known = [
        {"version": number, "state": "AVAILABLE", "status": fine} for number in "21"
    ]
    for path, expected in (
        ("", known),
        ("/versions/1", known[1:]),
        ("/labels/stable", known[1:]),
    ):
        answer = mean.get(f"/v1/models/mean{path}")
        assert answer.json() == {"model_version_status": expected}


def test_the_metadata_are_the_signatures_in_protobuf_s_json(mean):
    answer = mean.get("/v1/models/mean/versions/1/metadata").json()
    assert answer["model_spec"] == {
        "name": "mean",
        "signature_name": "",
        "version": "1",
    }
    found = answer["metadata"]["signature_def"]["signature_def"]
    assert found["serve_lengths"]["method_name"] == "tensorflow/serving/predict"
    lengths = found["serve_lengths"]["inputs"]["lengths"]
    assert lengths["dtype"] == "DT_INT32"
    assert lengths["tensor_shape"] == {
        "dim": [{"size": "-1", "name": ""}],
        "unknown_rank": False,
    }


BAD = {
    "malformed": (b'{"instances": [', 400, "JSON Parse error: "),
    "empty": (b"", 400, "JSON Parse error: "),
    "no object": (b"[1]", 400, "Is not object"),
    "neither key": ({}, 400, "Missing 'inputs' or 'instances' key."),
    "both keys": ({"inputs": 1, "instances": [1]}, 400, "Only one of"),
    "no rows": ({"instances": []}, 400, "at least one element"),
    "one number": ({"instances": [0.5]}, 400, r"the shape (any, any)"),
    "ragged": ({"instances": [[0.5], [0.5, 1]]}, 400, "lists of equal length"),
    "three axes": ({"instances": [[[0.5]]]}, 400, "must have the shape"),
    "text": ({"instances": [["a"]]}, 400, "`waveform` must be float32"),
    "null": ({"instances": [[None]]}, 400, "`waveform` must be float32"),
    "NaN": (b'{"instances": [[NaN]]}', 400, "NaN and Infinity are not JSON"),
    "infinite": (b'{"instances": [[-Infinity]]}', 400, "NaN and Infinity"),
    "beyond a double": (b'{"instances": [[1e999]]}', 400, "number is infinity"),
    "beyond all sounds": ({"instances": [[1e30]]}, 400, "at most 1e+06 times full"),
    "beyond a float": ({"instances": [[1e39]]}, 400, "finite number that float32"),
    "too many rows": ({"instances": [[0.5]] * 6}, 400, "1 to 5 utterances"),
    "too long": ({"instances": [[0] * 32001]}, 400, "may last 2 s. Received: 2.0 s"),
    "unknown signature": (
        {"signature_name": "x", "instances": [[0.5]]},
        400,
        'Serving signature name: "x" not found in signature def.',
    ),
    "no name": ({"signature_name": 3, "instances": [[0.5]]}, 400, "must be a string"),
    "missing input": (
        {"signature_name": "serve_lengths", "inputs": {"waveform": [[0.5]]}},
        400,
        "Missing named input: lengths.",
    ),
    "unknown input": (
        {"inputs": {"waveform": [[0.5]], "pitch": [1]}},
        400,
        "Unknown named input: pitch.",
    ),
    "plain where named": (
        {"signature_name": "serve_lengths", "instances": [[0.5]]},
        400,
        "but objects are expected",
    ),
    "unlike keys": (
        {"instances": [{"waveform": [0.5]}, {"lengths": 1}]},
        400,
        "Failed to process element: 1",
    ),
    "length beyond": (
        {
            "signature_name": "serve_lengths",
            "inputs": {"waveform": [[0.5]], "lengths": [2]},
        },
        400,
        "every length must be 0 to 1",
    ),
    "broken length": (
        {
            "signature_name": "serve_lengths",
            "inputs": {"waveform": [[0.5]], "lengths": [0.5]},
        },
        400,
        "`lengths` must be int32",
    ),
    "unlike rows": (
        {
            "signature_name": "serve_lengths",
            "inputs": {"waveform": [[0.5]], "lengths": [1, 1]},
        },
        400,
        "as many in each",
    ),
    "bad base64": (
        {"signature_name": "serve_bytes", "instances": [{"b64": "§§"}]},
        400,
        "Unable to base64 decode",
    ),
    "text as WAV": (
        {"signature_name": "serve_bytes", "instances": ["no sound"]},
        400,
        "`audio_bytes[0]` must be a 16-bit PCM WAV file",
    ),
    "24 bit": (
        {
            "signature_name": "serve_bytes",
            "instances": [wav(np.zeros(9), subtype="PCM_24")],
        },
        400,
        "Received: WAV, PCM_24",
    ),
    "sound too long": (
        {"signature_name": "serve_bytes", "instances": [wav(np.zeros(24001), 8000)]},
        400,
        "may last 2 s. Received: 3.0 s",
    ),
    "deeply nested": (b'{"instances": ' + b"[" * 900 + b"]" * 900 + b"}", 400, "must"),
    "deeply nested text": (
        b'{"signature_name":"spell","inputs":' + b"[" * 900 + b"]" * 900 + b"}",
        400,
        "must",
    ),
    "rows of no rows": (
        {"signature_name": "busy", "instances": [3]},
        400,
        "must have the shape ()",
    ),
    "too large": (b" " * 200_001, 413, "A request may have 200000 bytes."),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_request_has_one_clear_line_and_the_server_lives(mean, name):
    document, status, words = BAD[name]
    answer = post(mean, document)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert words in error
    assert "\n" not in error and len(error) < 400
    after = post(mean, {"instances": [[0.5]]})
    assert after.json()["predictions"][0]["score"] == 0.5


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("POST", "/v1/models/other:predict", 404, "Servable not found"),
        ("POST", "/v1/models/mean/versions/7:predict", 404, "Specific(mean, 7)"),
        ("POST", "/v1/models/mean/versions/x:predict", 400, "x to numeric."),
        ("POST", "/v1/models/mean/versions/²:predict", 400, "to numeric."),
        ("POST", "/v1/models/mean/labels/new:predict", 400, "version label: new."),
        ("POST", "/v1/models/mean/labels/gone:predict", 400, "version label: gone."),
        ("POST", "/v1/models/mean:classify", 400, "Malformed request: POST "),
        ("GET", "/v1/models/other", 404, "This server has the model mean."),
        ("GET", "/v1/models/mean/versions/7", 404, "Could not find version 7"),
        ("GET", "/v1/models/mean/versions/7/metadata", 404, "Served: 1, 2."),
        ("GET", "/elsewhere", 404, "Malformed request: GET /elsewhere"),
    ],
)
def test_what_is_not_served_is_named(mean, method, path, status, words):
    content = b'{"instances": [[0.5]]}' if method == "POST" else None
    answer = mean.request(method, path, content=content)
    assert (answer.status_code, words in answer.json()["error"]) == (status, True)


def test_the_api_key_is_asked_for_everywhere_but_of_the_health(serving):
    with serving(api_key="sésame") as client:
        for path in ("/v1/models/mean", "/metrics"):
            assert client.get(path).status_code == 401
        refused = post(client, {"instances": [[0.5]]}, headers={"X-API-Key": "x"})
        assert refused.status_code == 401
        assert "X-API-Key: KEY" in refused.json()["error"]
        for shown in ({"X-API-Key": "sésame"}, {"Authorization": "Bearer sésame"}):
            shown = {name: value.encode() for name, value in shown.items()}
            answer = post(client, {"instances": [[0.5]]}, headers=shown)
            assert answer.status_code == 200
        assert client.get("/healthz").json() == {"versions": [1, 2]}


def test_the_metrics_count_what_was_answered(serving):
    with serving() as client:
        post(client, {"instances": [[0.5] * 8000, [0.25] * 8000]})
        post(client, b"no")
        for path in ("/metrics", "/monitoring/prometheus/metrics"):
            lines = client.get(path).text.splitlines()
            assert 'satn_requests_total{status="200"} 1.0' in lines
            assert 'satn_requests_total{status="400"} 1.0' in lines
            assert "satn_audio_seconds_total 1.0" in lines
            assert "satn_batch_rows_sum 2.0" in lines
            assert "satn_requests_in_flight 0.0" in lines
            assert "satn_latest_version 2.0" in lines


def test_without_batches_the_answers_are_the_same(serving):
    with serving(max_batch=1) as client:
        answer = post(client, {"instances": [[0.5, 0.25]]})
    assert answer.json()["predictions"][0]["score"] == 0.375


def test_a_request_that_takes_too_long_is_told_so(serving):
    with serving(answer_seconds=0.05) as client:
        answer = post(client, {"signature_name": "busy", "inputs": 3000})
        assert answer.status_code == 504
        assert "No answer within 0.05 s." in answer.json()["error"]


def test_a_fault_of_the_server_is_one_line_too(serving, monkeypatch):
    with serving() as client:
        monkeypatch.setattr(client.service, "_read", lambda *parts: 1 / 0)
        answer = post(client, {"instances": [[0.5]]})
    assert answer.status_code == 500
    assert answer.json() == {"error": "Internal error (ZeroDivisionError)."}


def test_a_server_with_nothing_to_serve_does_not_start(serving, tmp_path):
    with pytest.raises(Exception, match=r"nothing: no exported model here that may be"):
        with serving(tmp_path / "nothing"):
            pass


def test_a_damaged_version_is_named_and_the_one_before_it_served(serving, tmp_path):
    save_mean_model(tmp_path, 1)
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / "saved_model.pb").write_bytes(b"no model")
    with serving(tmp_path, policy="latest") as client:
        told = client.get("/v1/models/mean").json()["model_version_status"]
        assert [(each["version"], each["state"]) for each in told] == [
            ("2", "END"),
            ("1", "AVAILABLE"),
        ]
        assert "not a whole exported model" in told[0]["status"]["error_message"]
        answer = post(client, {"instances": [[0.5]]})
    assert answer.json()["predictions"][0]["label"] == "v1"
