"""Training, scoring and storing of the speech recogniser."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections import Counter

import keras
import numpy as np
import tensorflow as tf

from satn_keras.config import ExperimentConfig
from satn_keras.corpora import Manifest
from satn_keras.distribution import current_strategy
from satn_keras.errors import ArtifactError
from satn_keras.evaluation import ErrorRates, error_rates
from satn_keras.experiments.checkpoints import BestEpoch
from satn_keras.experiments.features import (
    fit_statistics,
    make_front_end,
    statistics_by_speaker,
)
from satn_keras.experiments.learner import make_learner
from satn_keras.experiments.listening import FreeRunning, Heard, decode_batches
from satn_keras.experiments.part_store import part_store
from satn_keras.experiments.precision import policy_scope
from satn_keras.experiments.replica_fitting import fit_replicas
from satn_keras.experiments.run_directory import RunDirectory
from satn_keras.experiments.saving import save_model
from satn_keras.experiments.teacher_start import start_from
from satn_keras.experiments.transcripts import check_rate_of_speech
from satn_keras.features import FrontEnd
from satn_keras.models import (
    Transcriber,
    build_teacher,
)
from satn_keras.phonemes import BOUNDARY, TokenInventory, make_lexicon
from satn_keras.pipelines import Batcher, Targets, speech_targets

CTC_WEIGHT = 0.3  # share of the CTC head in beam search


@dataclasses.dataclass(frozen=True)
class Teacher:
    """Trained speech recogniser with what it needs to listen.

    Attributes:
        model: made by `build_teacher`.
        inventory: its tokens.
        front_end: its features, with the training part's statistics.
        config: the recipe it was trained by.
    """

    model: keras.Model
    inventory: TokenInventory
    front_end: FrontEnd
    config: ExperimentConfig

    @classmethod
    def load(cls, run: RunDirectory) -> Teacher:
        """Teacher of a finished run.

        Raises:
            ArtifactError: if the run holds no trained teacher.
        """
        path = run.path / "teacher.keras"
        if not path.exists():
            raise ArtifactError(
                f"{path}: no trained teacher here. Train one with "
                "`satn train RECIPE --task teacher`."
            )
        config = run.config
        inventory = TokenInventory.from_json(json.dumps(run.read_json("tokens.json")))
        front_end = make_front_end(config.features, run.read_json("statistics.json"))
        return cls(run.read_model(path.name), inventory, front_end, config)

    def transcribe(
        self, batches, beam_width: int = 1
    ) -> tuple[list[list[str]], np.ndarray]:
        """Free-running tokens of each utterance, in the order of the batches.

        Beam search hears the CTC head too, unless the recipe left it untrained.

        Returns:
            Tokens, and alignments (utterances, steps, memory frames).
        """
        if beam_width not in self._searches:  # each is traced once for all parts
            self._searches[beam_width] = self._search(beam_width)
        return decode_batches(self._searches[beam_width], batches, self.inventory)

    @functools.cached_property
    def _searches(self):
        return {}

    def _search(self, beam_width):
        transcriber = Transcriber(
            self.model,
            max_steps=self.config.teacher.max_target_length,
            beam_width=beam_width,
            ctc_weight=CTC_WEIGHT if self.config.teacher_training.ctc_weight else 0.0,
        )
        return tf.function(transcriber, reduce_retracing=True)


def train_teacher(
    config: ExperimentConfig,
    train: Manifest,
    validation: Manifest,
    run: RunDirectory,
    initial: Teacher | None = None,
    progress=None,
) -> Teacher:
    """Teacher trained on `train`, its epoch chosen on `validation`.

    Args:
        config: the recipe.
        train: utterances with transcripts.
        validation: of other speakers; its free-running phoneme error rate chooses
            the epoch.
        run: receives weights, tokens, statistics and history.
        initial: teacher to start from, with the same tokens and sizes.
        progress: called with (what, done, of how many).
    """
    keras.utils.set_random_seed(config.seed)
    settings = config.teacher_training
    lexicon = make_lexicon(config.phonemes)
    inventory = lexicon.inventory([utterance.text for utterance in train])
    front_end = make_front_end(config.features)
    speech = speech_batches(train, lexicon, inventory, front_end, config, run, progress)
    known = speech.store, speech.speaker_statistics
    run.write_json("statistics.json", fit_statistics(front_end, *known))
    held_out = speech_batches(
        validation, lexicon, inventory, front_end, config, run, progress, training=False
    )

    scope = current_strategy().scope
    with scope(), policy_scope(settings):
        model = build_teacher(
            len(inventory),
            config.teacher,
            bands=front_end.num_bands,
            channels=front_end.num_channels,
            sampling=settings.scheduled_sampling,
            seed=config.seed,
        )
    if initial is not None:
        start_from(initial.model, initial.inventory, model, inventory)
    teacher = Teacher(model, inventory, front_end, config)
    validation_batches, order = held_out.evaluation(settings.batch_size, settings.jit)
    references = lexicon.transcribe([utterance.text for utterance in validation]).tokens
    best = BestEpoch(
        model,
        run.checkpoints,
        monitor="val_per" if settings.selection == "per" else "val_loss",
        higher_is_better=False,
        tie_breaker="val_loss",
        patience=settings.patience,
    )
    with scope():
        learner = make_learner(model, config)
    record = fit_replicas(
        learner,
        speech.training(settings, config.seed),
        validation_batches,
        settings,
        run.path,
        best,
        callbacks=[
            FreeRunning(teacher, validation_batches, [references[row] for row in order])
        ]
        if settings.selection == "per"
        else [],
        by_length=speech.training(settings, config.seed, by_length=True),
        curriculum_epochs=settings.curriculum_epochs,
    )
    run.write_json("tokens.json", json.loads(inventory.to_json()))
    run.write_json("selected.json", record)
    save_model(model, run.path / "teacher.keras")
    return teacher


def speech_batches(
    manifest, lexicon, inventory, front_end, config, run, progress=None, training=True
) -> Batcher:
    """Batches of utterances with their tokens."""
    settings = config.teacher_training
    store = part_store(
        manifest, front_end, settings, config.seed, run, progress, training
    )
    tokens = lexicon.transcribe(
        [utterance.text for utterance in manifest], inventory
    ).tokens
    targets = Targets.from_tokens(tokens, inventory)
    if training:
        shortest = store.lengths.reshape(store.repeats, -1).min(axis=0)
        check_rate_of_speech(config, manifest, targets, shortest)
    return Batcher(
        store,
        front_end,
        speech_targets(
            targets, store.repeats, guided=settings.guided_attention_weight > 0
        ),
        statistics_by_speaker(store, front_end, training),
    )


def evaluate_teacher(
    teacher: Teacher, test: Manifest, run: RunDirectory, beam_widths=(1,)
) -> tuple[list[tuple[ErrorRates, list[Heard]]], Counter]:
    """Free-running error rates on `test` by searches of several widths.

    Returns:
        Rates and transcripts of each width (1 is the decoder's greedy search, more
        is beam search joint with the CTC head), and the words outside the lexicon.
    """
    lexicon = make_lexicon(teacher.config.phonemes)
    batcher = speech_batches(
        test,
        lexicon,
        teacher.inventory,
        teacher.front_end,
        teacher.config,
        run,
        training=False,
    )
    batches, order = batcher.evaluation(teacher.config.teacher_training.batch_size)
    transcription = lexicon.transcribe([utterance.text for utterance in test])
    results = []
    for beam_width in beam_widths:
        lines = [
            Heard(test[int(row)].key, transcription.tokens[row], tokens, alignment)
            for row, tokens, alignment in zip(
                order, *teacher.transcribe(batches, beam_width), strict=True
            )
        ]
        written = [line.heard for line in lines]
        rates = error_rates([line.reference for line in lines], written, BOUNDARY)
        results.append((rates, lines))
    return results, transcription.out_of_vocabulary
