"""Averages the weights of encoders that one after another came from the same weights.

The ends of several courses lie in one valley; their mean answers better and is surer of less than
any of them, at no cost when it is read (Wortsman et al. 2022, "Model soups").

    python -m nlp.training.average OLDER OLD NEW --shares 0.2 0.3 0.5
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch

from nlp.backends.base import SHIPPED_MODELS
from nlp.backends.encoder import ABOUT_FILE, GRAPH_FILE, TOKENIZER_FILE
from nlp.backends.heads import HEADS
from nlp.training import encoder_run, export, shipped
from nlp.training.encoder import Classifier


def average(folders: Sequence[Path], shares: Sequence[float]) -> Classifier:
    """Return the classifier whose weights are the mean of those in ``folders``, by ``shares``.

    Raises ValueError where the encoders do not read the same pieces or the shares are not one.
    """
    if len({(folder / TOKENIZER_FILE).read_bytes() for folder in folders}) != 1:
        raise ValueError("only encoders with one vocabulary can be averaged")
    if len(folders) != len(shares) or abs(sum(shares) - 1) > 1e-6:
        raise ValueError("one share for each encoder, one in all")
    sizes = {name: len(labels) for name, labels in HEADS.items()}
    models = [
        shipped.load(folder, json.loads((folder / ABOUT_FILE).read_text("utf-8")), sizes)
        for folder in folders
    ]
    states = [model.state_dict() for model in models]
    mean = {
        name: sum(share * state[name] for share, state in zip(shares, states, strict=True))
        if torch.is_floating_point(value)
        else value
        for name, value in states[-1].items()
    }
    models[-1].load_state_dict(mean)
    return models[-1]


def main() -> None:
    """Write the average of several encoders with its calibration."""
    parser = argparse.ArgumentParser(prog="python -m nlp.training.average", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--shares", nargs="+", type=float, required=True)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--models", type=Path, default=SHIPPED_MODELS)
    wanted = parser.parse_args()
    model = average(wanted.folders, wanted.shares)
    shutil.copyfile(wanted.folders[-1] / TOKENIZER_FILE, wanted.models / TOKENIZER_FILE)
    model.encoder.set_attn_implementation("eager")
    sizes = {name: len(labels) for name, labels in HEADS.items()}
    export.export(model, sizes, wanted.models / GRAPH_FILE)
    encoder_run.settle(wanted.data, wanted.models)


if __name__ == "__main__":
    main()
