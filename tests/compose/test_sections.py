"""From a checked text to sections: every word arrives, in order, and nothing is added."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.compose import step
from pipeline.compose.catalog import load_catalog
from pipeline.compose.completeness import missing
from pipeline.compose.presentation import view
from pipeline.compose.tables import rows_of
from pipeline.compose.typography import capital, fold, french_date, ins_groups, no_break, quotes
from pipeline.errors import DocumentIncomplete
from pipeline.model.case import Urgency
from pipeline.model.document import Revision, Section
from pipeline.model.identity import DocumentKind, Identification
from pipeline.model.text import CheckedText, Token, Transcript
from pipeline.testing import PlainRenderer
from tests.compose.samples import DOCTOR, GP, PATIENT, PRACTICE, TEMPLATES

CATALOG = load_catalog(TEMPLATES).kinds
REPORT = CATALOG[DocumentKind.CONSULTATION_REPORT]


RENDERER = PlainRenderer(load_catalog(TEMPLATES))
CONTEXT = step.Context("case-1", "2026-000123", DOCTOR, PRACTICE, date(2026, 11, 22))


def checked(text: str) -> CheckedText:
    return CheckedText(Transcript((Token(text, "", text),)))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def all_words(sections: tuple[Section, ...]) -> list[str]:
    return words("\n".join(f"{section.heading}\n{section.text}" for section in sections))


def test_dictated_headings_open_sections() -> None:
    body = (
        "Motif : diabète de type 2. Antécédents : asthme.\nExamen : pas de plaie. Conclusion : arrêt du "
        "gliclazide. Consultation dans trois mois."
    )
    assert step.split_sections(body, REPORT.headings) == (
        Section("Motif", "diabète de type 2."),
        Section("Antécédents", "asthme."),
        Section("Examen", "pas de plaie."),
        Section("Conclusion", "arrêt du gliclazide. Consultation dans trois mois."),
    )


def test_the_longest_heading_wins_and_accents_and_no_break_spaces_are_forgiven() -> None:
    body = "antecedents familiaux\u00a0: néant. Traitement de sortie : aucun."
    assert [section.heading for section in step.split_sections(body, REPORT.headings)] == [
        "Antécédents familiaux",
        "Traitement de sortie",
    ]


def test_a_heading_alone_on_its_line_opens_a_section() -> None:
    assert step.split_sections("Bonjour.\n\nConclusion.\nTout va bien.", REPORT.headings) == (
        Section("", "Bonjour."),
        Section("Conclusion", "Tout va bien."),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Le motif : une toux.",  # inside a sentence
        "En conclusion : rien.",
        "Traitement bien toléré.",  # no colon
        "Examens du sang : normaux.",  # another word
        "Dispositif implanté sans Examen: normal.",
    ],
)
def test_a_word_that_only_looks_like_a_heading_stays_in_the_text(text: str) -> None:
    assert step.split_sections(text, REPORT.headings) == (Section("", text),)


def test_new_section_opens_one_without_a_heading() -> None:
    assert step.split_sections("Un.\n\nDeux.\n\n\nTrois.", ()) == (Section("", "Un.\n\nDeux."), Section("", "Trois."))


def test_an_empty_heading_is_kept_so_that_a_person_sees_it() -> None:
    sections = step.split_sections("Examen :\nConclusion : normal.", REPORT.headings)
    assert sections == (Section("Examen", ""), Section("Conclusion", "normal."))


def test_the_opening_and_the_notes_to_the_secretariat_are_left_out() -> None:
    text = "Courrier au docteur Perrin. Cher confrère, merci. À envoyer aujourd'hui. Bien à vous."
    note = text.index("À envoyer")
    body = step.body_of(text, text.index("Cher"), [(note, text.index("Bien"))])
    assert body == "Cher confrère, merci. Bien à vous."


def test_overlapping_removed_spans_never_join_two_words() -> None:
    assert step.body_of("abc def ghi", 0, [(2, 6), (4, 9)]) == "ab hi"


@pytest.mark.parametrize(
    ("text", "cut", "body"),
    [
        ("Merci. Note pour Anne : urgent. Bien à vous.", "Note pour Anne : urgent", "Merci. Bien à vous."),
        ("Merci, note pour Anne. Bien à vous.", " note pour Anne", "Merci. Bien à vous."),
        ("Merci note pour Anne. Bien à vous.", " note pour Anne", "Merci. Bien à vous."),
        ("Merci.\nNote.\n\nBien à vous.", "Note.", "Merci.\n\nBien à vous."),
        ("Dose note 2,5 mg.", "note ", "Dose 2,5 mg."),
    ],
)
def test_a_cut_leaves_no_mark_alone(text: str, cut: str, body: str) -> None:
    start = text.index(cut)
    assert step.body_of(text, 0, [(start, start + len(cut))]) == body


def test_the_mark_that_ended_the_opening_does_not_begin_the_letter() -> None:
    text = "Courrier au docteur Perrin, Cher confrère."
    assert step.body_of(text, text.index(","), []) == "Cher confrère."
    assert step.body_of("Dose .5 mg", 4, []) == ".5 mg"


PIECES = [
    "douleur",
    "Conclusion",
    "Motif",
    "Examen",
    "2,5",
    "mg",
    "à",
    "œdème",
    ":",
    ".",
    ". ",
    " ",
    " ",
    "\xa0",
    "\n",
    "\n\n",
    "\n\n\n",
    "- ",
    "Traitement de sortie",
    "« non »",
    "{{ x }}",
    "<b>",
    "İ",
]
pieces = st.sampled_from(PIECES)


@given(st.lists(pieces, max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_word_is_lost_or_added_or_moved(parts: list[str]) -> None:
    body = "".join(parts)
    assert all_words(step.split_sections(body, REPORT.headings)) == words(body)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_at_all_keeps_its_words(body: str) -> None:
    assert all_words(step.split_sections(body, REPORT.headings)) == words(body)


@given(st.text(alphabet="ab \n.", max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4))
@settings(max_examples=200, deadline=None)
def test_what_is_not_removed_is_kept(text: str, spans: list[tuple[int, int]]) -> None:
    spans = [(min(span), max(span)) for span in spans]
    kept = "".join(c for i, c in enumerate(text) if not any(start <= i < end for start, end in spans))
    assert re.sub(r"[\s.]", "", step.body_of(text, 0, spans)) == re.sub(r"[\s.]", "", kept)


def test_the_first_revision_says_what_was_identified() -> None:
    found = Identification(
        kind=DocumentKind.LETTER, body_start=9, urgency=Urgency.URGENT, document_date=date(2026, 11, 12)
    )
    made = step.first_revision(checked("Courrier.Cher confrère."), found, PATIENT, GP, CONTEXT, RENDERER)
    assert (made.number, made.urgent, made.title, made.document_date) == (
        1,
        True,
        "Courrier médical",
        date(2026, 11, 12),
    )
    assert made.sections == (Section("", "Cher confrère."),)
    assert (made.patient, made.recipient, made.reference) == (PATIENT, GP, "2026-000123")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(DocumentIncomplete, match="type de document"):
        step.first_revision(checked("x"), Identification(kind=None), PATIENT, None, CONTEXT, RENDERER)


def first(kind: DocumentKind, text: str = "Bonjour.") -> Revision:
    return step.first_revision(checked(text), Identification(kind=kind), PATIENT, GP, CONTEXT, RENDERER)


def test_a_revised_document_has_the_next_number_and_another_hash() -> None:
    before = first(DocumentKind.LETTER)
    after = step.revise(
        before, [Section("", "Bonsoir.\r\n\r\nMerci."), Section(" ", "")], RENDERER, by="anne", urgent=True
    )
    assert (after.number, after.made_by, after.urgent) == (2, "anne", True)
    assert after.sections == (Section("", "Bonsoir.\n\nMerci."),)
    assert after.sha256 != before.sha256


def test_changing_the_kind_changes_the_title_but_not_the_words_or_a_given_title() -> None:
    before = first(DocumentKind.LETTER)
    rules = CATALOG[DocumentKind.CERTIFICATE]
    after = step.readdress(before, rules, RENDERER, patient=PATIENT, recipient=None, by="anne")
    assert (after.title, after.template, after.sections) == ("Certificat médical", rules.template, before.sections)
    named = replace(before, title="Avis cardiologique")
    assert step.readdress(named, rules, RENDERER, patient=PATIENT, recipient=None, by="a").title == "Avis cardiologique"


def test_a_correction_names_the_record_that_it_replaces() -> None:
    made = step.correction_of(
        step.revise(first(DocumentKind.LETTER), [Section("", "A.")], RENDERER, by="anne"),
        case_id="case-2",
        reference="2026-000200",
        replaces="record-1",
        today=date(2026, 12, 1),
        renderer=RENDERER,
    )
    assert (made.number, made.case_id, made.replaces, made.document_date) == (
        1,
        "case-2",
        "record-1",
        date(2026, 12, 1),
    )


def test_a_complete_letter_lacks_nothing() -> None:
    assert missing(first(DocumentKind.LETTER), CATALOG[DocumentKind.LETTER]) == ()


def test_what_lacks_is_named_with_its_article() -> None:
    bare = replace(
        first(DocumentKind.DISCHARGE_LETTER, "Évolution favorable."),
        recipient=None,
        patient=replace(PATIENT, birth_date=None),
        author=replace(DOCTOR, name=""),
    )
    lacks = " ".join(missing(bare, CATALOG[DocumentKind.DISCHARGE_LETTER]))
    for expected in (
        "R.4127-76",
        "date de naissance",
        "destinataire",
        "motif de l'hospitalisation",
        "R.1112-1-2",
        "4°",
    ):
        assert expected in lacks


def test_french_typography() -> None:
    assert no_break("Attention ! PA : 112 mmHg, 38 %, l'œdème") == (
        "Attention\u202f! PA\u00a0: 112\u00a0mmHg, 38\u202f%, l’œdème"
    )
    assert no_break("depuis mars 2024") == "depuis mars\u00a02024"
    assert french_date(date(2026, 11, 1)) == "1er\u00a0novembre\u00a02026"
    assert ins_groups("279035121518989").replace("\u00a0", " ") == "2 79 03 51 215 189 89"
    before = ("diabète.", "pH normal", "mmHg", "mm de diamètre", "le soir", "il va", "l’examen", "à jeun", "T1 normal")
    assert [capital(text) for text in before] == [
        *("Diabète.", "pH normal", "mmHg", "mm de diamètre"),
        *("Le soir", "Il va", "L’examen", "À jeun", "T1 normal"),
    ]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ('Il dit "aller bien".', "Il dit « aller bien »."),
        ("(“ aura ”)", "(“ aura ”)"),
        ('l\'"aura" et "la nausée"', "l'« aura » et « la nausée »"),
        ('un angle de 5" et 6"', 'un angle de 5" et 6"'),
    ],
)
def test_quotes_are_french_and_seconds_of_arc_stay(typed: str, printed: str) -> None:
    assert quotes(typed).replace("\u00a0", " ") == printed


@given(st.text(alphabet="ab \"“”«».'(", max_size=40))
@settings(max_examples=200, deadline=None)
def test_french_quotes_change_no_word(text: str) -> None:
    assert re.findall(r"\w+", quotes(text)) == re.findall(r"\w+", text)


@given(st.lists(st.text(alphabet="ab1 :|;.\t", max_size=20), max_size=5))
@settings(max_examples=300, deadline=None)
def test_a_table_holds_every_word_of_its_lines_in_order(lines: list[str]) -> None:
    table = rows_of(lines, ("A", "B", "C"))
    if table is None:
        return
    head = table.columns if table.columns[:2] != ("A", "B") else ()
    cells = [*head, *(cell for row in table.rows for cell in row)]
    assert re.findall(r"\w+", " ".join(cells)) == re.findall(r"\w+", " ".join(lines))
    assert len({len(row) for row in table.rows}) <= 1


def test_a_number_is_never_cut_at_the_end_of_a_line_and_keeps_its_look() -> None:
    assert no_break("metformine 1 000 mg") == "metformine\u00201\u00a0000\u00a0mg"


@given(st.lists(pieces, max_size=40))
@settings(max_examples=150, deadline=None)
def test_what_a_template_is_given_holds_every_word_in_order(parts: list[str]) -> None:
    made = replace(first(DocumentKind.LETTER), sections=(Section("Motif", "".join(parts)),))
    (section,) = view(made, CATALOG[DocumentKind.LETTER])["sections"]
    shown = [
        line
        for paragraph in section["paragraphs"]
        for line in (*paragraph["items"], *paragraph["lines"], *(" ".join(row) for row in paragraph["rows"]))
    ]
    assert words("\n".join(shown)) == words("".join(parts))


def test_lines_that_begin_with_a_dash_become_a_list() -> None:
    made = replace(first(DocumentKind.LETTER), sections=(Section("", "Puis :\n\n- un ;\n- deux.\n\n- trois\nquatre"),))
    (section,) = view(made, CATALOG[DocumentKind.LETTER])["sections"]
    assert [(paragraph["items"], paragraph["lines"]) for paragraph in section["paragraphs"]] == [
        ([], ["Puis\u00a0:"]),
        (["un\u202f;", "deux."], []),
        ([], ["- trois", "quatre"]),
    ]
