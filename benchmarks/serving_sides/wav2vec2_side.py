"""wav2vec2-base with random weights, which cost what trained ones do; six classes.

Its cold start draws the weights in place of reading them.
"""

from timing import measure, read_job


def load():
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2ForSequenceClassification

    torch.set_num_threads(job["cores"])
    torch.manual_seed(1)
    model = Wav2Vec2ForSequenceClassification(Wav2Vec2Config(num_labels=6)).eval()

    @torch.inference_mode()
    def run(sound):
        return model(torch.tensor([sound])).logits.softmax(-1).numpy()

    return run, sum(each.numel() for each in model.parameters())


if __name__ == "__main__":
    job = read_job()
    measure(job, load)
