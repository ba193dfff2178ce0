"""The step in PyTorch; imports neither Keras nor the package."""

import contextlib

import numpy as np
import torch
from torch.nn import functional

from accelerator_sides import torch_models
from accelerator_sides.task import (
    CLASSES,
    WEIGHT,
    make_batch,
    measure,
    process_memory,
    read_task,
    write_outputs,
)


def build(task, device):
    """Student and frozen teacher with the weights of the Keras side."""
    student = torch_models.Student(task, CLASSES)
    teacher = torch_models.Encoder(task, task.teacher_levels, normalized=True)
    weights = np.load(f"{task.folder}/weights.npz")
    for owner, model in (("student", student), ("teacher", teacher)):
        named = torch_models.keras_names(model)
        theirs = {n for n in weights.files if n.startswith(f"{owner}/")}
        if {f"{owner}/{name}" for name in named} != theirs:
            raise SystemExit(f"weights of the {owner} differ: {theirs ^ named.keys()}")
        for name, (parameter, axes) in named.items():
            values = weights[f"{owner}/{name}"]
            if values.ndim == len(axes):  # a kernel, whose axes Keras orders otherwise
                values = values.transpose(axes)
            with torch.no_grad():
                values = torch.tensor(values.copy()).reshape(parameter.shape)
                parameter.copy_(values)
    return student.to(device), teacher.to(device).eval().requires_grad_(False)


def make_losses(task, student, teacher, batch):
    """From nothing to L_SER, L_AT and the logits of the batch."""
    features, mask, labels = batch

    def precision():
        if task.precision == "bfloat16":
            return torch.autocast(features.device.type, torch.bfloat16)
        return contextlib.nullcontext()

    def losses():
        with precision():
            ours = student(features, mask)
            copied = torch.zeros((), device=features.device)
            if task.step == "transfer":
                with torch.no_grad():
                    theirs = teacher(features, mask)
                pairs = [(ours[name], theirs[name]) for name in task.pairs]
                copied = sum(torch_models.distance(*p, mask) for p in pairs).mean()
        emotion = functional.cross_entropy(ours["output"], labels)
        return emotion, copied, ours["output"]

    return losses


def compare(task, student, losses):
    """Outputs and gradients without dropout, in Keras's names and order of axes."""
    student.eval()
    emotion, copied, logits = losses()
    (emotion + WEIGHT * copied).backward()
    gradients = {}
    for name, (parameter, axes) in torch_models.keras_names(student).items():
        slope = parameter.grad.cpu().numpy()
        flat = name.endswith("/g")
        gradients[name] = slope.ravel() if flat else slope.transpose(np.argsort(axes))
    found = {"emotion_loss": emotion, "transfer_loss": copied}
    found = {name: value.detach().cpu() for name, value in found.items()}
    write_outputs(task, logits.softmax(-1).detach().cpu(), found, gradients)


def run(task, student, losses, device):
    """Time and memory of the step."""
    on_gpu = device.type == "cuda"
    options = {"fused": True} if on_gpu else {}
    optimizer = torch.optim.Adam(student.parameters(), 1e-4, eps=1e-7, **options)
    student.train()
    forward = torch.compile(losses) if task.compiled else losses

    def take():
        optimizer.zero_grad(set_to_none=True)
        emotion, copied, _ = forward()
        loss = emotion + WEIGHT * copied
        loss.backward()
        optimizer.step()
        return loss

    def wait(loss):
        if on_gpu:
            torch.cuda.synchronize()

    def peak_memory():
        if on_gpu:
            return torch.cuda.max_memory_allocated(), "device"
        return process_memory()

    name = torch.cuda.get_device_name() if on_gpu else "cpu"
    measure(task, take, wait, peak_memory, name)


if __name__ == "__main__":
    task = read_task()
    torch.manual_seed(1)
    tf32 = task.precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    student, teacher = build(task, device)
    features, mask, labels = (torch.tensor(x, device=device) for x in make_batch(task))
    losses = make_losses(task, student, teacher, (features, mask, labels.long()))
    if task.goal == "compare":
        compare(task, student, losses)
    else:
        run(task, student, losses, device)
