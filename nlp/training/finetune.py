"""Fine-tunes the encoder on the gold labels, in steps that can be resumed.

The weights that run are bfloat16 (twice as quick on a processor that knows
it), the optimiser keeps a float32 master copy. Batches hold texts of one kind
and of like length; word vectors stay as they were pretrained.
"""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from nlp.accents import with_marks
from nlp.backends.base import TextInput
from nlp.backends.reading import pair
from nlp.training.augment import vary
from nlp.training.encoder import Classifier

log = logging.getLogger(__name__)

Room = Literal["news", "social", "stories", "claims"]
"""What a lesson is about: one text of the press, one post, or two texts beside each other."""

HEADS_OF: Mapping[Room, tuple[str, ...]] = {
    "news": ("news_topic", "news_tone", "news_stance", "news_level"),
    "social": ("social_tone", "social_intent", "social_stance"),
    "stories": ("pair_story",),
    "claims": ("pair_claim",),
}

_CHAT_AND_BARE: Mapping[Room, tuple[float, float]] = {
    "news": (0.02, 0.05),
    "social": (0.12, 0.20),
    "stories": (0.0, 0.03),
    "claims": (0.12, 0.12),
}
"""How often a text is written in chat spelling, how often without its marks."""

BARE_POST_SHARE = 0.35
"""How often a comment is read without the headline above it, as a post of its own would be."""


@dataclass(frozen=True)
class Lesson:
    """Two sides of a text, or two texts, with the wanted distribution of each known label.

    A head without a target learns nothing from the lesson.
    """

    room: Room
    sides: tuple[str, str]
    targets: Mapping[str, NDArray[np.float32]]
    weight: float = 1.0


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn.

    The lowest ``still_layers`` are not changed. On a busy machine ``minutes``
    ends the run in time: the rate then falls with the clock, not the steps.
    Drawing what is dropped costs a sixth of a step, so only the rooms whose few
    texts the encoder would learn by heart have ``dropout``.
    """

    epochs: int = 4
    batch: int = 32
    rate: float = 1e-4
    head_rate: float = 1e-3
    warmup: float = 0.06
    smoothing: float = 0.05
    repeats: Mapping[Room, int] = field(
        default_factory=lambda: {"news": 1, "social": 2, "stories": 1, "claims": 2}
    )
    dropout: Mapping[Room, float] = field(
        default_factory=lambda: {"news": 0.0, "social": 0.15, "stories": 0.0, "claims": 0.1}
    )
    max_pieces: int = 96
    pair_pieces: int = 144
    seed: int = 20
    checkpoint_seconds: float = 240.0
    still_layers: int = 0
    minutes: float = math.inf


def encode(
    tokenizer: Tokenizer, texts: Sequence[tuple[str, str]], max_pieces: int
) -> tuple[Tensor, Tensor]:
    """Piece ids and mask of a batch, padded to its longest text."""
    rows = [encoding.ids[:max_pieces] for encoding in tokenizer.encode_batch(list(texts))]
    width = max(map(len, rows))
    ids = torch.full((len(rows), width), 1, dtype=torch.long)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    return ids, mask


def batches(
    lessons: Sequence[Lesson], lengths: Sequence[int], plan: Plan, epoch: int
) -> list[list[int]]:
    """The epoch's batches, each of one kind and of like length, in a seeded order."""
    rng = random.Random(plan.seed * 1000 + epoch)  # noqa: S311
    made: list[list[int]] = []
    for room, repeats in plan.repeats.items():
        places = [i for i, x in enumerate(lessons) if x.room == room]
        for _ in range(repeats):
            rng.shuffle(places)
            for start in range(0, len(places), plan.batch * 20):
                block = sorted(places[start : start + plan.batch * 20], key=lengths.__getitem__)
                made += [block[i : i + plan.batch] for i in range(0, len(block), plan.batch)]
    rng.shuffle(made)
    return made


class Trainer:
    """One run of fine-tuning over a fixed list of lessons."""

    def __init__(
        self, model: Classifier, tokenizer: Tokenizer, lessons: Sequence[Lesson], plan: Plan
    ) -> None:
        self.model, self.tokenizer, self.lessons, self.plan = model, tokenizer, lessons, plan
        self.lengths = [
            len(encoding.ids) for encoding in tokenizer.encode_batch([x.sides for x in lessons])
        ]
        model.encoder.embeddings.word_embeddings.requires_grad_(False)
        model.encoder.to(torch.bfloat16)
        if plan.still_layers:
            # Gradients stop here: the layers below stay and cost no backward pass.
            border = model.encoder.encoder.layer[plan.still_layers - 1]
            border.register_forward_hook(lambda _layer, _seen, output: output.detach())
        self.dropouts = [part for part in model.modules() if isinstance(part, nn.Dropout)]
        self.live = [p for p in model.parameters() if p.requires_grad]
        self.master = [p.detach().float().clone() for p in self.live]
        in_encoder = {id(p) for p in model.encoder.parameters()}
        groups: dict[tuple[bool, bool], list[Tensor]] = {}
        for live, master in zip(self.live, self.master, strict=True):
            groups.setdefault((id(live) in in_encoder, live.dim() > 1), []).append(master)
        self.optimiser = torch.optim.AdamW(
            [
                {
                    "params": params,
                    "lr": plan.rate if inside else plan.head_rate,
                    "weight_decay": 0.01 if is_matrix else 0.0,
                }
                for (inside, is_matrix), params in groups.items()
            ],
            foreach=True,
        )
        self.base_rates = [group["lr"] for group in self.optimiser.param_groups]
        self.step = 0
        self.started_at, self.started_share = 0.0, 0.0
        self.total = sum(len(batches(lessons, self.lengths, plan, e)) for e in range(plan.epochs))

    def run(self, checkpoint: Path) -> Iterator[int]:
        """Train to the end, yielding the number of each finished epoch."""
        torch.manual_seed(self.plan.seed + self.step)
        self.started_at, self.started_share = time.monotonic(), self.step / max(1, self.total)
        saved_at = time.monotonic()
        done = 0
        losses: list[float] = []
        for epoch in range(self.plan.epochs):
            self.model.train()
            for batch in batches(self.lessons, self.lengths, self.plan, epoch):
                done += 1
                if done <= self.step:
                    continue
                if self._progress() >= 1.0:
                    break
                losses.append(self._learn([self.lessons[i] for i in batch]))
                if time.monotonic() - saved_at > self.plan.checkpoint_seconds:
                    self.save(checkpoint)
                    saved_at = time.monotonic()
                if done % 50 == 0:
                    log.info("step %d/%d loss %.3f", done, self.total, np.mean(losses[-50:]))
            self.save(checkpoint)
            yield epoch

    def _learn(self, lessons: Sequence[Lesson]) -> float:
        self._set_rates()
        rng = random.Random(self.plan.seed * 7919 + self.step)  # noqa: S311
        room = lessons[0].room
        for part in self.dropouts:
            part.p = self.plan.dropout[room]
        names = HEADS_OF[room]
        chat, bare = _CHAT_AND_BARE[room]
        texts = []
        for lesson in lessons:
            above, said = lesson.sides
            if room == "social" and rng.random() < BARE_POST_SHARE:
                above = ""
            if room == "stories" and rng.random() < 0.5:
                above, said = said, above
            if room != "claims":
                above = vary(above, rng, chat=chat, bare=bare)
            said = vary(said, rng, chat=chat, bare=bare)
            # As it is read in service: with the marks that are put back, and their mistakes.
            texts.append((above, with_marks(said) if room == "social" else said))
        width = self.plan.max_pieces if room in ("news", "social") else self.plan.pair_pieces
        ids, mask = encode(self.tokenizer, texts, width)
        answers = self.model(ids, mask, names)
        loss = torch.zeros(())
        for name in names:
            loss = loss + self._loss(name, lessons, answers[name][0])
        loss.backward()  # type: ignore[no-untyped-call]
        self._apply()
        self.step += 1
        return float(loss.detach()) / len(names)

    def _loss(self, name: str, lessons: Sequence[Lesson], answers: Tensor) -> Tensor:
        """The mean cross-entropy over the batch; a lesson that does not know the label adds 0."""
        empty = np.zeros(answers.shape[1], np.float32)
        wanted = torch.from_numpy(np.stack([x.targets.get(name, empty) for x in lessons]))
        weights = torch.tensor([x.weight if name in x.targets else 0.0 for x in lessons])
        blurred = wanted * (1 - self.plan.smoothing) + self.plan.smoothing / answers.shape[1]
        each = functional.cross_entropy(answers, blurred, reduction="none")
        return (each * weights).mean()

    def _progress(self) -> float:
        spent = (time.monotonic() - self.started_at) / (60 * self.plan.minutes)
        by_clock = self.started_share + spent * (1 - self.started_share)
        return min(1.0, max(self.step / max(1, self.total), by_clock))

    def _set_rates(self) -> None:
        share = self._progress()
        scale = min(share / self.plan.warmup, (1 - share) / (1 - self.plan.warmup))
        for group, rate in zip(self.optimiser.param_groups, self.base_rates, strict=True):
            group["lr"] = rate * max(scale, 0.0)

    def _apply(self) -> None:
        for live, master in zip(self.live, self.master, strict=True):
            master.grad = None if live.grad is None else live.grad.float()
            live.grad = None
        torch.nn.utils.clip_grad_norm_(self.master, 1.0)
        self.optimiser.step()
        with torch.no_grad():
            for live, master in zip(self.live, self.master, strict=True):
                live.copy_(master)

    def weights(self) -> dict[str, Tensor]:
        """The float32 state of the whole model, the master copy where there is one."""
        state = {name: value.float() for name, value in self.model.state_dict().items()}
        names = [name for name, p in self.model.named_parameters() if p.requires_grad]
        state.update(zip(names, self.master, strict=True))
        return state

    def save(self, path: Path) -> None:
        """Write the run's state, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        content: dict[str, Any] = {
            "weights": self.weights(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        torch.save(content, part)
        part.replace(path)

    def resume(self, path: Path) -> None:
        """Go on from a state that :meth:`save` wrote."""
        content = torch.load(path, weights_only=True)
        self.model.load_state_dict(content["weights"])
        state = content["weights"]
        names = [name for name, p in self.model.named_parameters() if p.requires_grad]
        for name, master in zip(names, self.master, strict=True):
            master.copy_(state[name])
        self.optimiser.load_state_dict(content["optimiser"])
        self.step = content["step"]


def answer(
    model: Classifier,
    tokenizer: Tokenizer,
    inputs: Sequence[TextInput],
    names: tuple[str, ...],
    max_pieces: int,
) -> dict[str, NDArray[np.float32]]:
    """Logits of the named heads for every text, in the order of the texts."""
    model.eval()
    texts = [pair(x) for x in inputs]
    order = sorted(range(len(texts)), key=lambda i: len(texts[i][0]) + len(texts[i][1]))
    rows: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
    with torch.inference_mode():
        for start in range(0, len(order), 64):
            ids, mask = encode(tokenizer, [texts[i] for i in order[start : start + 64]], max_pieces)
            for name, (logits, _) in model(ids, mask, names).items():
                rows[name].append(logits.float().numpy())
    back = np.argsort(order)
    return {name: np.concatenate(parts)[back] for name, parts in rows.items()}
