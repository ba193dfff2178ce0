"""Training a student beside a frozen teacher."""

from satn_keras.transfer.adversary import speaker_adversary
from satn_keras.transfer.annealing import Annealing, annealed_share
from satn_keras.transfer.controls import untrained_copy
from satn_keras.transfer.initialization import initialize_from_teacher
from satn_keras.transfer.losses import TransferLoss
from satn_keras.transfer.trainer import AttentionTransfer
from satn_keras.transfer.views import default_pairs, layer_view, named_outputs

__all__ = [
    "Annealing",
    "AttentionTransfer",
    "TransferLoss",
    "annealed_share",
    "default_pairs",
    "initialize_from_teacher",
    "layer_view",
    "named_outputs",
    "speaker_adversary",
    "untrained_copy",
]
