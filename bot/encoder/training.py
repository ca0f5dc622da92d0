"""Fine-tunes the encoder so that messages of one intent lie together, whoever wrote them.

Each epoch sees every example once as written or once varied by rule (`bot.nlu.augment`), freshly
drawn. The loss is cross-entropy with smoothed labels over a cosine classifier, plus a supervised
contrastive term over the batch. The weights that are kept are an exponential average of those that
training passed through. All randomness comes from the recipe's seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.encoder.model import Body
from bot.nlu.augment import may_be_framed, vary
from bot.nlu.encoders import bounded
from bot.nlu.examples import Example
from bot.nlu.unigram import PADDING, UnigramTokenizer

Report = Callable[[str], None]
LARGEST_GRADIENT = 1.0
ENCODED_AT_ONCE = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How long and how hard to train."""

    epochs: int = 3
    batch: int = 32
    learning_rate: float = 2e-4
    head_learning_rate: float = 2e-3
    layer_decay: float = 0.9
    weight_decay: float = 0.01
    warmup_share: float = 0.1
    label_smoothing: float = 0.1
    contrastive_share: float = 0.2
    contrastive_temperature: float = 0.1
    cosine_scale: float = 20.0
    dropout: float = 0.1
    plain_share: float = 0.35
    averaging: float = 0.995
    max_tokens: int = 64
    frozen_layers: int = 4
    seed: int = 7


class Encoder:
    """Texts to vectors: the tokenizer, the frozen word embeddings and the body."""

    def __init__(self, *, tokenizer: UnigramTokenizer, words: Tensor, body: Body) -> None:
        self.tokenizer = tokenizer
        self.words = words
        self.body = body

    def batch(self, texts: Sequence[str], *, max_tokens: int) -> tuple[Tensor, Tensor]:
        """Word embeddings of the padded texts, and 1.0 where a token is, 0.0 where padding is."""
        rows = [_shortened(self.tokenizer.encode(bounded(text)), max_tokens) for text in texts]
        width = max(len(row) for row in rows)
        ids = torch.tensor([row + [PADDING] * (width - len(row)) for row in rows])
        present = torch.tensor([[1.0] * len(row) + [0.0] * (width - len(row)) for row in rows])
        return self.words[ids], present

    def encode(self, texts: Sequence[str], *, max_tokens: int = 128) -> np.ndarray:
        """Unit vectors of `texts`, in batches of like length."""
        body = self.body.eval()
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.empty((len(texts), self.words.shape[1]), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(order), ENCODED_AT_ONCE):
                chosen = order[start : start + ENCODED_AT_ONCE]
                batch = self.batch([texts[i] for i in chosen], max_tokens=max_tokens)
                vectors[chosen] = body(*batch).numpy()
        return vectors


def _shortened(ids: list[int], limit: int) -> list[int]:
    return ids if len(ids) <= limit else ids[: limit - 1] + ids[-1:]


class CosineHead(nn.Module):
    """One direction for each intent; the logit is the scaled cosine to it."""

    def __init__(self, intents: Sequence[str], centroids: Tensor, *, scale: float) -> None:
        super().__init__()
        self.intents = tuple(intents)
        self.number = {intent: i for i, intent in enumerate(intents)}
        self.directions = nn.Parameter(centroids.clone())
        self.scale = scale

    def forward(self, vectors: Tensor) -> Tensor:
        return self.scale * vectors @ functional.normalize(self.directions, dim=-1).T


def fine_tune(
    encoder: Encoder, examples: Sequence[Example], recipe: Recipe, *, report: Report = print
) -> CosineHead:
    """Trains `encoder.body` in place and leaves the averaged weights in it."""
    torch.manual_seed(recipe.seed)
    random = Random(recipe.seed)  # noqa: S311 (variation, not secrecy)
    intents = sorted({example.intent for example in examples})
    head = CosineHead(intents, _centroids(encoder, examples, intents), scale=recipe.cosine_scale)
    _freeze(encoder.body, recipe.frozen_layers)
    steps = recipe.epochs * math.ceil(len(examples) / recipe.batch)
    stepper = _Stepper(encoder.body, head, recipe, steps=steps)
    for epoch in range(recipe.epochs):
        encoder.body.train()
        losses = []
        for texts, names in _batches(examples, recipe, random):
            targets = torch.tensor([head.number[name] for name in names])
            vectors = encoder.body(*encoder.batch(texts, max_tokens=recipe.max_tokens))
            loss = _loss(vectors, head(vectors), targets, recipe)
            stepper.step(loss)
            losses.append(loss.item())
        report(f"epoch {epoch + 1} of {recipe.epochs}: loss {np.mean(losses):.3f}")
    stepper.average.apply()
    return head


class _Stepper:
    """One optimiser step for one loss: backward, clip, step, schedule, average."""

    def __init__(self, body: Body, head: CosineHead, recipe: Recipe, *, steps: int) -> None:
        self._body = body
        self._optimizer = torch.optim.AdamW(
            _groups(body, head, recipe), weight_decay=recipe.weight_decay, fused=True
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, _warm_then_cosine(steps, recipe)
        )
        self.average = _Average([body, head], recipe.averaging)

    def step(self, loss: Tensor) -> None:
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self._body.parameters(), LARGEST_GRADIENT)
        self._optimizer.step()
        self._schedule.step()
        self.average.update()


def _centroids(encoder: Encoder, examples: Sequence[Example], intents: Sequence[str]) -> Tensor:
    """The direction of each intent's examples from the mean of all: where the head begins."""
    vectors = encoder.encode([example.text for example in examples])
    labels = np.array([example.intent for example in examples])
    means = np.stack([vectors[labels == intent].mean(axis=0) for intent in intents])
    return functional.normalize(torch.from_numpy(means - vectors.mean(axis=0)), dim=-1)


def _freeze(body: Body, layers: int) -> None:
    if layers:
        body.positions.requires_grad_(False)
        body.embedding_norm.requires_grad_(False)
    for layer in body.layers[:layers]:
        layer.requires_grad_(False)


def _groups(body: Body, head: nn.Module, recipe: Recipe) -> list[dict[str, object]]:
    """The deeper a layer, the faster it learns; the head fastest."""
    depth = len(body.layers)
    groups = [{"params": list(head.parameters()), "lr": recipe.head_learning_rate}]
    bottom = [body.positions, *body.embedding_norm.parameters()]
    for height, parameters in enumerate([bottom, *(list(la.parameters()) for la in body.layers)]):
        trained = [parameter for parameter in parameters if parameter.requires_grad]
        rate = recipe.learning_rate * recipe.layer_decay ** (depth - height)
        if trained:
            groups.append({"params": trained, "lr": rate})
    return groups


def _warm_then_cosine(steps: int, recipe: Recipe) -> Callable[[int], float]:
    warm = max(1, int(steps * recipe.warmup_share))

    def factor(step: int) -> float:
        if step < warm:
            return (step + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm) / max(1, steps - warm))))

    return factor


def _batches(
    examples: Sequence[Example], recipe: Recipe, random: Random
) -> Iterator[tuple[list[str], list[str]]]:
    """All examples once, shuffled, texts of like length together so that little is padding."""
    drawn = [(_drawn(example, recipe, random), example.intent) for example in examples]
    random.shuffle(drawn)
    pool = recipe.batch * 8
    batches = []
    for start in range(0, len(drawn), pool):
        alike = sorted(drawn[start : start + pool], key=lambda pair: len(pair[0]))
        batches += [alike[i : i + recipe.batch] for i in range(0, len(alike), recipe.batch)]
    random.shuffle(batches)
    for batch in batches:
        yield [text for text, _ in batch], [intent for _, intent in batch]


def _drawn(example: Example, recipe: Recipe, random: Random) -> str:
    if random.random() < recipe.plain_share:
        return example.text
    return vary(example.text, random, may_frame=may_be_framed(example.intent))


def _loss(vectors: Tensor, logits: Tensor, targets: Tensor, recipe: Recipe) -> Tensor:
    loss = functional.cross_entropy(logits, targets, label_smoothing=recipe.label_smoothing)
    if recipe.contrastive_share:
        contrast = _contrastive(vectors, targets, recipe.contrastive_temperature)
        loss = loss + recipe.contrastive_share * contrast
    return loss


def _contrastive(vectors: Tensor, targets: Tensor, temperature: float) -> Tensor:
    """Supervised contrastive loss: of the others in the batch, one's own intent should be near."""
    itself = torch.eye(len(targets), dtype=torch.bool)
    alike = (targets[:, None] == targets[None, :]) & ~itself
    closeness = (vectors @ vectors.T / temperature).masked_fill(itself, -1e9)
    chance = closeness - closeness.logsumexp(dim=1, keepdim=True)
    count = alike.sum(dim=1)
    has_alike = count > 0
    if not bool(has_alike.any()):
        return vectors.new_zeros(())
    return -((chance * alike).sum(dim=1)[has_alike] / count[has_alike]).mean()


class _Average:
    """An exponential moving average of trained parameters, shorter while training is young."""

    def __init__(self, modules: Sequence[nn.Module], decay: float) -> None:
        self._parameters = [p for m in modules for p in m.parameters() if p.requires_grad]
        self._kept = [p.detach().clone() for p in self._parameters]
        self._decay = decay
        self._steps = 0

    def update(self) -> None:
        self._steps += 1
        decay = min(self._decay, self._steps / (self._steps + 10))
        with torch.no_grad():
            torch._foreach_mul_(self._kept, decay)
            torch._foreach_add_(self._kept, self._parameters, alpha=1 - decay)

    def apply(self) -> None:
        with torch.no_grad():
            for parameter, kept in zip(self._parameters, self._kept, strict=True):
                parameter.copy_(kept)
