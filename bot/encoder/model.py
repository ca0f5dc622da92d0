"""multilingual-e5-small in PyTorch: the encoder, and its weights from the package.

A BERT encoder of 12 layers; the sentence's vector is the mean over its tokens, of length one. The
word embeddings stay as they are: a message uses few of them, and the rest would only drift.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.encoder.package_weights import Package, Shape


class Layer(nn.Module):
    """Self-attention and a feed-forward net, each added to its input and normalised."""

    def __init__(self, shape: Shape, *, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query_key_value = nn.Linear(shape.hidden, 3 * shape.hidden)
        self.attended = nn.Linear(shape.hidden, shape.hidden)
        self.attention_norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.widen = nn.Linear(shape.hidden, shape.feed_forward)
        self.narrow = nn.Linear(shape.feed_forward, shape.hidden)
        self.output_norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        attended = self.attended(self._attend(tokens, mask))
        tokens = self.attention_norm(tokens + self.dropout(attended))
        wide = functional.gelu(self.widen(tokens))
        return self.output_norm(tokens + self.dropout(self.narrow(wide)))

    def _attend(self, tokens: Tensor, mask: Tensor) -> Tensor:
        batch, length, hidden = tokens.shape
        per_head = hidden // self.heads
        split = self.query_key_value(tokens).view(batch, length, 3, self.heads, per_head)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        scores = query @ key.transpose(-1, -2) * per_head**-0.5 + mask
        mixed = torch.softmax(scores, dim=-1) @ value
        return mixed.transpose(1, 2).reshape(batch, length, hidden)


class Body(nn.Module):
    """From summed embeddings and a padding mask to one vector for each sentence."""

    def __init__(self, shape: Shape, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.embedding_norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.positions = nn.Parameter(torch.zeros(shape.positions, shape.hidden))
        self.layers = nn.ModuleList(Layer(shape, dropout=dropout) for _ in range(shape.layers))
        self.dropout = nn.Dropout(dropout)

    def forward(self, words: Tensor, present: Tensor) -> Tensor:
        tokens = self.dropout(self.embedding_norm(words + self.positions[: words.shape[1]]))
        mask = (1.0 - present)[:, None, None, :] * -1e4
        for layer in self.layers:
            tokens = layer(tokens, mask)
        summed = (tokens * present[:, :, None]).sum(dim=1)
        return functional.normalize(summed, dim=-1)


def body_of(package: Package, *, dropout: float = 0.1) -> Body:
    """The package's encoder without its word embeddings."""
    shape, tensors = package.shape, package.tensors
    body = Body(shape, dropout=dropout)
    with torch.no_grad():
        # There is one token type; its embedding is the same for every token.
        positions = tensors["emb.pos"].reshape(-1, shape.hidden)
        token_type = tensors["emb.type"].reshape(-1, shape.hidden)[0]
        body.positions.copy_(torch.from_numpy(positions + token_type))
        _fill(body.embedding_norm, tensors["emb.ln.w"], tensors["emb.ln.b"])
        for number, layer in enumerate(body.layers):
            _fill_layer(layer, tensors, f"l{number}")
    return body


def _fill_layer(layer: nn.Module, tensors: dict[str, np.ndarray], at: str) -> None:
    fused = [np.concatenate([tensors[f"{at}.{part}.{kind}"] for part in "qkv"]) for kind in "wb"]
    _fill(layer.query_key_value, *fused)
    for module, name in (
        (layer.attended, "ao"),
        (layer.attention_norm, "aln"),
        (layer.widen, "fi"),
        (layer.narrow, "fo"),
        (layer.output_norm, "oln"),
    ):
        _fill(module, tensors[f"{at}.{name}.w"], tensors[f"{at}.{name}.b"])


def _fill(module: nn.Module, weight: np.ndarray, bias: np.ndarray) -> None:
    module.weight.copy_(torch.from_numpy(weight).view_as(module.weight))
    module.bias.copy_(torch.from_numpy(bias))


def parameter_count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
