"""The same student in PyTorch, built and trained for one step."""

import torch

from benchmarks.performance_sides.torch_student import make_student

BATCH, FRAMES, BANDS, CLASSES = 32, 300, 40, 4


def main():
    student = make_student(CLASSES)
    optimizer = torch.optim.Adam(student.parameters())
    features = torch.randn(BATCH, FRAMES, BANDS, 3)
    mask = torch.ones(BATCH, FRAMES, dtype=torch.bool)
    logits = student(features, mask)["output"]
    labels = torch.zeros(BATCH, dtype=torch.long)
    torch.nn.functional.cross_entropy(logits, labels).backward()
    optimizer.step()


if __name__ == "__main__":
    main()
