"""Trains the check whether a film looks like a chest: chest films against everything else that can be had or made."""

import importlib.metadata
import math
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from pydicom.data import get_testdata_file
from safetensors.torch import save_file

from gaze2report_core.area_under_curve import areas_under_curve
from gaze2report_core.model.film_check import FilmCheck, summary_of
from gaze2report_core.model.patch_encoder import LITE0, PatchEncoderConfig
from gaze2report_core.training.encoder import annotated_films
from gaze2report_core.training.features import encode_films, starting_encoder
from gaze2report_core.training.film_check import fit_check
from gaze2report_core.training.films import load_films
from gaze2report_core.training.run.needed import needed

CHEST_CHECK = "chest_check.safetensors"

MOST_CHESTS = 2400
"""Half as many films again are spoilt; so many drawings, and crops of each photograph, stand beside so many chests."""
DRAWN = 500
CROPS = 20
PICTURE_SIZE = 448
"""Of the photographs that crops are taken from, pixels along a side."""
SMALLEST_PHOTOGRAPH = 8_000
OTHER_BODY_PARTS = (
    *("CT_small.dcm", "693_UNCR.dcm", "explicit_VR-UN.dcm", "bad_sequence.dcm"),
    *("MR_small.dcm", "MR2_UNCI.dcm", "MR-SIEMENS-DICOM-WithOverlays.dcm"),
    *("US1_UNCR.dcm", "OBXXXX1A.dcm", "gdcm-US-ALOKA-16.dcm", "color-pl.dcm"),
    *("JPEG-LL.dcm", "OT-PAL-8-face.dcm"),
)
"""Files of pydicom and pydicom-data that are no chest film. RG3, a limb on film, is left out to be tested with."""


def train_chest_check(data: Path, out: Path, config: PatchEncoderConfig = LITE0) -> dict[str, float]:
    """Train on the encoder in `out`, or on timm's for a larger preset; writes `chest_check.safetensors` to `out`.

    Returns held-out figures.

    Against the chest films of both collections stand: pictures that installed packages ship, drawings, and what is left
    of chest films when they are turned, cut into small parts, or their tiles shuffled.
    """
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    paths = annotated_films(data).paths
    chosen = random.choice(len(paths), size=min(MOST_CHESTS, len(paths)), replace=False)
    chests = load_films([paths[index] for index in chosen], config.image_size)
    share = len(chests) / MOST_CHESTS  # with fewer chests there are fewer of all others
    photographs, crops = load_films(pictures_of_packages(), PICTURE_SIZE), math.ceil(CROPS * share)
    spoilt = _made_from(chests[: len(chests) // 2], random)
    drawings = np.stack([_drawing(config.image_size, random) for _ in range(math.ceil(DRAWN * share))])
    others = np.concatenate([spoilt, drawings, _crops(photographs, crops, random, config.image_size)])
    films, pictures = len(chests), len(chests) + len(drawings)
    of_photographs = pictures + np.repeat(np.arange(len(photographs)), crops)
    sources = np.concatenate([np.arange(films), np.arange(len(spoilt)), np.arange(films, pictures), of_photographs])
    out.mkdir(parents=True, exist_ok=True)
    encoder = starting_encoder(config, out)
    patches = torch.cat([encode_films(encoder, chests, seed=1), encode_films(encoder, others)])
    summaries = torch.cat([summary_of(chunk.float()) for chunk in patches.split(256)])  # (F, 2D)
    is_chest = torch.cat([torch.ones(len(chests)), torch.zeros(len(others))])
    held_out = torch.from_numpy(rows_of_a_fifth(sources, random))
    check = FilmCheck(config.width)
    fit_check(check, summaries[~held_out], is_chest[~held_out])
    with torch.inference_mode():
        likelihood = torch.sigmoid(check.eval().logit(summaries[held_out]))
    save_file({name: tensor.contiguous() for name, tensor in check.state_dict().items()}, out / CHEST_CHECK)
    truth = is_chest[held_out]
    return {
        "area_under_curve": float(areas_under_curve(likelihood[:, None].numpy(), truth[:, None].numpy() > 0)[0]),
        "chests_warned_of": float((likelihood[truth == 1] < 0.5).float().mean()),
        "others_let_through": float((likelihood[truth == 0] >= 0.5).float().mean()),
    }


def rows_of_a_fifth(sources: NDArray[np.int64], random: Generator) -> NDArray[np.bool_]:
    """Which of F pictures are made of a fifth of all sources, `(F,)`: no sibling of theirs is left among the others."""
    order = random.permutation(sources.max() + 1)
    return np.isin(sources, order[: len(order) // 5])


def chest_check_file(folder: Path) -> Path:
    """What this left in its folder; refused with a sentence where it has not."""
    return needed(folder, CHEST_CHECK, "Run `train chest-check` with it as --out first.")


def pictures_of_packages() -> list[Path]:
    """Photographs, and slices of other body parts, that packages of `requirements.txt` bring along."""
    photographs = [
        Path(str(file.locate()))
        for package in ("gradio", "matplotlib")
        for file in importlib.metadata.files(package) or []
        if file.suffix in (".jpg", ".jpeg") and file.size is not None and file.size > SMALLEST_PHOTOGRAPH
    ]
    return photographs + [Path(str(get_testdata_file(name, download=False))) for name in OTHER_BODY_PARTS]


def _made_from(chests: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    """What is left of films when they are no longer ones, each spoilt in one of the ways in turn."""
    return np.stack([_SPOILT[place % len(_SPOILT)](film, random) for place, film in enumerate(chests)])


def _turned(film: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    """Upside down or sideways."""
    return np.rot90(film, k=int(random.integers(1, 4))).copy()


def _small_part(film: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    size = len(film)
    part = int(size * random.uniform(0.15, 0.35))
    top, left = random.integers(0, size - part, size=2)
    return _resized(film[top : top + part, left : left + part], size)


def _tiles_out_of_order(film: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    tiles = [np.hsplit(row, 4) for row in np.vsplit(film, 4)]
    shuffled = random.permutation(16)
    return np.vstack([np.hstack([tiles[i // 4][i % 4] for i in shuffled[row : row + 4]]) for row in (0, 4, 8, 12)])


def _strip(film: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    """Down the middle, or along the bottom."""
    size = len(film)
    strip = film[:, int(size * 0.4) : int(size * 0.6)] if random.random() < 0.5 else film[int(size * 0.8) :]
    return _resized(strip, size)


_SPOILT = (_turned, _small_part, _tiles_out_of_order, _strip)


def _resized(picture: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    return cv2.resize(picture, (size, size), interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def _drawing(size: int, random: Generator) -> NDArray[np.uint8]:
    """A picture `(size, size)` of one of the kinds of `_DRAWN`, by chance."""
    return _DRAWN[random.integers(len(_DRAWN))](size, random)


def _noise(size: int, random: Generator) -> NDArray[np.uint8]:
    return random.integers(0, 256, (size, size)).astype(np.uint8)


def _gradient(size: int, random: Generator) -> NDArray[np.uint8]:
    """From dark to bright, or one grey."""
    ramp = np.linspace(0, 255, size) if random.random() < 0.5 else np.full(size, random.integers(256))
    return np.tile(ramp, (size, 1)).astype(np.uint8)


def _text(size: int, random: Generator) -> NDArray[np.uint8]:
    picture = _dark(size, random)
    for line in range(15, size, 18):
        words = "".join(chr(97 + int(letter)) if letter < 26 else " " for letter in random.integers(0, 32, 24))
        cv2.putText(picture, words, (5, line), cv2.FONT_HERSHEY_SIMPLEX, 0.45, int(random.integers(150, 256)), 1)
    return picture


def _limbs(size: int, random: Generator) -> NDArray[np.uint8]:
    """Bright long shapes on a dark background, as limbs on a film have them."""
    picture = _dark(size, random)
    for _ in range(int(random.integers(1, 6))):
        start, end = random.integers(0, size, 2), random.integers(0, size, 2)
        width = int(random.integers(8, 70))
        cv2.line(picture, start.tolist(), end.tolist(), int(random.integers(60, 140)), width)
        cv2.line(picture, start.tolist(), end.tolist(), int(random.integers(140, 256)), max(2, width // 3))
    blurred = cv2.GaussianBlur(picture, (0, 0), float(random.uniform(1, 6)))
    return np.clip(blurred + random.normal(0, 6, blurred.shape), 0, 255).astype(np.uint8)


_DRAWN = (_noise, _gradient, _text, _limbs)


def _dark(size: int, random: Generator) -> NDArray[np.uint8]:
    return np.full((size, size), int(random.integers(0, 60)), np.uint8)


def _crops(photographs: NDArray[np.uint8], count: int, random: Generator, size: int) -> NDArray[np.uint8]:
    """So many random parts of each photograph, `(F · count, size, size)`."""
    parts = []
    for picture in photographs:
        for _ in range(count):
            side = int(random.integers(size // 2, len(picture)))
            top, left = random.integers(0, len(picture) - side + 1, size=2)
            parts.append(cv2.resize(picture[top : top + side, left : left + side], (size, size)))
    return np.stack(parts)
