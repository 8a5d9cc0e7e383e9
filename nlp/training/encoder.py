"""The network that is trained: a multilingual-e5 encoder with one head per task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from nlp.training.e5file import E5File
from nlp.training.vocabulary import Vocabulary

_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def build_encoder(e5: E5File, vocabulary: Vocabulary, layers: int, positions: int = 512) -> Any:
    """A ``transformers.BertModel`` of the lower ``layers`` with the pretrained weights."""
    shape = e5.shape
    config = BertConfig(
        vocab_size=len(vocabulary.rows),
        hidden_size=shape.hidden,
        num_hidden_layers=layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.ffn,
        max_position_embeddings=positions,
        type_vocab_size=shape.token_types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=1,
        hidden_dropout_prob=0.1,
        attention_probs_dropout_prob=0.0,
    )
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(_state(e5, vocabulary, layers, positions), strict=True)
    return model


def _state(e5: E5File, vocabulary: Vocabulary, layers: int, positions: int) -> dict[str, Tensor]:
    width = e5.shape.hidden
    tensors = e5.tensors
    state = {
        "embeddings.word_embeddings.weight": tensors["emb.word"].reshape(-1, width)[
            vocabulary.rows
        ],
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(-1, width)[:positions],
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].reshape(-1, width),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    for layer in range(layers):
        for short, name in _LAYER_PARTS.items():
            weight = tensors[f"l{layer}.{short}.w"]
            bias = tensors[f"l{layer}.{short}.b"]
            if not short.endswith("ln"):
                weight = weight.reshape(bias.size, -1)
            state[f"encoder.layer.{layer}.{name}.weight"] = weight
            state[f"encoder.layer.{layer}.{name}.bias"] = bias
    return {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in state.items()}


class Head(nn.Module):
    """One task: the words it attends to, then a linear layer over their mean.

    The attention starts uniform, which is the mean pooling e5 was trained with.
    """

    def __init__(self, width: int, labels: int, dropout: float) -> None:
        super().__init__()
        self.attend = nn.Linear(width, 1)
        nn.init.zeros_(self.attend.weight)
        nn.init.zeros_(self.attend.bias)
        self.dropout = nn.Dropout(dropout)
        self.decide = nn.Linear(2 * width, labels)

    def forward(self, states: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (texts, labels) and attention (texts, pieces)."""
        scores = self.attend(states).squeeze(-1).masked_fill(mask == 0, -1e4)
        attention = scores.softmax(dim=-1)
        focus = torch.bmm(attention.unsqueeze(1), states).squeeze(1)
        weights = mask.to(states.dtype).unsqueeze(-1)
        mean = (states * weights).sum(1) / weights.sum(1)
        return self.decide(self.dropout(torch.cat([focus, mean], dim=-1))), attention


class Classifier(nn.Module):
    """The encoder and its heads; ``tasks`` maps a head's name to its number of labels."""

    def __init__(self, encoder: Any, tasks: Mapping[str, int], dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.heads = nn.ModuleDict(
            {name: Head(width, labels, dropout) for name, labels in tasks.items()}
        )

    def states(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The last hidden states, shape (texts, pieces, width)."""
        output: Tensor = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        return output

    def forward(
        self, ids: Tensor, mask: Tensor, names: tuple[str, ...]
    ) -> dict[str, tuple[Tensor, Tensor]]:
        """Logits and attention of the named heads."""
        states = self.states(ids, mask)
        return {name: self.heads[name](states, mask) for name in names}
