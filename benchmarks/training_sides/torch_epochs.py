"""An epoch of the PyTorch twin, as a reasonable loop of PyTorch has it.

The sounds are in memory, decoded: this side need not read its files. Batches are
drawn at random and padded to their longest.
"""

from benchmarks.training_sides.torch_twin import Twin

BATCH, CROP = 32, 300


def epoch(sounds, threads, cached):
    """An epoch.

    Args:
        sounds: `.npz` of `speech.write_sounds`.
        threads: of PyTorch.
        cached: whether the features are computed once, before.
    """
    import numpy as np
    import torch

    torch.set_num_threads(threads)
    held = np.load(sounds)
    ends = held["ends"]
    parts = np.split(held["samples"], ends[:-1])
    waves = [torch.from_numpy(part.copy()) for part in parts]
    labels = torch.from_numpy(held["labels"]).long()
    filters, twin = _filters(), Twin()
    known = [_features(wave, filters) for wave in waves] if cached else None
    draw = torch.Generator().manual_seed(1)

    def crop(features):
        spare = max(len(features) - CROP, 0)
        start = int(torch.randint(spare + 1, (), generator=draw))
        return features[start : start + CROP]

    def features_of(row):
        return crop(known[row] if cached else _features(waves[row], filters))

    def work():
        for rows in torch.randperm(len(waves), generator=draw).split(BATCH):
            batch = [features_of(row) for row in rows.tolist()]
            lengths = torch.tensor([len(one) for one in batch])
            features = torch.nn.utils.rnn.pad_sequence(batch, batch_first=True)
            mask = torch.arange(features.shape[1])[None] < lengths[:, None]
            twin.step(features, mask, labels[rows])

    return work


def _features(samples, filters):
    """(frames, 40, 3): log-mels and two derivatives, normalised over the utterance."""
    import torch

    samples = torch.cat([samples[:1], samples[1:] - 0.97 * samples[:-1]]) * 32768.0
    frames = samples.unfold(0, 400, 160)
    power = torch.fft.rfft(frames, 512).abs().square() / 512
    static = (power @ filters + 1e-10).log()

    def slope(x):
        padded = torch.cat([x[:1], x[:1], x, x[-1:], x[-1:]])
        wide, near = padded[4:] - padded[:-4], padded[3:-1] - padded[1:-3]
        return (2 * wide + near) / 10

    first = slope(static)
    features = torch.stack([static, first, slope(first)], -1)
    return (features - features.mean(0)) / (features.std(0) + 1e-4)


def _filters():
    """(257, 40) triangles on the mel scale."""
    import torch

    top = 2595 * torch.log10(torch.tensor(1 + 8000 / 700))
    edges = 700 * (10 ** (torch.linspace(0, float(top), 42) / 2595) - 1)
    bins = torch.linspace(0, 8000, 257)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (bins - low) / (middle - low), (high - bins) / (high - middle)
    return torch.minimum(rising, falling).clamp(min=0)
