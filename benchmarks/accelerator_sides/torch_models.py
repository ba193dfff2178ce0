"""The same two networks in PyTorch, with the weights that the Keras side wrote."""

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

KERNEL, DROPOUT = 3, 0.2
EPSILON = 1e-3  # of Keras's layer normalisation


class Level(nn.Module):
    """Residual block of two dilated causal convolutions with weight normalisation."""

    def __init__(self, channels, filters, dilation):
        super().__init__()
        self.reach = (KERNEL - 1) * dilation
        self.convolutions = nn.ModuleList(
            weight_norm(nn.Conv1d(width, filters, KERNEL, dilation=dilation))
            for width in (channels, filters)
        )
        self.skip = nn.Linear(channels, filters) if channels != filters else None

    def forward(self, x):  # (batch, channels, frames)
        y = x
        for convolution in self.convolutions:
            y = functional.relu(convolution(functional.pad(y, (self.reach, 0))))
            y = functional.dropout(y, DROPOUT, self.training)
        if self.skip is not None:
            x = self.skip(x.transpose(1, 2)).transpose(1, 2)
        return functional.relu(x + y)


class Encoder(nn.Module):
    """Levels and self-attention, in one dictionary of their outputs."""

    def __init__(self, task, levels, normalized):
        super().__init__()
        widths = [task.bands * 3] + [task.filters] * levels
        self.levels = nn.ModuleList(
            Level(width, task.filters, 2**n) for n, width in enumerate(widths[:-1])
        )
        self.norms = nn.ModuleList(
            nn.LayerNorm(task.filters, eps=EPSILON) if normalized else nn.Identity()
            for _ in range(levels)
        )
        self.query, self.key, self.value = (
            nn.Linear(task.filters, task.attention_units, bias=False) for _ in range(3)
        )

    def forward(self, features, mask):
        x, found = features.flatten(2).transpose(1, 2), {}
        for n, (level, norm) in enumerate(zip(self.levels, self.norms, strict=True), 1):
            x = level(x)
            found[f"level_{n}"] = x.transpose(1, 2)  # (batch, frames, channels)
            x = norm(found[f"level_{n}"]).transpose(1, 2)
        found["self_attention"] = self.attend(x.transpose(1, 2), mask)
        return found

    def attend(self, x, mask):
        query, key, value = self.query(x), self.key(x), self.value(x)
        with torch.autocast(x.device.type, enabled=False):  # scores in float32
            query = query.float() / query.shape[-1] ** 0.5
            scores = query @ key.float().transpose(1, 2)
            allowed = mask[:, :, None] & mask[:, None, :]
            weights = scores.masked_fill(~allowed, -1e30).softmax(-1)
            weights = weights.masked_fill(~allowed, 0.0)
        return weights.to(value.dtype) @ value


class Student(nn.Module):
    """Encoder, mean over true frames, posterior."""

    def __init__(self, task, num_classes):
        super().__init__()
        self.encoder = Encoder(task, task.levels, normalized=False)
        self.posterior = nn.Linear(task.attention_units, num_classes)

    def forward(self, features, mask):
        found = self.encoder(features, mask)
        with torch.autocast(features.device.type, enabled=False):
            context = found["self_attention"].float()
            true = mask.float()
            pooled = (context * true[..., None]).sum(1) / true.sum(1, keepdim=True)
            found["output"] = self.posterior(pooled)  # logits
        return found


def distance(ours, theirs, mask):
    """L1 distance of two activation maps, p = 2, one for each utterance."""
    maps = []
    for activations in (ours, theirs):
        size = activations.float().abs().masked_fill(~mask[..., None], 0.0)
        largest = size.amax((1, 2), keepdim=True).detach()
        m = (size / largest.masked_fill(largest == 0, 1.0)).square().sum(-1)
        maps.append(m / m.sum(1, keepdim=True))
    return (maps[0] - maps[1]).abs().sum(1)


def keras_names(model) -> dict[str, tuple[torch.Tensor, tuple[int, ...]]]:
    """Keras name of each parameter, to it and the order of its axes in Keras."""
    encoder = getattr(model, "encoder", model)
    named = {}
    for n, level in enumerate(encoder.levels, 1):
        for i, convolution in enumerate(level.convolutions, 1):
            place = f"level_{n}/convolution_{i}"
            weight = convolution.parametrizations.weight
            named[f"{place}/v"] = weight.original1, (2, 1, 0)
            named[f"{place}/g"] = weight.original0, (0, 1, 2)
            named[f"{place}/bias"] = convolution.bias, (0,)
        if level.skip is not None:
            named[f"level_{n}/skip/kernel"] = level.skip.weight, (1, 0)
            named[f"level_{n}/skip/bias"] = level.skip.bias, (0,)
    for n, norm in enumerate(encoder.norms, 1):
        if isinstance(norm, nn.LayerNorm):
            named[f"norm_{n}/gamma"] = norm.weight, (0,)
            named[f"norm_{n}/beta"] = norm.bias, (0,)
    for name in ("query", "key", "value"):
        named[f"self_attention/{name}/kernel"] = getattr(encoder, name).weight, (1, 0)
    if isinstance(model, Student):
        named["posterior/kernel"] = model.posterior.weight, (1, 0)
        named["posterior/bias"] = model.posterior.bias, (0,)
    return named
