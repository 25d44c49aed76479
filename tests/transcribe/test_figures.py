"""Figures through the real chain. ``|`` is a pause; ``␣`` U+00A0. What is heard stands beside what must be written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import LexiconError
from pipeline.model.text import Token
from pipeline.transcribe.figures import write_figures
from pipeline.transcribe.figures_yaml import load_figure_rules
from pipeline.transcribe.rules_yaml import load_dictation_rules
from pipeline.transcribe.written import write
from tests.transcribe.conftest import ROOT, words_of

RULES = load_dictation_rules(ROOT / "lexicon" / "dictation.yaml")
FIGURES = load_figure_rules(ROOT / "lexicon" / "figures.yaml")

SIGHT = [
    ("acuité visuelle huit dixièmes à droite", "acuité visuelle 8/10 à droite"),
    ("à gauche trois dixièmes avec correction", "à gauche 3/10 avec correction"),
    ("acuité un dixième", "acuité 1/10"),
    ("acuité stable, œdème de deux dixièmes de mm", "acuité stable, œdème de deux dixièmes de mm"),
    ("une épaisseur de deux dixièmes", "une épaisseur de deux dixièmes"),
]
DOSES = [
    ("bisoprolol deux virgule cinq milligrammes le matin", "bisoprolol 2,5␣mg le matin"),
    ("bisoprolol 2 virgule 5 milligrammes", "bisoprolol 2,5␣mg"),
    ("bisoprolol 2,5 mg", "bisoprolol 2,5␣mg"),
    ("bisoprolol 2.5 mg", "bisoprolol 2,5␣mg"),
    ("bisoprolol 2.5mg", "bisoprolol 2,5␣mg"),
    ("bisoprolol cinq milligrammes point", "bisoprolol 5␣mg."),
    ("bisoprolol 5mg point.", "bisoprolol 5␣mg."),
    ("Deux milligrammes de lorazépam", "2␣mg de lorazépam"),
    ("sémaglutide zéro virgule vingt-cinq milligramme par semaine", "sémaglutide 0,25␣mg par semaine"),
    ("sémaglutide zéro virgule vingt cinq milligramme", "sémaglutide 0,25␣mg"),
    ("digoxine zéro virgule cent vingt-cinq milligramme", "digoxine 0,125␣mg"),
    ("digoxine 0,125mg", "digoxine 0,125␣mg"),
    ("tacrolimus zéro virgule zéro cinq milligramme", "tacrolimus 0,05␣mg"),
    ("un collyre à zéro virgule zéro zéro cinq pour cent", "un collyre à 0,005␣%"),
    ("metformine mille milligrammes deux fois par jour", "metformine 1000␣mg deux fois par jour"),
    ("metformine 1000mg deux fois par jour", "metformine 1000␣mg deux fois par jour"),
    ("metformine 1 000 mg", "metformine 1000␣mg"),
    ("gliclazide soixante milligrammes virgule arrêt", "gliclazide 60␣mg, arrêt"),
    ("lévothyroxine soixante-quinze microgrammes", "lévothyroxine 75␣µg"),
    ("lévothyroxine 75 microgrammes", "lévothyroxine 75␣µg"),
    ("lévothyroxine soixante-quinze milligrammes", "lévothyroxine 75␣mg"),
    ("fentanyl vingt-cinq gamma par heure", "fentanyl 25␣µg/h"),
    ("ciprofloxacine cinq cents milligrammes matin et soir", "ciprofloxacine 500␣mg matin et soir"),
    ("paracétamol un gramme si besoin", "paracétamol 1␣g si besoin"),
    ("paracétamol un milligramme", "paracétamol 1␣mg"),
    ("insuline glargine douze unités le soir", "insuline glargine 12␣unités le soir"),
    ("insuline rapide quatre unités le midi", "insuline rapide 4␣unités le midi"),
    ("énoxaparine quatre mille unités internationales", "énoxaparine 4000␣UI"),
    ("vitamine D cent mille unités internationales", "vitamine D 100␣000␣UI"),
    ("vitamine D 100 000 UI", "vitamine D 100␣000␣UI"),
    ("vitamine D 100 mille UI", "vitamine D 100␣000␣UI"),
    ("noradrénaline zéro virgule deux microgramme par kilo par minute", "noradrénaline 0,2␣µg/kg/min"),
    ("noradrénaline 0,2 microgrammes par kilo et par minute", "noradrénaline 0,2␣µg/kg/min"),
    ("soit dix milligrammes par kilo par jour", "soit 10␣mg/kg/j"),
    ("soit 10 mg par kilo et par jour", "soit 10␣mg/kg/j"),
    ("soit 10 mg/kg/jour", "soit 10␣mg/kg/j"),
    ("prednisone dix milligrammes par jour", "prednisone 10␣mg par jour"),
    ("perfusion à quatre-vingts millilitres par heure", "perfusion à 80␣mL/h"),
    ("perfusion à 80 ml par heure", "perfusion à 80␣mL/h"),
    ("perfusion à 80ml/h", "perfusion à 80␣mL/h"),
    ("oxygène à trois litres par minute", "oxygène à 3␣L/min"),
    ("oxygène à 3 l/min", "oxygène à 3␣L/min"),
    ("morphine dix à quinze milligrammes", "morphine 10 à 15␣mg"),
    ("morphine deux à trois milligrammes", "morphine 2 à 3␣mg"),
    ("entre deux et trois grammes", "entre 2 et 3␣g"),
    ("atorvastatine, vingt milligrammes, le soir", "atorvastatine, 20␣mg, le soir"),
    ("rivaroxaban (vingt milligrammes) chaque jour", "rivaroxaban (20␣mg) chaque jour"),
    (
        "sacubitril valsartan à quarante-neuf cinquante et un milligrammes deux fois",
        "sacubitril valsartan à 49/51␣mg deux fois",
    ),
    ("valcertant à quarante-neuf cinquante-et-un milligrammes", "valcertant à 49/51␣mg"),
    ("entresto vingt-quatre vingt-six milligrammes", "entresto 24/26␣mg"),
    ("entresto quatre-vingt-dix-sept cent trois milligrammes", "entresto 97/103␣mg"),
    ("entresto quarante-neuf sur cinquante et un milligrammes", "entresto 49/51␣mg"),
    ("entresto 49/51mg", "entresto 49/51␣mg"),
    ("augmentin huit cent soixante-quinze cent vingt-cinq milligrammes", "augmentin 875/125␣mg"),
    ("digoxine septante-cinq microgrammes", "digoxine 75␣µg"),
    ("digoxine nonante-cinq microgrammes", "digoxine 95␣µg"),
    ("digoxine huitante-deux microgrammes", "digoxine 82␣µg"),
    ("digoxine octante microgrammes", "digoxine 80␣µg"),
    ("aspirine soixante dix-huit milligrammes", "aspirine 78␣mg"),
    ("aspirine soixante dix huit milligrammes", "aspirine 78␣mg"),
    ("aspirine quatre vingt dix huit milligrammes", "aspirine 98␣mg"),
    ("aspirine vingt-et-un milligrammes", "aspirine 21␣mg"),
    ("exforge cinq quatre-vingts milligrammes", "exforge 5/80␣mg"),
    ("le trois juin deux mille milligrammes", "le 3 juin 2000␣mg"),
    ("aspirine deux virgule un milligrammes", "aspirine 2,1␣mg"),
    ("aspirine zéro virgule un milligramme", "aspirine 0,1␣mg"),
    ("aspirine quatre-vingt-un milligrammes", "aspirine 81␣mg"),
]

MEASURES = [
    (
        "une fraction d'éjection à trente-huit pour cent virgule une insuffisance",
        "une fraction d'éjection à 38␣%, une insuffisance",
    ),
    ("fraction d'éjection à 38% virgule, une insuffisance", "fraction d'éjection à 38␣%, une insuffisance"),
    ("fraction d'éjection à 38 pourcent", "fraction d'éjection à 38␣%"),
    ("fraction d'éjection à trente-huit pourcents", "fraction d'éjection à 38␣%"),
    ("sténose de trente à quarante pour cent", "sténose de 30 à 40␣%"),
    ("guéri à cent pour cent", "guéri à 100␣%"),
    ("hémoglobine glyquée à huit virgule neuf pour cent virgule débit", "hémoglobine glyquée à 8,9␣%, débit"),
    ("hémoglobine glyquée à 8,9%", "hémoglobine glyquée à 8,9␣%"),
    ("systolique à trente-cinq millimètres de mercure point", "systolique à 35␣mmHg."),
    ("systolique à 35 mm de mercure", "systolique à 35␣mmHg"),
    ("systolique à 35 mm Hg", "systolique à 35␣mmHg"),
    ("systolique à 35 mmhg", "systolique à 35␣mmHg"),
    ("le NT-proBNP est à neuf cent quarante picogrammes par millilitre", "le NT-proBNP est à 940␣pg/mL"),
    ("le NT-proBNP est à 940 picogrammes par millilitre point", "le NT-proBNP est à 940␣pg/mL."),
    ("le NT-proBNP est à 940 pg/ml", "le NT-proBNP est à 940␣pg/mL"),
    ("ferritine à cent vingt nanogrammes par millilitre", "ferritine à 120␣ng/mL"),
    ("créatininémie à trois cent quatre-vingt-dix micromoles par litre", "créatininémie à 390␣µmol/L"),
    ("créatininémie à 390 µmol/l", "créatininémie à 390␣µmol/L"),
    ("kaliémie à six virgule un millimoles par litre", "kaliémie à 6,1␣mmol/L"),
    ("kaliémie à six virgule un millimoles", "kaliémie à 6,1␣mmol"),
    ("kaliémie à 6 virgules un millimole par litre point", "kaliémie à 6,1␣mmol/L."),
    ("kaliémie à 6 virgule 1 mmol/L", "kaliémie à 6,1␣mmol/L"),
    ("hémoglobine à huit virgule deux grammes par décilitre", "hémoglobine à 8,2␣g/dL"),
    ("hémoglobine à 8,2 g/dl", "hémoglobine à 8,2␣g/dL"),
    ("albumine à trente-cinq grammes par litre", "albumine à 35␣g/L"),
    ("ASAT à quarante-deux unités internationales par litre", "ASAT à 42␣UI/L"),
    ("ASAT à 42 ui/l", "ASAT à 42␣UI/L"),
    ("plaquettes à cent cinquante mille par millimètre cube", "plaquettes à 150␣000/mm³"),
    ("plaquettes à 150 000 par millimètre cube", "plaquettes à 150␣000/mm³"),
    ("plaquettes à deux cent dix gigas par litre", "plaquettes à 210␣G/L"),
    (
        "DFG à soixante-dix-huit millilitres par minute par un virgule soixante-treize mètre carré",
        "DFG à 78␣mL/min/1,73␣m²",
    ),
    ("DFG à 78 ml/min/1,73m2", "DFG à 78␣mL/min/1,73␣m²"),
    ("DFG à 78 ml par minute pour 1,73 m2", "DFG à 78␣mL/min/1,73␣m²"),
    ("protéinurie à un virgule deux gramme par vingt-quatre heures", "protéinurie à 1,2␣g/24␣h"),
    (
        "index de masse corporelle à trente-trois virgule quatre virgule pas de plaie",
        "index de masse corporelle à 33,4, pas de plaie",
    ),
    ("index de masse corporelle à vingt-huit kilos par mètre carré", "index de masse corporelle à 28␣kg/m²"),
    ("TSH à deux virgule un point", "TSH à 2,1."),
    ("TSH à deux point", "TSH à 2."),
    ("INR à trois", "INR à 3"),
    ("INR à 2.5", "INR à 2,5"),
    ("INR entre deux et trois", "INR entre 2 et 3"),
    ("INR entre deux et trois virgule cinq", "INR entre 2 et 3,5"),
    ("CRP inférieure à cinq", "CRP inférieure à 5"),
    ("hémoglobine treize virgule cinq leucocytes huit mille", "hémoglobine 13,5 leucocytes 8000"),
    ("IRM un virgule cinq tesla", "IRM 1,5␣tesla"),
    ("débit à cinq litres par minute", "débit à 5␣L/min"),
    ("index à deux virgule cinq litres par minute par mètre carré", "index à 2,5␣L/min/m²"),
    ("dobutamine cinq gammas par kilo par minute", "dobutamine 5␣µg/kg/min"),
    ("pH à sept virgule quarante", "PH à 7,40"),
    (
        "débit de filtration glomérulaire à soixante-dix-huit virgule normal",
        "débit de filtration glomérulaire à 78, normal",
    ),
    ("calcul de huit millimètres point", "calcul de 8␣mm."),
    ("calcul de huit millimètres", "calcul de 8␣mm"),
    ("lésion de 12 millimètres virgule asymétrique", "lésion de 12␣mm, asymétrique"),
    ("lésion d'un centimètre", "lésion d'un centimètre"),
    ("lésion de deux virgule cinq centimètres", "lésion de 2,5␣cm"),
    ("poids cent quatre kilos", "poids 104␣kg"),
    ("poids de 104 kilogrammes", "poids de 104␣kg"),
    ("taille 1m75", "taille 1␣m␣75"),
    ("il mesure un mètre soixante-quinze pour quatre-vingts kilos", "il mesure 1␣m␣75 pour 80␣kg"),
    ("poids de naissance trois kilos deux cents", "poids de naissance 3␣kg␣200"),
    ("température à trente-huit degrés", "température à 38␣°C"),
    ("fièvre à trente-huit degrés cinq", "fièvre à 38,5␣°C"),
    ("fièvre à 38 virgule 5", "fièvre à 38,5"),
    ("température à 38,5 degrés Celsius", "température à 38,5␣°C"),
    ("flexion à cent vingt degrés", "flexion à 120°"),
    ("fièvre à trente-neuf virgule cinq", "fièvre à 39,5"),
    ("quarante paquets-années", "40␣paquets-années"),
    ("tabac quarante paquets-années", "tabac 40␣paquets-années"),
    ("tabac cinq paquets années", "tabac 5␣paquets-années"),
    ("le pouls à soixante-quatre par minute point", "le pouls à 64 par minute."),
    ("fréquence cardiaque à soixante-douze battements par minute", "fréquence cardiaque à 72 battements par minute"),
    ("insufflation à 12 mm de mercure virgule mise en place", "insufflation à 12␣mmHg, mise en place"),
    ("pression à huit centimètres d'eau", "pression à 8␣cmH2O"),
]

PAIRS = [
    (
        "la pression artérielle est à cent douze sur soixante-huit virgule le pouls",
        "la pression artérielle est à 112/68, le pouls",
    ),
    ("la pression artérielle est à 112 sur 68 virgules le pouls", "la pression artérielle est à 112/68, le pouls"),
    ("tension cent trente-huit sur quatre-vingt-deux", "tension 138/82"),
    ("tension à 138 sur 82.", "tension à 138/82."),
    ("tension à 138 sur 82 mm de mercure", "tension à 138/82␣mmHg"),
    ("tension à treize sur huit", "tension à 13/8"),
    ("tension à 13 sur 8", "tension à 13/8"),
    ("tension à quinze sur neuf point", "tension à 15/9."),
    ("douleur cotée à deux sur dix", "douleur cotée à 2/10"),
    ("EVA à 2 sur 10", "EVA à 2/10"),
    ("Glasgow à quinze sur quinze", "glasgow à 15/15"),
    ("MMS à vingt-quatre sur trente", "MMS à 24/30"),
    ("force musculaire à quatre sur cinq", "force musculaire à 4/5"),
    ("souffle systolique trois sur six", "souffle systolique 3/6"),
    ("tension à 13,5 sur 8", "tension à 13,5/8"),
    ("EN deux sur dix au repos", "EN 2/10 au repos"),
    ("il compte deux ganglions sur quinze", "il compte 2 ganglions sur 15"),
    ("lésion de douze sur quinze millimètres", "lésion de 12 sur 15␣mm"),
    ("douleur cinq à six sur dix", "douleur 5 à 6/10"),
    ("EVA entre cinq et six sur dix", "EVA entre 5 et 6/10"),
    ("acuité visuelle à dix sur dix", "acuité visuelle à 10/10"),
]

DATES = [
    ("née le douze mars mille neuf cent cinquante-quatre", "née le 12 mars 1954"),
    ("du premier au quinze janvier", "du 1er au 15 janvier"),
    ("entre le deux et le neuf novembre", "entre le 2 et le 9 novembre"),
    ("de huit heures à douze heures", "de 8␣h à 12␣h"),
    ("née le 12 mars 1954", "née le 12 mars 1954"),
    ("née le trois juin mille neuf cent quarante-six", "née le 3 juin 1946"),
    ("né le quatorze octobre mille neuf cent soixante et onze", "né le 14 octobre 1971"),
    ("né le trente septembre dix-neuf cent quatre-vingt-quatre", "né le 30 septembre 1984"),
    ("né le vingt-deux janvier deux mille onze", "né le 22 janvier 2011"),
    ("contrôle le premier décembre pour urétéroscopie", "contrôle le 1er décembre pour urétéroscopie"),
    ("contrôle le 1er décembre", "contrôle le 1er décembre"),
    ("contrôle le 1 décembre", "contrôle le 1er décembre"),
    ("contrôle le un décembre", "contrôle le 1er décembre"),
    ("contrôle le premier décembre deux mille vingt-six point", "contrôle le 1er décembre 2026."),
    (
        "hospitalisée du deux au neuf novembre deux mille vingt-six en néphrologie",
        "hospitalisée du 2 au 9 novembre 2026 en néphrologie",
    ),
    ("hospitalisée du 2 au 9 novembre 2026", "hospitalisée du 2 au 9 novembre 2026"),
    ("les deux virgule trois et quatre mars", "les 2, 3 et 4 mars"),
    ("les deux et trois mars", "les 2 et 3 mars"),
    ("opéré le vingt-trois mai deux mille vingt-cinq", "opéré le 23 mai 2025"),
    ("né le 8 mars-1995.", "né le 8 mars 1995."),
    ("le 4 décembre, 2026 à 14 heures pour un scanner", "le 4 décembre 2026 à 14␣h pour un scanner"),
    (
        "rendez-vous le quatre décembre deux mille vingt-six à quatorze heures pour un scanner",
        "rendez-vous le 4 décembre 2026 à 14␣h pour un scanner",
    ),
    ("depuis novembre deux mille vingt-six", "depuis novembre 2026"),
    ("suivi depuis deux mille dix-huit", "suivi depuis 2018"),
    ("rendez-vous à quatorze heures trente", "rendez-vous à 14␣h␣30"),
    ("rendez-vous à 14h30", "rendez-vous à 14␣h␣30"),
    ("rendez-vous à 14 heures 30", "rendez-vous à 14␣h␣30"),
    ("rendez-vous à 14h", "rendez-vous à 14␣h"),
    ("rendez-vous à neuf heures cinq", "rendez-vous à 9␣h␣05"),
    ("rendez-vous à huit heures et demie", "rendez-vous à 8␣h␣30"),
    ("rendez-vous à huit heures", "rendez-vous à 8␣h"),
    ("reprise quarante-huit heures après", "reprise 48 heures après"),
    ("apyrexie à quarante-huit heures et", "apyrexie à 48 heures et"),
    ("toutes les douze heures", "toutes les 12 heures"),
]

NAMES = [
    ("dyspnée de stade deux de la NYHA", "dyspnée de stade 2 de la NYHA"),
    ("diabète de type deux déséquilibré", "diabète de type 2 déséquilibré"),
    ("entorse de grade un du ligament", "entorse de grade 1 du ligament"),
    ("NYHA deux", "NYHA 2"),
    ("classe trois de la NYHA", "classe 3 de la NYHA"),
    ("lésions de grades deux et trois", "lésions de grades 2 et 3"),
    ("dyspnée de stade deux à trois", "dyspnée de stade 2 à 3"),
    ("dyspnée de stade IV", "dyspnée de stade IV"),
    ("dyspnée NYHA II", "dyspnée NYHA II"),
    ("patient ASA deux", "patient ASA 2"),
    ("séquence sagittale T un point", "séquence sagittale T1."),
    ("séquence sagittale T 1", "séquence sagittale T1"),
    ("hernie discale L quatre L cinq", "hernie discale L4-L5"),
    ("hernie discale L4 L5", "hernie discale L4-L5"),
    ("hernie discale L4-L5", "hernie discale L4-L5"),
    ("hernie L cinq S un", "hernie L5-S1"),
    ("hernie L5 S1 gauche", "hernie L5-S1 gauche"),
    ("névralgie C six droite", "névralgie C6 droite"),
    ("tassement de D douze", "tassement de D12"),
    ("charnière D douze L un", "charnière D12-L1"),
    ("fracture de L un", "fracture de L1"),
    ("carcinome T deux N zéro M zéro", "carcinome T2N0M0"),
    ("carcinome T2 N0 M0", "carcinome T2N0M0"),
    ("carcinome pT2 N1 M0 opéré", "carcinome pT2N1M0 opéré"),
    ("carcinome T trois N un", "carcinome T3N1"),
    ("carence en vitamine B douze", "carence en vitamine B12"),
    ("une HbA un C à sept", "une HbA1c à 7"),
    ("T quatre libre et TSH normales", "T4 libre et TSH normales"),
    ("patiente G deux P un", "patiente G2P1"),
    ("Gleason trois plus quatre", "gleason 3 + 4"),
    ("diabète de type 2 et 5 mg de glibenclamide", "diabète de type 2 et 5␣mg de glibenclamide"),
    ("carcinome T un b N zéro M zéro", "carcinome T1bN0M0"),
    ("lymphocytes CD quatre à deux cents", "lymphocytes CD4 à 200"),
    ("cancer de stade un B", "cancer de stade 1 B"),
    ("lésions de grade trois sur trois", "lésions de grade 3 sur 3"),
    ("dosage du complément C3 C4", "dosage du complément C3 C4"),
    ("la T quatre libre est normale", "la T4 libre est normale"),
    ("pansement à J deux de l'opération", "pansement à J2 de l'opération"),
]

PROSE = [
    ("contrôle dans quinze jours point", "contrôle dans 15 jours."),
    ("patient de soixante-douze ans", "patient de 72 ans"),
    ("pendant huit à dix jours", "pendant 8 à 10 jours"),
    ("pendant dix à douze jours", "pendant 10 à 12 jours"),
    ("âgée de quatre-vingts ans", "âgée de 80 ans"),
    ("âgée de quatre-vingt-un ans", "âgée de 81 ans"),
    ("âgé de soixante et onze ans", "âgé de 71 ans"),
    ("âgé de septante et un ans", "âgé de 71 ans"),
    ("âgée de trente et un ans", "âgée de 31 ans"),
    ("pouls à quatre-vingt et un ECG normal", "pouls à 80 et un ECG normal"),
    ("trente pour cent vingt ans après", "30␣% vingt ans après".replace("vingt", "20")),
    ("créatininémie de sortie à cent dix-huit point", "créatininémie de sortie à 118."),
]

UNTOUCHED = [
    "Un patient suivi pour une toux",
    "L'un et l'autre",
    "Un appareil neuf est posé",
    "Un fait nouveau depuis hier",
    "Mille mercis pour cette patiente",
    "Je vous remercie mille fois",
    "Je l'ai dit cent fois",
    "Pour cent patients traités",
    "Deux fois par jour",
    "Pendant trois jours",
    "Dans trois mois",
    "Valable un an",
    "Apparue il y a huit mois",
    "Mise en place de trois trocarts",
    "Dans les trois plans",
    "À son tiers moyen",
    "Deux comprimés et demi",
    "Deux comprimés sur trois jours",
    "Trois jours sur cinq",
    "3 jours sur 5",
    "Un patient sur deux",
    "Un sur deux",
    "Un million cinq cent mille unités",
    "Deux sur dix",
    "En moyenne deux sur cinq",
    "Il lit deux livres",
    "À huit heures deux comprimés",
    "Prises à huit heures 20 heures",
    "Code postal trente et un mille",
    "Deux heures et demie de trajet",
    "Dans les années quatre-vingt",
    "La soixantaine bien portée",
    "Céphalosporines de troisième génération",
    "Le vingt et unième jour",
    "Le quatre-vingtième anniversaire",
    "À jeun depuis quatre heures",
    "Il y a quatre heures",
    "Toutes les six heures",
    "L'hôpital des Quinze-Vingts",
    "Deux ou trois épisodes",
    "Deux trois jours de repos",
    "Cinq à six selles",
    "05 61 22 33 44",
    "Tel 05 61 22 33 44",
    "31000 TOULOUSE",
    "RPPS 10001234567",
    "NIR 2 79 03 51 215 189 89",
    "12 rue des Tilleuls",
    "Le 12/03/1954",
    "Pas de facteur V",
    "Dyspnée de stade III",
    "Ligament croisé antérieur à son tiers moyen",
    "Sonde double J gauche",
    "Hépatite C traitée",
    "Hépatite C deux fois traitée",
    "Vitamine D une ampoule",
    "Vitamine C deux fois par jour",
    "Deux unités de soins intensifs",
    "Une unité de sang",
    "Les deux reins sont normaux",
    "Tous les deux jours",
    "Une fois sur deux",
    "Trois quarts d'heure",
    "Les deux tiers du lobe",
    "Quatre membres mobiles",
    "Six minutes de marche",
    "Diplopie, une fois",
    "Voie veineuse, deux essais",
    "Un peu de fièvre",
    "Classe un peu à part",
    "TSH à deux mois",
    "EVA à deux reprises",
    "Onze heures plus tard",
    "Gamma GT élevées",
    "Cinq gamma GT",
    "Il prend sept comprimés",
    "Neuf patients revus",
    "Une douzaine de lésions",
    "Les premiers jours de mars",
    "Premier contrôle en mai",
    "Le seul point douloureux",
    "Plan T sagittal",
    "Troponine T négative",
    "Un deux trois",
    "Zone 2 ou zone 3",
    "En 2024, 3 épisodes",
    "Metformine 1000, 3 fois par jour",
    "Les 2, 3 et 4 mars",
    "De 10 à 15 jours",
    "39,5 depuis hier",
]

DOUBTS = [
    ("du 2.9 novembre 2026 en néphrologie", "2.9 novembre 2026", ("2 au 9 novembre 2026",)),
    ("né le 27 février 1999-1959.", "27 février 1999-1959", ("27 février 1959.", "27 février 1999.")),
    ("né le 19.1963, hospitalisé", "19.1963", ()),
    ("né le trente et un février deux mille", "trente et un février deux mille", ()),
    ("né le 12 03 1954", "12 03 1954", ("12/03/1954",)),
    ("dose de 2, 5 mg", "2, 5 mg", ("2,5␣mg",)),
    ("dose de 2 virgule, 5 mg", "2 virgule, 5 mg", ("2,5␣mg",)),
    ("dose 3 point 5 grammes", "3 point 5 grammes", ("3,5␣g",)),
    ("le pouls à 64 34 par minute", "64 34", ()),
    (
        "dose de 5 virgule 2 comprimés",
        "5 , 2 comprimés".replace(" , ", " virgule "),
        ("5, 2 comprimés", "5,2 comprimés"),
    ),
    ("dose de cinq virgule deux comprimés", "cinq virgule deux comprimés", ("5, 2 comprimés", "5,2 comprimés")),
    ("valcertant à 4950 et un milligramme deux fois", "4950 et un milligramme", ("49/51␣mg",)),
    ("valsartan à 4951 mg", "4951 mg", ("49/51␣mg",)),
    ("entresto à 49 51 mg", "49 51 mg", ("49/51␣mg",)),
    (
        "amoxicilline acide clavulanique cinq cents soixante-deux virgule cinq milligrammes",
        "cinq cents soixante-deux virgule cinq milligrammes",
        ("500/62,5␣mg", "562,5␣mg"),
    ),
    ("modopar cent vingt-cinq milligrammes", "cent vingt-cinq milligrammes", ("100/25␣mg", "125␣mg")),
    ("vers vingt-quatre vingt-cinq", "vingt-quatre vingt-cinq", ("24 à 25",)),
    ("tension à 12 8", "12 8", ("12/8",)),
    ("tension à douze huit", "douze huit", ("12/8",)),
    ("tension à 12,8", "12,8", ("12/8",)),
    ("fièvre à trente-huit cinq", "trente-huit cinq", ("38,5",)),
    ("fièvre à 39 virgule un gramme de paracétamol", "39 virgule un gramme", ("39,1␣g", "39,␣1␣g".replace(",␣", ", "))),
    ("fièvre à 39 virgule 2 grammes de ceftriaxone", "39 virgule 2 grammes", ("39,2␣g", "39, 2␣g")),
    ("stade deux virgule cinq milligrammes", "stade deux virgule cinq milligrammes", ()),
    ("dyspnée de stade, | deux de la NYHA", "stade, deux", ("stade 2",)),
    ("dose de 1,250 mg", "1,250 mg", ()),
    ("dose de 1,000 mg", "1,000 mg", ("1000␣mg",)),
    ("la valeur 4.5", "4.5", ("4,5",)),
    ("furosémide 40 virgule 20 virgule 40", "40 virgule 20", ("40, 20", "40,20")),
    ("glycémie un gramme vingt-six", "un gramme vingt-six", ("1,26␣g",)),
    ("aspirine cent et un milligrammes", "cent et un milligrammes", ("101␣mg",)),
    ("aspirine quatre-vingt et un milligrammes", "quatre-vingt et un milligrammes", ("81␣mg",)),
    ("LDL à zéro soixante-dix", "zéro soixante-dix", ("0,70",)),
    ("FE 35 40 pour cent", "35 40 pour cent", ("35 à 40␣%",)),
    (
        "le quatorze zéro sept mille neuf cent soixante-deux",
        "quatorze zéro sept mille neuf cent soixante-deux",
        ("14/07/1962",),
    ),
    ("TSH à deux virgule un scanner est prévu", "deux virgule un", ("2,1", "2, 1")),
    ("foyers de deux virgule trois kystes", "deux virgule trois", ("2,3", "2, 3")),
    ("créatinine à quatre-vingts virgule un gramme de", "quatre-vingts virgule un gramme", ("80,1␣g", "80, 1␣g")),
    ("amlodipine cinq dix milligrammes", "cinq dix milligrammes", ("5/10␣mg",)),
    ("valsartan à 50062,5 mg", "50062,5 mg", ("500/62,5␣mg",)),
    ("janumet cinquante mille milligrammes", "cinquante mille milligrammes", ("50/1000␣mg", "50␣000␣mg")),
    ("deux grammes cinq", "deux grammes cinq", ("2,5␣g",)),
    ("tension à 120 80", "120 80", ("120/80",)),
    ("tension à cent vingt quatre-vingts", "cent vingt quatre-vingts", ("120/80",)),
    ("novorapid 6 8 4 unités", "6 8 4 unités", ()),
    ("aspirine 2 virgule cinq cents milligrammes", "2 virgule cinq cents milligrammes", ("2,500␣mg", "2, 500␣mg")),
    ("dose de cent | vingt milligrammes", "cent vingt milligrammes", ("120␣mg",)),
    ("pouls à soixante et un ECG normal", "soixante et un ECG", ("61 ECG", "60 et un ECG")),
    ("hernie L quatre cinq gauche", "L quatre cinq", ("L4-L5",)),
    ("metformine 1000 3 fois par jour", "1000 3", ()),
    ("paracétamol 1 250 mg", "1 250 mg", ("1250␣mg",)),
]


def shown(text: str) -> str:
    return text.replace("␣", "\u00a0")


def figures_of(heard: str) -> tuple[Token, ...]:
    return write_figures(write(words_of(heard), RULES), FIGURES)


def text_of(tokens: tuple[Token, ...]) -> str:
    return "".join(token.before + token.text for token in tokens)


def lower(text: str) -> str:
    """Every text begins with a capital: what this is about comes after it."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


@pytest.mark.parametrize(("heard", "written"), SIGHT + DOSES + MEASURES + PAIRS + DATES + NAMES + PROSE)
def test_a_figure_is_written_as_a_secretary_types_it(heard: str, written: str) -> None:
    assert lower(text_of(figures_of(heard))) == shown(written)


@pytest.mark.parametrize("heard", UNTOUCHED)
def test_what_is_no_figure_stays_word_for_word(heard: str) -> None:
    before = write(words_of(heard), RULES)
    assert write_figures(before, FIGURES) == before


@pytest.mark.parametrize(("heard", "place", "offers"), DOUBTS)
def test_in_doubt_the_words_stay_and_a_person_is_asked(heard: str, place: str, offers: tuple[str, ...]) -> None:
    before = write(words_of(heard), RULES)
    tokens = write_figures(before, FIGURES)
    assert text_of(tokens) == text_of(before)
    asked = [token for token in tokens if token.doubt]
    assert asked, tokens
    assert {token.doubt for token in asked} == {asked[0].doubt}
    assert asked[0].doubt.lower().endswith(f": entendu « {place} »".lower())
    assert asked[0].offers == tuple(shown(offer) for offer in offers)


@pytest.mark.parametrize(
    "heard",
    [
        "Exémane 2,104 kg",
        "Biologie 2,5 émoglobines",
        "Conclusion 2,1 intensification",
        "Motif 2.1 suffisance rénale",
        "Traitement 2,5 mg",
    ],
)
def test_a_colon_that_the_engine_wrote_as_a_number_is_never_taken_for_a_dose(heard: str) -> None:
    alone = tuple(replace(token, doubt="", offers=()) for token in write(words_of(heard), RULES))
    tokens = write_figures(alone, FIGURES)
    assert text_of(tokens) == text_of(alone)
    assert any(token.doubt for token in tokens)


def test_a_merged_figure_remembers_what_was_heard_and_when() -> None:
    token = next(token for token in figures_of("bisoprolol deux virgule cinq milligrammes point") if "mg" in token.text)
    assert (token.raw, token.rule) == ("deux virgule cinq milligrammes", "dose")
    assert (token.start, token.end) == (0.4, pytest.approx(2.0))


def test_a_figure_takes_the_probability_of_its_least_sure_word() -> None:
    tokens = (Token("5", "", "5", probability=0.9), Token("milligrammes", " ", "milligrammes", probability=0.4))
    assert write_figures(tokens, FIGURES) == (Token("5\u00a0mg", "", "5 milligrammes", "dose", 0.4),)


def test_what_another_rule_doubts_or_a_scan_reads_is_left_alone() -> None:
    doubted = (Token("5", "", "5", doubt="à écouter"), Token("milligrammes", " ", "milligrammes"))
    assert write_figures(doubted, FIGURES) == doubted


def test_a_figure_never_goes_on_across_a_line() -> None:
    assert text_of(figures_of("dose cinq à la ligne milligrammes")) == "Dose cinq\nMilligrammes"


def test_a_whole_dictation_reads_as_the_secretary_typed_it() -> None:
    heard = (
        "Cher confrère virgule, à la ligne. Elle décrit une dyspnée de stade deux de la NYHA virgule sans orthopnée "
        "point. À l'examen virgule la pression artérielle est à cent douze sur soixante-huit virgule le pouls à "
        "soixante-quatre par minute point. L'échographie montre une fraction d'éjection à trente-huit pour cent "
        "virgule une insuffisance mitrale modérée et une pression artérielle pulmonaire systolique à trente-cinq "
        "millimètres de mercure point. Le NT-proBNP est à neuf cent quarante picogrammes par millilitre point. "
        "J'augmente le sacubitril valsartan à quarante-neuf cinquante et un milligrammes deux fois par jour et je "
        "poursuis le bisoprolol cinq milligrammes point. Contrôle de la créatinine dans quinze jours point."
    )
    assert text_of(figures_of(heard)) == shown(
        "Cher confrère,\nElle décrit une dyspnée de stade 2 de la NYHA, sans orthopnée. À l'examen, la pression "
        "artérielle est à 112/68, le pouls à 64 par minute. L'échographie montre une fraction d'éjection à 38␣%, une "
        "insuffisance mitrale modérée et une pression artérielle pulmonaire systolique à 35␣mmHg. Le NT-proBNP est à "
        "940␣pg/mL. J'augmente le sacubitril valsartan à 49/51␣mg deux fois par jour et je poursuis le bisoprolol "
        "5␣mg. Contrôle de la créatinine dans 15 jours."
    )


def test_a_missing_or_broken_list_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="Rétablissez"):
        load_figure_rules(tmp_path / "figures.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        (ROOT / "lexicon" / "figures.yaml").read_text(encoding="utf-8").replace("kind: mass", "kind: masse")
    )
    with pytest.raises(LexiconError, match="Rétablissez"):
        load_figure_rules(broken)
