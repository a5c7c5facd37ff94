"""Counts how much of a prompt the text encoders read, without torch. Importing this loads `tokenizers` (tens of milliseconds)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import BPE

from ..diffusion import embeddings, weights
from ..diffusion.families import SENSELESS
from ..diffusion.families.description import TextEncoder, Tokenization
from ..diffusion.single_file import ModelFiles
from ..errors import ModelFileDamaged
from . import inspection
from .models import Model, read_tokenizer, tokenizer_place

SENTENCEPIECE = ("spiece.model", "tokenizer.model")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class TokenCount:
    count: int  # of the whole prompt, both marks included
    limit: int  # what the text encoder reads, both marks included
    cut: int | None  # index in the prompt as typed from which nothing is read; None if all is read

    @property
    def excess(self) -> int:
        return max(self.count - self.limit, 0)


class TokenMeter:
    """Counts as the model's own text encoders do: weights are not counted, and a word ends where a weight begins or ends."""

    def __init__(self, encoders: Sequence[tuple[Tokenizer | _SentencePieces, int, int]], reads_weights: bool) -> None:
        """Of each text encoder: its tokenizer, how many tokens it reads, and how many of those are added to the text."""
        self._encoders, self._reads_weights = encoders, reads_weights
        self.names = embeddings.NONE  # of the embeddings that the text encoders know; each vector is a token

    @classmethod
    def of(cls, model: Model) -> TokenMeter | None:
        """Reads the files of the tokenizers, up to 0.2 s each: not for the GUI thread. None if no tokenizer can be read without torch."""
        described = zip(model.family.text_encoders, model.token_limits, strict=True)
        encoders = [
            (
                tokenizer,
                limit,
                encoder.tokenization.marks if encoder.tokenization else encoder.marks + tokenizer.num_special_tokens_to_add(False),
            )
            for encoder, limit in described
            if encoder.is_whole and (tokenizer := _tokenizer(model.files, encoder)) is not None
        ]
        return cls(encoders, model.family.capabilities.weights) if encoders else None

    def count(self, prompt: str) -> TokenCount:
        """As the text encoder that leaves the most unread."""
        counts = [self._count(prompt, *encoder) for encoder in self._encoders]
        return max(counts, key=lambda each: (each.excess, each.count))

    def _count(self, prompt: str, tokenizer: Tokenizer | _SentencePieces, limit: int, marks: int) -> TokenCount:
        read = limit - marks
        count = characters = 0  # of the fragments so far
        unread = None  # index in the prompt without its weights
        readable = _LONE_SURROGATE.sub("\ufffd", prompt)
        for fragment in weights.parse(readable) if self._reads_weights else weights.unweighted(readable):
            for piece in self.names.pieces(fragment.text):
                encoded = [] if piece.vectors else tokenizer.encode(piece.text, add_special_tokens=False).offsets
                tokens = len(piece.vectors) or len(encoded)
                if unread is None and count + tokens > read:
                    unread = characters + piece.start + (0 if piece.vectors else encoded[read - count][0])
                count += tokens
            characters += len(fragment.text)
        if unread is not None and self._reads_weights:
            unread = weights.typed_index(prompt, unread)
        return TokenCount(count + marks, limit, unread)


def _tokenizer(files: ModelFiles, encoder: TextEncoder) -> Tokenizer | _SentencePieces | None:
    folder, part = tokenizer_place(files, encoder.tokenizer)
    if encoder.tokenization:
        return _byte_level(folder, part, encoder.tokenization, read_tokenizer(files, encoder.tokenizer))
    file, pieces = f"{part}/tokenizer.json", [f"{part}/{name}" for name in SENTENCEPIECE]
    if not (folder / file).exists():
        found = next((name for name in pieces if (folder / name).exists()), None)
        return _SentencePieces(folder, found) if found else None
    inspection.read_json(folder, file)  # raises for one that is too large or no JSON
    try:
        tokenizer = Tokenizer.from_str(inspection.read_text(folder, file))
    except Exception as error:  # what `tokenizers` raises has no class of its own
        raise ModelFileDamaged(folder=files.name, file=file, problem=SENSELESS) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@dataclass(frozen=True, slots=True)
class _Pieces:
    """As `tokenizers.Encoding`."""

    offsets: list[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.offsets)


class _SentencePieces:
    """A tokenizer of SentencePiece, which `tokenizers` cannot read, in as much of its interface as is used here."""

    def __init__(self, folder: Path, file: str) -> None:
        from sentencepiece import SentencePieceProcessor  # milliseconds, and most models do not need it

        try:
            self._processor = SentencePieceProcessor(model_proto=inspection.read_bytes(folder, file))
        except RuntimeError as error:
            raise ModelFileDamaged(folder=folder.name, file=file, problem=SENSELESS) from error

    def num_special_tokens_to_add(self, is_pair: bool) -> int:
        return 1  # the end of the text

    def encode(self, text: str, add_special_tokens: bool) -> _Pieces:
        return _Pieces(self._processor.encode(text, return_type="offset_mapping")["offsets"])


def _byte_level(folder: Path, part: str, tokenization: Tokenization, config: Mapping[str, Any]) -> Tokenizer:
    """Byte-level BPE over the model's own vocabulary, as transformers builds it whatever else `tokenizer.json` says."""
    whole = (folder / part / "tokenizer.json").exists()
    file = f"{part}/tokenizer.json" if whole else f"{part}/vocab.json"
    try:
        if whole:
            document = inspection.read_json(folder, file)
            vocabulary, merges, added = document["model"]["vocab"], document["model"]["merges"], document.get("added_tokens", [])
        else:
            vocabulary, added = inspection.read_json(folder, file), []
            file = f"{part}/merges.txt"
            lines = inspection.read_text(folder, file).split("\n")
            merges = [line for line in lines if line.strip() and not line.startswith("#version")]
        pairs = [tuple(merge.split(" ") if isinstance(merge, str) else merge) for merge in merges]
        unknown = _content(config.get("unk_token", tokenization.end))
        tokenizer = Tokenizer(
            BPE(
                vocab=vocabulary,
                merges=pairs,
                end_of_word_suffix=tokenization.word_end,
                continuing_subword_prefix="",
                fuse_unk=False,
                unk_token=unknown,
            )
        )
        tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(tokenization.words), behavior="removed", invert=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )
        named = [config.get(f"{name}_token", tokenization.end) for name in ("eos", "unk", "pad")]
        specials = [*added, *config.get("added_tokens_decoder", {}).values(), config.get("bos_token", tokenization.begin), *named]
        for special in specials:
            tokenizer.add_special_tokens([_added_token(special)])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ModelFileDamaged(folder=folder.name, file=file, problem=SENSELESS) from error
    except Exception as error:  # what `tokenizers` raises has no class of its own
        if type(error) is not Exception:
            raise
        raise ModelFileDamaged(folder=folder.name, file=file, problem=SENSELESS) from error
    return tokenizer


def _content(token: Any) -> str:
    return token["content"] if isinstance(token, dict) else token


def _added_token(token: Any) -> AddedToken:
    """From a plain string, or from the dictionary in which transformers saves a token."""
    named = token if isinstance(token, dict) else {}
    flags = {name: named[name] for name in ("single_word", "lstrip", "rstrip", "normalized") if name in named}
    return AddedToken(_content(token), special=True, **flags)
