"""Takes the shipped int8 graph apart again, so that training can go on where it stopped.

The float weights of a run are not kept; an int8 weight is within half a step of its scale of
them, and the first hundred steps of a new run repair that.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertConfig, BertModel

from nlp.backends.encoder import GRAPH_FILE, TOKENIZER_FILE
from nlp.training.encoder import Classifier

_EMBEDDINGS = (
    "word_embeddings.weight",
    "position_embeddings.weight",
    "token_type_embeddings.weight",
    "LayerNorm.weight",
    "LayerNorm.bias",
)
_MATRICES = ("attention.output.dense", "intermediate.dense", "output.dense")
_PLAIN = (
    "attention.output.dense.bias",
    "attention.output.LayerNorm.weight",
    "attention.output.LayerNorm.bias",
    "intermediate.dense.bias",
    "output.dense.bias",
    "output.LayerNorm.weight",
    "output.LayerNorm.bias",
)


def load(models_dir: Path, about: Mapping[str, Any], sizes: Mapping[str, int]) -> Classifier:
    """The shipped classifier in float32, with fresh heads for the tasks it did not know.

    ``about`` is the content of the graph's description; ``sizes`` maps each wanted head to its
    number of labels.
    """
    graph = onnx.load(str(models_dir / GRAPH_FILE)).graph
    values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    matrices = _by_output(graph, values)
    layers = sum(name.startswith("Attention_") and name.endswith("_qkv_bias") for name in values)
    state = _encoder_state(values, matrices, layers)
    encoder = BertModel(_config(state, layers), add_pooling_layer=False)
    encoder.load_state_dict(_tensors(state), strict=True)
    model = Classifier(encoder, dict(sizes))
    known = _head_state(values, matrices, about)
    state_dict = model.state_dict()
    for name, value in _tensors(known).items():
        if name in state_dict and state_dict[name].shape == value.shape:
            state_dict[name] = value
    model.load_state_dict(state_dict)
    return model


def tokenizer(models_dir: Path) -> Tokenizer:
    """The tokenizer that the shipped graph was made with."""
    return Tokenizer.from_file(str(models_dir / TOKENIZER_FILE))


def _plain(values: Mapping[str, NDArray[Any]], stem: str) -> NDArray[np.float32]:
    scale, zero = values[f"{stem}_scale"], values[f"{stem}_zero_point"]
    quantised = values[f"{stem}_quantized"].astype(np.float32)
    plain: NDArray[np.float32] = (quantised - zero.astype(np.float32)) * scale
    return plain


def _by_output(graph: Any, values: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """The float matrix of each quantised product, under the name of its node, in torch's shape."""
    found = {}
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            stem = node.input[1].removesuffix("_quantized")
            found[node.name.removesuffix("_quant")] = _plain(values, stem).T
    return found


def _encoder_state(
    values: Mapping[str, NDArray[Any]],
    matrices: Mapping[str, NDArray[np.float32]],
    layers: int,
) -> dict[str, NDArray[np.float32]]:
    prefix = "model.encoder.embeddings."
    state = {f"embeddings.{name}": _plain(values, prefix + name) for name in _EMBEDDINGS}
    for layer in range(layers):
        ours = f"encoder.layer.{layer}."
        weight = _plain(values, f"Attention_{layer}_qkv_weight").T
        bias = values[f"Attention_{layer}_qkv_bias"]
        for part, rows, some in zip(
            ("query", "key", "value"), np.split(weight, 3), np.split(bias, 3), strict=True
        ):
            state[f"{ours}attention.self.{part}.weight"] = rows
            state[f"{ours}attention.self.{part}.bias"] = some
        for name in _MATRICES:
            place = f"/encoder/encoder/layer.{layer}/{name.replace('.', '/')}/MatMul"
            state[f"{ours}{name}.weight"] = matrices[place]
        for name in _PLAIN:
            state[ours + name] = values[f"model.encoder.{ours}{name}"]
    return state


def _head_state(
    values: Mapping[str, NDArray[Any]],
    matrices: Mapping[str, NDArray[np.float32]],
    about: Mapping[str, Any],
) -> dict[str, NDArray[np.float32]]:
    width = sum(head["columns"][1] - head["columns"][0] for head in about["heads"].values())
    biases = next(
        v for n, v in values.items() if n.startswith("onnx::Add_") and v.shape == (width,)
    )
    state = {}
    for number, (name, head) in enumerate(about["heads"].items()):
        start, stop = head["columns"]
        node = "/attend/MatMul" if number == 0 else f"/attend_{number}/MatMul"
        state[f"heads.{name}.attend.weight"] = matrices[node]
        for part in ("attend.bias", "decide.weight"):
            state[f"heads.{name}.{part}"] = values[f"model.heads.{name}.{part}"]
        state[f"heads.{name}.decide.bias"] = biases[start:stop]
    return state


def _config(state: Mapping[str, NDArray[np.float32]], layers: int) -> BertConfig:
    pieces, hidden = state["embeddings.word_embeddings.weight"].shape
    return BertConfig(
        vocab_size=pieces,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 32,
        intermediate_size=state["encoder.layer.0.intermediate.dense.weight"].shape[0],
        max_position_embeddings=state["embeddings.position_embeddings.weight"].shape[0],
        type_vocab_size=state["embeddings.token_type_embeddings.weight"].shape[0],
        pad_token_id=1,
        layer_norm_eps=1e-12,
        hidden_dropout_prob=0.1,
        attention_probs_dropout_prob=0.0,
    )


def _tensors(state: Mapping[str, NDArray[np.float32]]) -> dict[str, Tensor]:
    return {name: torch.from_numpy(np.array(value, np.float32)) for name, value in state.items()}
