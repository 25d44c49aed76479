"""RapidOCR (PP-OCRv6 small on ONNX Runtime): the models lie in its wheel, nothing is ever fetched."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from PIL import Image

from pipeline.scan.lines import Piece

NAME = "RapidOCR PP-OCRv6 small"
_MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}
_SAMPLE = 12
"""Lines whose recognition is compared both ways up: on 30 pages that was right 30 times."""
_idle: SimpleQueue[Any] = SimpleQueue()


def model_folder() -> Path | None:
    """Where the wheel keeps its models; None when RapidOCR or a model is missing. Imports nothing."""
    found = find_spec("rapidocr")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "models"
    return folder if all((folder / name).is_file() for name in _MODELS.values()) else None


@contextmanager
def _borrowed() -> Iterator[Any]:
    """An engine for one thread at a time, one processor thread each: pages are what runs in parallel."""
    try:
        engine = _idle.get_nowait()
    except Empty:
        engine = _make()
    yield engine  # an engine that failed is not given back
    _idle.put(engine)


def _make() -> Any:
    import cv2  # here with RapidOCR: a second of loading, only when a page is read
    from rapidocr import RapidOCR

    folder = model_folder()
    if folder is None:
        raise FileNotFoundError("RapidOCR models")
    cv2.setNumThreads(1)
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.model_path": str(folder / _MODELS["Det"]),
            "Rec.model_path": str(folder / _MODELS["Rec"]),
            # an A4 page at 1,280 pixels keeps 8 pt letters apart; more costs time and reads no better
            "Det.limit_side_len": 1280,
            "Det.limit_type": "max",
        }
    )


def read_pieces(image: Image.Image) -> list[Piece]:
    """The text lines of an upright page, in no order, boxes in pixels. Raises whatever the libraries raise."""
    with _borrowed() as engine:
        result = engine(_pixels(image), use_det=True, use_cls=False, use_rec=True)
    if getattr(result, "boxes", None) is None or result.txts is None:
        return []
    return [
        _piece(np.asarray(box, dtype=float), text, float(score))
        for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True)
        if text.strip()
    ]


def _piece(box: Any, text: str, score: float) -> Piece:
    (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
    across, down = box[1] - box[0]
    return Piece(
        text, float(left), float(top), float(right), float(bottom), score, math.atan2(float(down), float(across))
    )


def turn_needed(image: Image.Image) -> tuple[int, float]:
    """``(degrees clockwise to set the page upright, lead of the better score in [0, 1])``.

    The recogniser reads the longest lines both ways up: the right way has the better score.
    """
    from rapidocr.utils.process_img import get_rotate_crop_image  # loads cv2: only when a page is read

    pixels = _pixels(image)
    with _borrowed() as engine:
        found = engine(pixels, use_det=True, use_cls=False, use_rec=False)
        boxes = getattr(found, "boxes", None)
        if boxes is None or not len(boxes):
            return 0, 0.0
        ordered = sorted((np.asarray(box, dtype=np.float32) for box in boxes), key=_area, reverse=True)[:_SAMPLE]
        standing = sum(_is_standing(box) for box in ordered) > len(ordered) / 2
        chosen = [box for box in ordered if _is_standing(box) == standing]
        crops = [get_rotate_crop_image(pixels, box) for box in chosen]
        one_way = _score(engine, crops)
        other_way = _score(engine, [np.ascontiguousarray(np.rot90(crop, 2)) for crop in crops])
    # the crop of a standing line was turned a quarter anticlockwise
    upright, turned = (270, 90) if standing else (0, 180)
    return (upright if one_way >= other_way else turned), abs(one_way - other_way)


def _score(engine: Any, crops: list[Any]) -> float:
    """Mean score, weighted by the letters read: upside-down lines give few, unsure letters."""
    total = letters = 0.0
    for crop in crops:
        result = engine(crop, use_det=False, use_cls=False, use_rec=True)
        for text, score in zip(result.txts or (), result.scores or (), strict=True):
            total += float(score) * len(text)
            letters += len(text)
    return total / letters if letters else 0.0


def _is_standing(box: Any) -> bool:
    return bool(np.linalg.norm(box[0] - box[3]) > 1.5 * np.linalg.norm(box[0] - box[1]))


def _area(box: Any) -> float:
    return float(np.ptp(box[:, 0]) * np.ptp(box[:, 1]))


def _pixels(image: Image.Image) -> Any:
    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
