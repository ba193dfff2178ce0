"""The client: one code for REST and gRPC, files, arrays and folders."""

import io
import subprocess
import sys

import grpc
import httpx
import numpy as np
import pytest
import soundfile

from satn_keras.errors import AudioError, ServingError
from satn_keras.serving import rest_transport
from satn_keras.serving.backoff import Backoff
from satn_keras.serving.client import Client, ServedPrediction
from tests.support.grpc_server import Means, grpc_server

AT_ONCE = Backoff(retries=2, first_seconds=0, longest_seconds=0)


@pytest.fixture
def means():
    """Service behind gRPC."""
    return Means()


@pytest.fixture
def over_grpc(means):
    """Client of that service."""
    with grpc_server(means) as url, Client(url, "mean", backoff=AT_ONCE) as client:
        yield client


@pytest.fixture
def rest(mean, monkeypatch):
    """Maker of REST clients of the application in this process."""
    kind = httpx.Client

    def connect(base_url, timeout, headers, trust_env):
        assert not trust_env
        transport = httpx.MockTransport(forward)
        return kind(base_url=base_url, headers=headers, transport=transport)

    def forward(request):
        answer = mean.request(request.method, request.url.path, content=request.read())
        kept = {"retry-after": answer.headers.get("retry-after", "")}
        return httpx.Response(answer.status_code, headers=kept, content=answer.content)

    monkeypatch.setattr(rest_transport.httpx, "Client", connect)
    return lambda **options: Client("http://served", "mean", backoff=AT_ONCE, **options)


@pytest.fixture
def answered(monkeypatch):
    """Maker of REST clients whose server answers from a list; and what it was sent."""

    def make(*answers, **options):
        left, sent = list(answers), []

        def answer(request):
            sent.append(request)
            found = left.pop(0)
            if isinstance(found, Exception):
                raise found
            return found

        kind = httpx.Client

        def connect(base_url, timeout, headers, trust_env):
            transport = httpx.MockTransport(answer)
            return kind(base_url=base_url, headers=headers, transport=transport)

        monkeypatch.setattr(rest_transport.httpx, "Client", connect)
        return Client("http://served", "m", backoff=AT_ONCE, **options), sent

    return make


def waveforms():
    return [np.full(n, mean, "float32") for n, mean in ((3, 0.5), (71, 0.25))]


@pytest.fixture(params=["rest", "grpc"])
def client(request):
    """A client of either kind, of a model that answers with means."""
    if request.param == "grpc":
        return request.getfixturevalue("over_grpc")
    return request.getfixturevalue("rest")()


def test_waveforms_of_any_length_get_each_its_own_answer(client):
    found = client.predict(waveforms())
    assert [each.score for each in found] == [0.5, 0.25]
    assert [each.probabilities[0] for each in found] == [0.5, 0.25]
    assert all(each.path == "" for each in found)


def test_no_waveforms_are_no_call(client):
    assert client.predict([]) == [] and client.predict_wav([]) == []


def test_files_of_any_rate_and_channels_come_back_by_name(client, tmp_path):
    for name, rate, channels in (("b.wav", 16000, 1), ("a.flac", 48000, 2)):
        path = tmp_path / "sub" / name
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, np.full((rate // 5, channels), 0.5), rate)
    (tmp_path / "sub" / ".hidden.wav").write_text("no sound")
    (tmp_path / "sub" / "notes.txt").write_text("no sound")
    found = list(client.predict_folder(tmp_path))
    names = [str(tmp_path / "sub" / name) for name in ("a.flac", "b.wav")]
    assert [each.path for each in found] == names
    assert [each.score for each in found] == pytest.approx([0.5, 0.5], abs=1e-3)
    (one,) = client.predict_files([names[1]])
    assert isinstance(one, ServedPrediction) and one.path == names[1]


def test_many_files_take_several_calls(over_grpc, means):
    found = over_grpc.predict([np.full(16000 * 25, 0.5, "float32")] * 3)
    assert [each.score for each in found] == [0.5] * 3
    assert len(means.specs) == 2  # 25 s fit twice into the minute of a call


def test_a_folder_without_sounds_and_a_file_that_is_none_are_named(client, tmp_path):
    with pytest.raises(AudioError, match=f"{tmp_path}: no audio in this folder"):
        client.predict_folder(tmp_path)
    with pytest.raises(AudioError, match="none.wav: no such sound file"):
        list(client.predict_files([tmp_path / "none.wav"]))


@pytest.mark.parametrize(
    "waveform",
    [
        *(np.zeros((2, 3), "float32"), np.zeros(3, "int16")),
        *(np.array([0.5, np.nan]), np.array([0.5, 1e30])),
    ],
)
def test_what_is_no_waveform_is_named_before_it_is_sent(client, waveform):
    with pytest.raises(
        AudioError, match="waveform 1: (must be one-di|every sample must be)"
    ):
        client.predict([np.zeros(3, "float32"), waveform])


def test_wav_bytes_are_decoded_by_the_server(rest, over_grpc):
    file = io.BytesIO()
    soundfile.write(file, np.full(5, 2**13, "int16"), 16000, format="WAV")
    assert rest().predict_wav([file.getvalue()])[0].score == 0.25
    assert over_grpc.predict_wav([b"1234567"])[0].score == 7


def test_status_and_signatures_are_told(rest, over_grpc):
    assert rest().status() == {2: "AVAILABLE", 1: "AVAILABLE"}
    assert set(rest().signatures()["serve_lengths"]) == {"waveform", "lengths"}
    assert over_grpc.status() == {2: "AVAILABLE", 1: "END"}
    assert set(over_grpc.signatures()["serve_lengths"]) == {"waveform", "lengths"}


def test_a_version_or_a_label_is_asked_for(rest):
    assert rest(version=1).predict(waveforms())[0].label == "v1"
    assert rest(label="stable").predict(waveforms())[0].label == "v1"
    assert rest().predict(waveforms())[0].label == "v2"


def test_grpc_names_model_signature_version_label_and_key(means):
    with grpc_server(means) as url:
        for options in ({"version": 3}, {"label": "canary", "api_key": "sesame"}):
            with Client(url, "mean", **options) as client:
                client.predict(waveforms())
    assert means.specs == [
        ("mean", "serve_lengths", 3, "", None),
        ("mean", "serve_lengths", 0, "canary", "Bearer sesame"),
    ]


def test_any_signature_can_be_run(rest):
    outputs = rest().run("busy", steps=np.array(2, "int32"))
    assert {name: value.tolist() for name, value in outputs.items()} == {
        "output": 300.0
    }


def test_what_the_server_said_is_in_the_error(rest, over_grpc, means):
    with pytest.raises(
        ServingError,
        match=r"served/v1/models/mean/versions/9:predict: the server said "
        r"404: Servable not found for request: Specific\(mean, 9\)",
    ):
        rest(version=9).predict(waveforms())
    means.refusals = [(grpc.StatusCode.INVALID_ARGUMENT, "bad\nshape")]
    with pytest.raises(ServingError, match="said INVALID_ARGUMENT: bad shape$"):
        over_grpc.predict(waveforms())
    assert len(means.specs) == 1


def test_a_refusal_that_passes_is_not_seen(over_grpc, means):
    means.refusals = [
        (grpc.StatusCode.UNAVAILABLE, "restarting"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "too many"),
    ]
    assert [each.score for each in over_grpc.predict(waveforms())] == [0.5, 0.25]
    means.refusals = [(grpc.StatusCode.UNAVAILABLE, f"down {n}") for n in range(3)]
    with pytest.raises(ServingError, match="said UNAVAILABLE: down 2"):
        over_grpc.predict(waveforms())


def test_rest_tries_again_and_shows_its_key(answered):
    row = {"label": ["a"], "score": [0.5], "probabilities": [[0.5]]}
    client, sent = answered(
        httpx.ConnectError("refused"),
        httpx.Response(503, json={"error": "full"}, headers={"Retry-After": "1"}),
        httpx.Response(200, json={"outputs": row}),
        api_key="sesame",
    )
    assert client.predict(waveforms()[:1])[0].label == "a"
    assert [each.headers["authorization"] for each in sent] == ["Bearer sesame"] * 3


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(500, text="a\n page"), "the server said 500: a page"),
        (httpx.Response(404), "the server said 404: Not Found"),
        (httpx.Response(200, text="<html>"), "the answer is not JSON"),
        (httpx.Response(200, json={"outputs": [[1]]}), "outputs are not label, score"),
        (httpx.Response(200, json={}), "the answer has no 'outputs'"),
        (httpx.Response(200, json=[1]), "the answer has no 'outputs'"),
    ],
)
def test_a_server_of_another_kind_is_told_apart(answered, answer, said):
    client, sent = answered(answer)
    with pytest.raises(ServingError, match=said) as caught:
        client.predict(waveforms()[:1])
    assert "\n" not in str(caught.value) and len(sent) == 1


def test_no_answer_names_the_address(answered):
    client, sent = answered(*[httpx.ReadTimeout("timed out")] * 3)
    with pytest.raises(ServingError, match=r"http://served/v1/.*no answer \(timed out"):
        client.predict(waveforms())
    assert len(sent) == 3


def test_an_address_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="must begin with http, https or grpc"):
        Client("ftp://served", "m")
    with pytest.raises(ValueError, match="Only one of `version` and `label`"):
        Client("http://served", "m", version=1, label="stable")


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "satn_keras.serving.rest_transport", None)
    with pytest.raises(ImportError, match=r"pip install 'satn-keras\[serving\]'"):
        Client("http://served", "m")


def test_the_rest_client_loads_no_tensorflow():
    script = (
        "import sys\n"
        "from satn_keras.serving.client import Client\n"
        "Client('http://localhost:1', 'm').close()\n"
        "print('tensorflow' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
