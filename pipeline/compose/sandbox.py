"""Jinja2 without teeth: a template sees the given values and nothing else.

Guards: ``ImmutableSandboxedEnvironment`` (no private attributes, no change of values), ``StrictUndefined`` (an unknown
field stops the rendering), autoescape (dictated text is always text), loading from the templates' folder only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.errors import TemplateFault


def environment(templates: Path | None = None) -> ImmutableSandboxedEnvironment:
    """An environment that loads from ``templates`` only (from nowhere when None)."""
    loader = FileSystemLoader(templates, followlinks=False) if templates else None
    made = ImmutableSandboxedEnvironment(
        loader=loader, undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    for name in ("cycler", "joiner", "lipsum", "namespace"):
        made.globals.pop(name, None)
    return made


@contextmanager
def faults_of(template: str) -> Iterator[None]:
    """Turn Jinja's errors into `TemplateFault`: a French sentence that names the template and what is wrong."""
    try:
        yield
    except UndefinedError as error:
        raise TemplateFault(
            f"Le modèle « {template} » demande un champ inconnu : « {_field(str(error))} ».",
            advice="Corrigez le nom du champ dans le modèle, ou rétablissez le modèle livré avec Calame.",
        ) from error
    except SecurityError as error:
        raise TemplateFault(
            f"Le modèle « {template} » tente une opération interdite.",
            advice="N'utilisez pas ce modèle et prévenez l'administrateur.",
        ) from error
    except TemplateNotFound as error:
        raise TemplateFault(
            f"Le modèle « {error.name or template} » est introuvable.",
            advice="Rétablissez-le dans le dossier « templates ».",
        ) from error
    except TemplateSyntaxError as error:
        raise TemplateFault(
            f"Le modèle « {error.name or template} » est mal écrit, ligne {error.lineno}.",
            advice="Corrigez cette ligne, ou rétablissez le modèle livré avec Calame.",
        ) from error
    except (
        TemplateError,
        ArithmeticError,
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
        RecursionError,
    ) as error:
        raise TemplateFault(
            f"Le modèle « {template} » ne peut pas être rempli ({type(error).__name__}).",
            advice="Corrigez-le, ou rétablissez le modèle livré avec Calame.",
        ) from error


def _field(message: str) -> str:
    """The field's name in Jinja's message ("'dict object' has no attribute 'x'", "'x' is undefined")."""
    names = re.findall(r"'([^']*)'", message)
    return names[-1] if names else "?"
