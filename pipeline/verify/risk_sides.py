"""A side that contradicts the document's own: "IRM du genou droit" … "lésion du genou gauche"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.model.text import Finding
from pipeline.verify.risk_text import RiskText

SUBJECT_LETTERS = 400
"""A document names its subject within so many letters, or behind one of the headings of `_SUBJECT`."""
_SUBJECT = re.compile(
    r"\b(?:irm|scanner|tdm|echographie|radiographies?|arthroscanner|arthroscopie|prothese|arthroplastie|"
    r"operat\w+|opere\w*|"
    r"intervention|chirurgie|indication|motif|mammographie|nephrectomie|mastectomie|tumorectomie|"
    r"ligamentoplastie|cataracte|"
    r"phaco\w*|infiltration|osteosynthese|menisectomie|meniscectomie|ablation|biopsie|compte rendu)\b"
)
_ACT = re.compile(
    r"\b(?:installation|incision|garrot|abord|arthroscopie|prothese|arthroplastie|ponction|infiltration|exerese|"
    r"biopsie|"
    r"nephrectomie|mastectomie|tumorectomie|conclusion|attelle|reeducation|lesion|fracture|rupture|fissure|"
    r"tumeur|nodule|"
    r"implant\w*|osteosynthese|platre|immobilisation|mise en place|pose|suture|drain\w*|champ\w*|asepsie|calcul|"
    r"gonarthrose|"
    r"coxarthrose|controle radiographique|contention|meniscectomie|ligament\w*|appui|operat\w+|opere\w*)\b"
)
_OTHER_SIDE = re.compile(
    r"\b(?:bilater\w*|controlater\w*|oppose\w*|deux|compar\w*|par rapport|antecedent\w*|deja|autre|"
    r"anterieurement|ancien\w*|"
    r"egalement|aussi|en revanche|par ailleurs|normal\w*|sain\w?|indemne\w*|sans particularite|aucune?|pas d\w*|"
    r"absence|"
    r"il y a|prevue?s?|envisag\w*|ulterieur\w*|tard|suivi\w*|second\w*|symetri\w*|asymptomatique|dans un second temps|"
    r"(?:19|20)\d\d|depuis)\b|\ba (?:droite|gauche) (?:comme|et) a"
)


@dataclass(frozen=True, slots=True)
class _Mention:
    organ: str
    right: bool
    start: int
    end: int


def side_findings(text: RiskText) -> Iterator[Finding]:
    """Only where the subject has one side, the other stands in an act or a conclusion, and nothing explains it."""
    mentions = list(_mentions(text))
    for organ in dict.fromkeys(one.organ for one in mentions):
        those = [one for one in mentions if one.organ == organ]
        sides = Counter(one.right for one in those)
        subject = next((one for one in those if _is_subject(text, one)), None)
        if subject is None or len(sides) < 2 or sides[subject.right] < sides[not subject.right]:
            continue
        if re.search(rf"\b(?:bilater\w+|les deux {organ}\w*|des deux cotes|{organ}s\b)", text.plain):
            continue
        for one in those:
            if one.right != subject.right and one.start > subject.start and _contradicts(text, one, subject):
                written, meant = text.text[one.start : one.end], text.text[subject.start : subject.end]
                message = f"« {written} », alors que le document porte sur « {meant} ». Vérifiez le côté."
                yield text.finding(one.start, one.end, message, _swapped(written, meant))


def _mentions(text: RiskText) -> Iterator[_Mention]:
    organs = "|".join(sorted(map(re.escape, text.rules.paired), key=len, reverse=True))
    for found in re.finditer(rf"\b({organs}) (droite?|gauche)\b(?! comme| et (?:droite?|gauche))", text.plain):
        yield _Mention(found[1], found[2] != "gauche", found.start(), found.end())


def _is_subject(text: RiskText, one: _Mention) -> bool:
    start, _ = text.bounds(one.start)
    named = _SUBJECT.search(text.plain, start, one.start)
    explained = _OTHER_SIDE.search(text.sentence(one.start))
    return bool(named) and not explained and one.start < SUBJECT_LETTERS


def _contradicts(text: RiskText, one: _Mention, subject: _Mention) -> bool:
    sentence = text.sentence(one.start)
    start, end = text.bounds(one.start)
    if start <= subject.start < end or _OTHER_SIDE.search(sentence) or not _ACT.search(sentence):
        return False
    return not re.search(rf"\b{one.organ} {'droite?' if subject.right else 'gauche'}\b", sentence)


def _swapped(written: str, meant: str) -> str:
    """ "genou gauche" with the side of ``meant`` ("genou droit")."""
    return f"{written.rsplit(maxsplit=1)[0]} {meant.split()[-1]}"
