"""Reads a template's Jinja without running it: unknown fields, filters and files, and what is never printed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

from pipeline.compose.own import Mistake

_ANY = None
_MOST_LINES = 30
_FIELD = re.compile(r"\{\{-?([^{}]*?)-?\}\}|\{%-?\s*(?:el)?if\s+([^{}%]*?)-?%\}")
_PAIRED = re.compile(r"\{%-?\s*(?:end)?(?:if|for|block|macro|call|filter|set|with|else|elif|autoescape|raw)\b")
_MESSAGES = (
    (
        r"(?s)(?:Encountered unknown tag '(?:end|el)|Unexpected end).*innermost block .*'(\w+)'.*",
        r"« {% \1 %} » n'est pas fermé",
        r"Ajoutez « {% end\1 %} ».",
    ),
    (r"Encountered unknown tag '(\w+)'.*", r"l'instruction « \1 » n'existe pas", "Voir un modèle neuf."),
    (r"unexpected '(.*)'", r"« \1 » inattendu", "Une accolade, un guillemet ou un nom manque devant."),
    (r"expected token '(.*)', got '(.*)'", r"« \2 » trouvé à la place de « \1 »", "Modèle : « {{ patient.name }} »."),
    (r"(?s)unexpected char '(.*)' at.*", r"le signe « \1 » n'a pas de sens ici", "Guillemets droits : ' ou \"."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sources:
    """The texts of a template by their file, and how its values are made up (see `shape_of`)."""

    texts: Mapping[str, str]
    shape: Mapping[str, Any]
    files: Collection[str]


def shape_of(value: Any) -> Any:
    """How a value is made up: a mapping of names, a list of one merged element, or the type of what is printed."""
    if isinstance(value, Mapping):
        return {key: shape_of(item) for key, item in value.items()}
    if isinstance(value, list):
        merged: Any = None
        for shape in map(shape_of, value):
            merged = _merged(merged, shape)
        return [merged]
    return type(value)


def _merged(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: _merged(one.get(key), other.get(key)) for key in {**one, **other}}
    if isinstance(one, list) and isinstance(other, list):
        return [_merged(one[0], other[0])]
    return other if one is None else one


def jinja_mistakes(sources: Sources, environment: Environment) -> list[Mistake]:
    """In the order of the files and lines. After a line that cannot be parsed, the rest is read without it."""
    found: list[Mistake] = []
    trees: dict[str, nodes.Template] = {}
    for name, text in sources.texts.items():
        tree, wrong = _parsed(name, text, environment)
        found += wrong
        if tree is not None:
            trees[name] = tree
        else:
            found += _single_fields(name, sources, environment)
    shared = {name for tree in trees.values() for name in _defined(tree)}
    for name, tree in trees.items():
        reader = _Reader(name, sources, environment)
        scope = {**sources.shape, **dict.fromkeys(shared, _ANY), **dict.fromkeys(environment.globals, _ANY)}
        try:
            reader.read(tree, scope)
            found += [*reader.found, *_never_printed(name, tree, trees)]
        except RecursionError:
            found.append(Mistake(name, "trop de blocs les uns dans les autres", "Simplifiez-le."))
    return sorted(set(found), key=lambda one: (one.file, one.line, one.field))


def _parsed(name: str, text: str, environment: Environment) -> tuple[nodes.Template | None, list[Mistake]]:
    """The tree, and the mistakes of the lines that had to be left out. None when nothing can be read around them."""
    found: list[Mistake] = []
    lines = text.split("\n")
    while len(found) < _MOST_LINES:
        try:
            return environment.parse("\n".join(lines), name), found
        except TemplateSyntaxError as error:
            found.append(_syntax(name, error))
            line = lines[error.lineno - 1] if error.lineno <= len(lines) else ""
            if not line.strip() or _PAIRED.search(line):  # a block would be torn
                return None, found
            lines[error.lineno - 1] = ""
        except RecursionError:
            says = "trop de parenthèses ou de blocs les uns dans les autres"
            return None, [*found, Mistake(name, says, "Simplifiez-le.")]
    return None, found


def _single_fields(name: str, sources: Sources, environment: Environment) -> list[Mistake]:
    """Of a file whose blocks cannot be read: each field and condition alone, but for names that blocks may make."""
    reader = _Reader(name, sources, environment)
    text = sources.texts[name]
    for met in _FIELD.finditer(text):
        try:
            above = "\n" * text.count("\n", 0, met.start())
            tree = environment.parse(f"{above}{{{{ {met[1] or met[2]} }}}}", name)
            names = {node.name for node in tree.find_all(nodes.Name)}
            reader.read(tree, {**dict.fromkeys(names, _ANY), **sources.shape})
        except (TemplateSyntaxError, RecursionError):
            continue
    return reader.found


def _syntax(name: str, error: TemplateSyntaxError) -> Mistake:
    said = error.message or ""
    for pattern, says, advice in _MESSAGES:
        met = re.fullmatch(pattern, said) or re.match(pattern, said)
        if met:
            return Mistake(
                name, met.expand(says)[:200], met.expand(advice) if "\\1" in advice else advice, error.lineno
            )
    return Mistake(name, "cette ligne est mal écrite", "Comparez-la avec un modèle neuf.", error.lineno)


def _defined(tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all((nodes.Import, nodes.FromImport, nodes.Macro, nodes.Assign, nodes.AssignBlock)):
        if isinstance(node, nodes.Import):
            yield node.target
        elif isinstance(node, nodes.FromImport):
            yield from (name[1] if isinstance(name, tuple) else name for name in node.names)
        elif isinstance(node, nodes.Macro):
            yield node.name
        elif isinstance(node, nodes.Assign | nodes.AssignBlock) and isinstance(node.target, nodes.Name):
            yield node.target.name


class _Reader:
    """Walks one file, with what each name stands for."""

    def __init__(self, file: str, sources: Sources, environment: Environment) -> None:
        self.file, self._sources, self._environment = file, sources, environment
        self.found: list[Mistake] = []

    def read(self, node: nodes.Node, scope: Mapping[str, Any]) -> Any:
        """What the node stands for, where that is known."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is not None:
            return method(node, scope)
        for child in node.iter_child_nodes():
            self.read(child, scope)
        return _ANY

    def _read_all(self, several: Iterable[nodes.Node], scope: Mapping[str, Any]) -> None:
        for one in several:
            self.read(one, scope)

    def _tell(self, node: nodes.Node, says: str, advice: str, field: str = "") -> None:
        self.found.append(Mistake(self.file, says, advice, node.lineno, field[:80]))

    def _name(self, node: nodes.Name, scope: Mapping[str, Any]) -> Any:
        if node.ctx == "load" and node.name not in scope:
            self._tell(node, "champ inconnu", _near(node.name, scope), node.name)
        return scope.get(node.name)

    def _getattr(self, node: nodes.Getattr, scope: Mapping[str, Any]) -> Any:
        return self._part(node, node.attr, self.read(node.node, scope))

    def _getitem(self, node: nodes.Getitem, scope: Mapping[str, Any]) -> Any:
        owner = self.read(node.node, scope)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._part(node, node.arg.value, owner)
        self.read(node.arg, scope)
        return owner[0] if isinstance(owner, list) else _ANY

    def _part(self, node: nodes.Node, part: str, owner: Any) -> Any:
        path = _path(node)
        if part.startswith("_"):
            self._tell(
                node, "opération interdite", "Un modèle n'affiche que des champs : retirez cette expression.", path
            )
        elif isinstance(owner, Mapping):
            if part not in owner and not hasattr(dict, part):
                self._tell(node, "champ inconnu", _near(part, owner, path), path)
            return owner.get(part)
        elif isinstance(owner, list):
            if not hasattr(list, part):
                self._tell(
                    node, "c'est une liste", f"Parcourez-la : « {{% for x in {_path(node, owner=True)} %}} ».", path
                )
        elif owner is not _ANY and not hasattr(owner, part):
            self._tell(node, "champ inconnu", f"« {_path(node, owner=True)} » est un simple texte.", path)
        return _ANY

    def _for(self, node: nodes.For, scope: Mapping[str, Any]) -> Any:
        over = self.read(node.iter, scope)
        inner = {**scope, "loop": _ANY}
        targets = [node.target] if isinstance(node.target, nodes.Name) else list(node.target.find_all(nodes.Name))
        inner |= {target.name: _ANY for target in targets}
        if isinstance(node.target, nodes.Name) and isinstance(over, list):
            inner[node.target.name] = over[0]
        self._read_all([*([node.test] if node.test else []), *node.body], inner)
        self._read_all(node.else_, scope)

    def _macro(self, node: nodes.Macro, scope: Mapping[str, Any]) -> Any:
        arguments = {argument.name: _ANY for argument in node.args}
        self._read_all(node.defaults, scope)
        self._read_all(node.body, {**scope, **arguments, "caller": _ANY, "varargs": _ANY, "kwargs": _ANY})

    def _callblock(self, node: nodes.CallBlock, scope: Mapping[str, Any]) -> Any:
        self.read(node.call, scope)
        self._read_all(node.body, {**scope, **{argument.name: _ANY for argument in node.args}})

    def _with(self, node: nodes.With, scope: Mapping[str, Any]) -> Any:
        names = {target.name: _ANY for target in node.targets if isinstance(target, nodes.Name)}
        self._read_all(node.values, scope)
        self._read_all(node.body, {**scope, **names})

    def _block(self, node: nodes.Block, scope: Mapping[str, Any]) -> Any:
        self._read_all(node.body, {**scope, "super": _ANY, "self": _ANY})

    def _filter(self, node: nodes.Filter, scope: Mapping[str, Any]) -> Any:
        if node.name not in self._environment.filters:
            advice = _near(node.name, self._environment.filters) or "Filtres : upper, lower, join, length, default."
            self._tell(node, "filtre inconnu", advice, node.name)
        if node.name in ("attr", "map", "selectattr", "groupby") and _reaches_private(node):
            self._tell(
                node, "opération interdite", "Un modèle n'affiche que des champs : retirez cette expression.", node.name
            )
        self._read_all(node.iter_child_nodes(), scope)
        return _ANY

    def _test(self, node: nodes.Test, scope: Mapping[str, Any]) -> Any:
        if node.name not in self._environment.tests:
            self._tell(node, "test inconnu", _near(node.name, self._environment.tests), node.name)
        if node.name not in ("defined", "undefined"):
            self._read_all(node.iter_child_nodes(), scope)

    def _if(self, node: nodes.If, scope: Mapping[str, Any]) -> Any:
        if isinstance(node.test, nodes.Const) and not node.test.value:
            self._tell(node, "partie jamais imprimée : sa condition est toujours fausse", "Retirez-la ou sa condition.")
        self._read_all(node.iter_child_nodes(), scope)

    def _extends(self, node: nodes.Extends, scope: Mapping[str, Any]) -> Any:
        self._file_of(node.template, scope)

    _include = _import = _fromimport = _extends

    def _file_of(self, named: nodes.Expr, scope: Mapping[str, Any]) -> None:
        self.read(named, scope)
        wanted = named.value if isinstance(named, nodes.Const) else None
        if not isinstance(wanted, str):
            self._tell(named, "le fichier à insérer n'est pas nommé en clair", "Écrivez son nom entre guillemets.")
        elif wanted.startswith("/") or ".." in wanted.split("/"):
            self._tell(named, "fichier hors du dossier du modèle", "Copiez-le dans le dossier du modèle.", wanted)
        elif wanted not in self._sources.files:
            self._tell(named, "fichier introuvable", _near(wanted, self._sources.files), wanted)


def _reaches_private(node: nodes.Filter) -> bool:
    values = [*node.args, *(keyword.value for keyword in node.kwargs)]
    return any(isinstance(one, nodes.Const) and str(one.value)[:1] == "_" for one in values)


def _never_printed(name: str, tree: nodes.Template, trees: Mapping[str, nodes.Template]) -> Iterator[Mistake]:
    """In a file that extends another: blocks that the other does not have, and text outside of blocks."""
    if not any(isinstance(node, nodes.Extends) for node in tree.body):
        return
    known, parents = set[str](), {name}
    above: nodes.Template | None = tree
    while above is not None:
        step = next((node for node in above.body if isinstance(node, nodes.Extends)), None)
        parent = step.template.value if step and isinstance(step.template, nodes.Const) else None
        above = trees.get(str(parent)) if parent not in parents else None
        parents.add(str(parent))
        known |= {block.name for block in above.find_all(nodes.Block)} if above else set()
    for node in tree.body:
        if isinstance(node, nodes.Block) and node.name not in known:
            advice = f"Blocs qui existent : {', '.join(sorted(known))}."
            yield Mistake(name, "bloc jamais imprimé : la page n'a pas ce bloc", advice, node.lineno, node.name)
        elif isinstance(node, nodes.Output) and any(
            not isinstance(one, nodes.TemplateData) or one.data.strip() for one in node.nodes
        ):
            yield Mistake(name, "texte jamais imprimé, en dehors des blocs", "Placez-le dans un bloc.", node.lineno)


def _path(node: nodes.Node, *, owner: bool = False) -> str:
    """ "patient.name" as it is written."""
    if owner:
        node = node.node if isinstance(node, nodes.Getattr | nodes.Getitem) else node
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return f"{_path(node.node)}.{node.arg.value}"
    return "…"


def _near(name: str, known: Iterable[str], path: str = "") -> str:
    names = [one for one in known if isinstance(one, str)]
    close = difflib.get_close_matches(name, names, 1, 0.5)
    before = path.rpartition(".")[0] + "." if "." in path else ""
    if close:
        return f"Vouliez-vous écrire « {before}{close[0]} » ?"
    return f"Champs de « {before[:-1]} » : {', '.join(sorted(names))}." if before else ""
