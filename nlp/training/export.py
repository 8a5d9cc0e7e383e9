"""Writes the trained encoder as an int8 ONNX graph that needs no torch to run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import torch
from onnx import helper
from torch import Tensor, nn

from nlp.training.encoder import Classifier, Head


class Decomposed(nn.Module):
    """The classifier with every logit split over the pieces of the text.

    A head is linear in the attention-weighted and the plain mean of the
    states, so the share of each piece is exact.
    """

    def __init__(self, model: Classifier, names: tuple[str, ...]) -> None:
        super().__init__()
        self.model, self.names = model, names

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (texts, labels of all heads) and pushes (texts, pieces, labels)."""
        states = self.model.states(ids, mask)
        weights = mask.to(states.dtype).unsqueeze(-1)
        plain = weights / weights.sum(1, keepdim=True)
        pushes: list[Tensor] = []
        biases: list[Tensor] = []
        for name in self.names:
            head: Head = self.model.heads[name]  # type: ignore[assignment]
            scores = head.attend(states) + (weights - 1) * 1e4
            focus = scores.softmax(dim=1)
            width = states.shape[-1]
            matrix = head.decide.weight
            pushes.append(
                focus * (states @ matrix[:, :width].T) + plain * (states @ matrix[:, width:].T)
            )
            biases.append(head.decide.bias)
        every = torch.cat(pushes, dim=-1)
        return every.sum(1) + torch.cat(biases), every


def _part_norms(path: Path) -> None:
    """Write each sum with its normalisation as two nodes: the fused one takes four times as long
    (ADR 0152)."""
    graph = (model := onnx.load(str(path))).graph
    parted = []
    for node in graph.node:
        if node.op_type != "SkipLayerNormalization":
            parted.append(node)
            continue
        stem, added = node.output[0], node.input[0]
        if len(node.input) > 4:
            parted.append(helper.make_node("Add", [added, node.input[4]], [f"{stem}_biased"]))
            added = f"{stem}_biased"
        epsilon = next(x.f for x in node.attribute if x.name == "epsilon")
        parted += [
            helper.make_node("Add", [added, node.input[1]], [f"{stem}_sum"]),
            helper.make_node(
                "LayerNormalization", [f"{stem}_sum", *node.input[2:4]], [stem], epsilon=epsilon
            ),
        ]
    del graph.node[:]
    graph.node.extend(parted)
    onnx.save(model, str(path))


def export(model: Classifier, labels: Mapping[str, int], path: Path) -> None:
    """Write the graph of all heads, in the order of ``labels``, to ``path`` in int8."""
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer

    model.eval()
    ids = torch.tensor([[0, 5, 6, 2], [0, 7, 2, 1]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    axes = {0: "texts", 1: "pieces"}
    config = model.encoder.config
    with TemporaryDirectory() as folder:
        plain, fused = Path(folder) / "plain.onnx", Path(folder) / "fused.onnx"
        torch.onnx.export(
            Decomposed(model, tuple(labels)),
            (ids, mask),
            str(plain),
            input_names=["ids", "mask"],
            output_names=["logits", "pushes"],
            dynamic_axes={"ids": axes, "mask": axes, "logits": {0: "texts"}, "pushes": axes},
            opset_version=17,
            dynamo=False,
        )
        optimizer.optimize_model(
            str(plain),
            model_type="bert",
            num_heads=config.num_attention_heads,
            hidden_size=config.hidden_size,
        ).save_model_to_file(str(fused))
        _part_norms(fused)
        quantize_dynamic(
            fused,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
