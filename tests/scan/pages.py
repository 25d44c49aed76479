"""Synthetic French letters as scanners, phones and faxes give them. Nobody in them exists."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageFilter
from rapidfuzz.distance import Levenshtein
from weasyprint import HTML

HEAD = ("Docteur Hélène AUBÉPINE", "Cardiologie", "8, rue de l'Abbaye", "69002 LYON")
LINES = (
    "Lyon, le 14 mars 2019",
    "Concerne : Mme Josette MERLETTE, née le 23/11/1951",
    "Mon cher confrère,",
    "Merci de m'avoir adressé Madame MERLETTE, âgée de 67 ans,",
    "pour une dyspnée d'effort et des œdèmes des chevilles.",
    "L'examen retrouve une tension artérielle à 145/80 mmHg,",
    "un cœur irrégulier à 72/min et un souffle systolique 3/6.",
    "L'INR est à 2,8 ; la créatinine à 92 µmol/l.",
    "J'ai augmenté le furosémide à 60 mg pendant huit jours.",
    "Le bisoprolol est poursuivi à 2,5 mg par jour.",
    "Bien confraternellement à vous.",
)
TRUTH = " ".join((*HEAD, *LINES))


@cache
def letter_pdf(second: bool = False) -> bytes:
    """A born-digital letter of one page."""
    lines = LINES if not second else tuple(f"Page suivante : {line}" for line in LINES[5:10])
    body = "".join(f"<p>{line}</p>" for line in lines)
    head = "<br>".join(HEAD)
    style = "@page{size:A4;margin:25mm 22mm}body{font:12pt/1.4 'Liberation Serif';hyphens:manual}p{margin:0 0 3mm}"
    return bytes(HTML(string=f"<html lang=fr><style>{style}</style><p>{head}</p>{body}").write_pdf())


@cache
def page(dpi: int = 150, second: bool = False) -> Image.Image:
    """The letter as a clean grey image."""
    document = pypdfium2.PdfDocument(letter_pdf(second))
    image: Image.Image = document[0].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
    document.close()
    return image


def stained(dpi: int = 200) -> Image.Image:
    """Grey paper, pale ink, three coffee rings, punch holes, noise, 1.6 degrees askew."""
    random = np.random.default_rng(7)
    pixels = np.asarray(page(dpi).filter(ImageFilter.GaussianBlur(0.9)), dtype=np.float32)
    pixels = 80 + (205 - 80) * pixels / 255
    height, width = pixels.shape
    stains = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(stains)
    for x, y, radius in ((0.3, 0.25, 0.9), (0.6, 0.5, 0.7), (0.75, 0.3, 0.5)):
        box = [width * x - dpi * radius, height * y - dpi * radius, width * x + dpi * radius, height * y + dpi * radius]
        draw.ellipse(box, fill=25, outline=70, width=dpi // 20)
    pixels = pixels - np.asarray(stains.filter(ImageFilter.GaussianBlur(3)), dtype=np.float32)
    pixels += random.normal(0, 12, pixels.shape)
    pixels[random.random(pixels.shape) < 0.001] = 30
    image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    return image.rotate(1.6, resample=Image.Resampling.BICUBIC, fillcolor=190)


def saved(image: Image.Image, path: Path, **options: Any) -> Path:
    image.save(path, **options)
    return path


def image_pdf(*images: Image.Image, dpi: int = 150) -> bytes:
    """A scanned PDF: images only."""
    out = io.BytesIO()
    images[0].save(out, "PDF", resolution=dpi, save_all=True, append_images=list(images[1:]))
    return out.getvalue()


def error_rate(read: str, truth: str = TRUTH) -> float:
    """Wrong characters per character, white space folded."""
    one, other = " ".join(read.split()), " ".join(truth.split())
    return Levenshtein.distance(one, other) / len(other)
