"""Training of a CLIP tokenizer on the captions: byte-level BPE in which most words, also Chinese ones, are one token."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import CLIPTokenizer

from .captions import cut, words

LAST_TIER = 3  # Chinese is split in the same way for models of all tiers
START, END = "<|startoftext|>", "<|endoftext|>"
SUFFIX = "</w>"  # CLIP appends it to the last byte of a run of letters, which makes that byte a different symbol
_ENDING = 0xE000  # private-use code points that stand for last bytes during training: symbols of one character
_RUNS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\w\s]|_)+")  # CLIP's rule for splitting text (tokenization_clip.py)
_BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def train(captions: Iterable[str], folder: Path, size: int = 3000, context: int = 32) -> CLIPTokenizer:
    """Learn up to `size` tokens from captions in both languages and write the folder that CLIPTokenizer.from_pretrained opens.

    Chinese has no spaces, and CLIP passes whole runs of it to the BPE. Merges are learned within words only, so that tokens
    do not cross word borders; only the last word of a run gets CLIP's end-of-word suffix.
    """
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    learner.train_from_iterator(
        (" ".join(_spelled(caption)) for caption in captions),
        trainers.BpeTrainer(
            vocab_size=size,
            show_progress=False,
            special_tokens=[START, END],
            initial_alphabet=[*alphabet, *(chr(_ENDING + ord(letter)) for letter in alphabet)],
            limit_alphabet=2 * len(alphabet),
        ),
    )
    model = json.loads(learner.to_str())["model"]
    tokenizer = CLIPTokenizer(
        vocab={_restored(token): number for token, number in model["vocab"].items()},
        merges=[(_restored(left), _restored(right)) for left, right in model["merges"]],
        model_max_length=context,
    )
    tokenizer.save_pretrained(folder)
    tokenizer.backend_tokenizer.model.save(str(folder))  # vocab.json and merges.txt, for older libraries
    return tokenizer


def _spelled(caption: str) -> Iterator[str]:
    """The caption's words in byte symbols, with the last symbol of each run marked."""
    for run in _RUNS.findall(caption.lower()):
        *before, last = (cut(run, words("zh", LAST_TIER)) or [[run]])[0]
        yield from map(_letters, before)
        letters = _letters(last)
        yield letters[:-1] + chr(_ENDING + ord(letters[-1]))


@cache
def _letters(word: str) -> str:
    return _BYTES.pre_tokenize_str(word)[0][0]


def _restored(token: str) -> str:
    return token[:-1] + chr(ord(token[-1]) - _ENDING) + SUFFIX if ord(token[-1]) >= _ENDING else token
