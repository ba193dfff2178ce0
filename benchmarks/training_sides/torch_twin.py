"""Student, frozen teacher and loss in PyTorch, without Keras or the package."""

import types

import torch
from torch.nn import functional

from benchmarks.accelerator_sides import torch_models
from benchmarks.training_sides.recipe import CLASSES

SIZES = types.SimpleNamespace(bands=40, filters=256, attention_units=256)
STUDENT_LEVELS, TEACHER_LEVELS = 3, 5
SHARED = ("level_1", "level_2", "level_3", "self_attention")


class Twin:
    """What the paper's recipe trains, with Adam and the L1 distance of the maps."""

    def __init__(self, with_teacher=True):
        torch.manual_seed(1)
        sizes = types.SimpleNamespace(**vars(SIZES), levels=STUDENT_LEVELS)
        self.student = torch_models.Student(sizes, CLASSES).train()
        self.teacher = None
        if with_teacher:
            teacher = torch_models.Encoder(SIZES, TEACHER_LEVELS, normalized=False)
            self.teacher = teacher.eval().requires_grad_(False)
        self.optimizer = torch.optim.Adam(self.student.parameters(), 1e-4, eps=1e-7)

    def step(self, features, mask, labels):
        """Loss of a batch, after the step that lowers it."""
        self.optimizer.zero_grad(set_to_none=True)
        ours = self.student(features, mask)
        loss = functional.cross_entropy(ours["output"], labels)
        if self.teacher is not None:
            with torch.no_grad():
                theirs = self.teacher(features, mask)
            pairs = [(ours[name], theirs[name]) for name in SHARED]
            loss = loss + sum(torch_models.distance(*p, mask) for p in pairs).mean()
        loss.backward()
        self.optimizer.step()
        return float(loss.detach())
