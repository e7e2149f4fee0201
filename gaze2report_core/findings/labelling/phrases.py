"""The words by which reports name each finding, as regular expressions over lower-case sentences.

Which words belong to which label follows the phrase lists that CheXpert's labeller is published with (Irvin et al.,
AAAI 2019, arXiv:1901.07031, section 3.1), so that figures can be set beside others': a scar counts as lung opacity,
fibrosis as pleural, a calcified nodule is no lesion, heart failure is oedema. The table itself is written for the
language of IU X-Ray, with its spellings and with words that lists made in another hospital lack.
"""

import re

from gaze2report_core.findings.vocabulary import Finding

_LUNG_WORDS = (
    "air ?space|alveolar|basilar|hazy|increased|interstitial|linear|lung|parenchymal|patchy|pulmonary|streaky"
    "|retrocardiac|perihilar|suprahilar|infrahilar"
)

_NAMES: dict[Finding, tuple[str, ...]] = {
    Finding.ENLARGED_CARDIOMEDIASTINUM: (r"mediastinal (?:widening|enlargement)", r"widening of the mediastinum"),
    Finding.CARDIOMEGALY: (
        r"cardiomegall?y",
        r"cardiac enlargement",
        r"enlargement (?:of|in) the (?:heart|cardiac|cardiopericardial)",
    ),
    Finding.LUNG_OPACITY: (
        r"opaci(?:ty|ties|fi)",
        r"air[ -]?space disease",
        r"infiltrat(?:e|es|ion|ions)\b",
        r"decreased translucency",
        rf"(?:{_LUNG_WORDS}) (?:\w+ )?densit(?:y|ies)",
        r"densit(?:y|ies) (?:\w+ ){0,4}?(?:lungs?|bases?|lobes?|lingula|apex|hemithorax|costophrenic)\b",
        r"ground[ -]?glass",
        r"haziness",
        r"interstitial (?:\w+ )?(?:markings?|patterns?|lung|changes?|disease|prominence|thickening)",
        r"(?:increased?|prominent|coarse) (?:\w+ ){0,2}?lung markings?",
        r"reticul(?:ar|ation)",
        r"(?:peri)?bronchial (?:wall )?(?:thickening|cuffing)",
        r"wall thickening",
        r"scar(?:s|ring)?\b",
    ),
    Finding.LUNG_LESION: (
        r"mass(?:es)?\b(?! effect)",
        r"nodules?\b",
        r"nodular (?:\w+ )?(?:densit|opaci|lesion)",
        r"(?:lung|pulmonary|cavitary|parenchymal) lesions?",
        r"carcinoma",
        r"neoplas",
        r"tumou?rs?\b",
    ),
    Finding.EDEMA: (
        r"o?edema",
        r"congestive (?:heart )?failure",
        r"heart failure",
        r"chf\b",
        r"(?:vascular|pulmonary|venous) (?:venous )?congestion",
        r"(?:pulmonary )?vascular prominence",
        r"prominen(?:t|ce of the) (?:central )?(?:pulmonary )?vascul(?:ature|arity)",
        r"indistinctness of the (?:pulmonary )?vascul",
    ),
    Finding.CONSOLIDATION: (r"consolidat",),
    Finding.PNEUMONIA: (r"(?:broncho)?pneumoni(?:as?|tis)\b", r"infection", r"infectious"),
    Finding.ATELECTASIS: (r"(?:sub)?atelect[ae]", r"collapsed?\b"),
    Finding.PNEUMOTHORAX: (r"(?:hydro|hemo)?pneumoth(?:or|r?o)a(?:x|ces)",),
    Finding.PLEURAL_EFFUSION: (r"eff?uss?ions?\b", r"pleural (?:\w+ )?fluid", r"(?:hydro|hemo)(?:pneumo)?thorax"),
    Finding.PLEURAL_OTHER: (
        r"pleural (?:\w+ )?(?:thickening|scar|plaque)",
        r"thickening of the (?:\w+ )?pleura",
        r"pleuro[ -]?(?:parenchymal|pericardial) scar",
        r"(?:apical|pleural) cap",
        r"fibrothorax",
        r"fibrosis",
    ),
    Finding.FRACTURE: (r"fractur",),
    Finding.SUPPORT_DEVICES: (
        r"pacemakers?\b",
        r"pacers?\b",
        r"defibrillator",
        r"a?icd\b",
        r"catheter",
        r"picc\b",
        r"(?:central|venous|jugular|subclavian|picc|ij|support|monitoring) (?:\w+ )?lines?\b",
        r"lines? (?:and|or) tubes?",
        r"tub(?:es?|ing)\b",
        r"tracheostomy",
        r"generator\b",
        r"tip [\w ]*(?:svc|atrium|atrial junction|carina)",
        r"(?:chest|chemo|infusion|venous|subclavian|jugular) ports?\b",
        r"port[ -]?a[ -]?cath",
        r"portacath",
        r"(?:medi)?port (?:tip|catheter|reservoir)",
        r"mediport",
        r"(?:prosthetic|artificial|mechanical|\w+) valve (?:replacement|prosthesis|is seen|is present)",
        r"(?:prosthetic|artificial|mechanical) (?:\w+ )?valve",
        r"valve replacement",
        r"hardware",
        r"arthroplast",
        r"devices?\b",
        r"stimulator",
        r"drains?\b",
        r"screws?\b",
        r"plates?\b(?![ -]?(?:like|atelecta))",
        r"cannula",
        r"coils?\b",
    ),
}

_NOT_NAMES: dict[Finding, tuple[str, ...]] = {
    Finding.LUNG_LESION: (r"(?<!non)(?<!non[ -])calcified nodul\w+", r"mediastinal mass"),
    Finding.LUNG_OPACITY: (r"pleural scar", r"pleuro[ -]?\w+ scar"),
    Finding.PLEURAL_EFFUSION: (r"pericardial effusion", r"joint effusion"),
    Finding.ATELECTASIS: (r"(?:vertebra\w*|compression) (?:\w+ )?collapse", r"collapsed? (?:of )?(?:\w+ )?vertebra"),
    Finding.EDEMA: (r"soft tissue edema",),
    Finding.PNEUMONIA: (r"(?:granulomatous|histoplasmosis|fungal) infection", r"post ?-?infectious"),
    Finding.SUPPORT_DEVICES: (r"end[ -]?plates?", r"vertebral plates?"),
    Finding.FRACTURE: (r"fractur\w+ of [\w -]*sternotomy", r"sternotomy \w+ (?:is|are) fractured"),
}
"""Phrases within which a name does not count."""

_HEART = (
    r"heart(?! failure| valve| block| disease)(?: size)?",
    r"(?:cardiac|cardiopericardial|pericardial) (?:and mediastinal )?(?:silhouettes?|size|contours?|shadows?)",
    r"cardiac (?=(?:,|and) )",
)
_MEDIASTINUM = (
    r"(?:cardio ?)?mediastinum",
    r"cardio ?-?mediastinal (?:\w+ )?(?:silhouettes?|contours?|shadow|structures|borders?)",
    r"mediastinal (?:(?:and|,) \w+ )*(?:silhouettes?|contours?|shadow|structures|size|width|borders?|configuration)",
)

_OTHER_ABNORMALITIES = (
    r"emphysem",
    r"copd\b",
    r"chronic obstructive",
    r"blunt(?:ed|ing)",
    r"(?<!bone )(?<!bony )densit(?:y|ies)",
    r"elevat",
    r"eventration",
    r"scolio",
    r"dextro",
    r"levo",
    r"kypho",
    r"degenerat",
    r"(?<!non)(?<!non[ -])calcifi",
    r"hyper(?:inflat|expan|aerat|lucen)",
    r"flatten",
    r"asthma",
    r"hernia",
    r"plaques?\b",
    r"osteophyt",
    r"spondyl",
    r"spur(?:s|ring)?\b",
    r"arthr",
    r"osteopeni",
    r"osteoporo",
    r"thicken",
    r"bull(?:a|ae|ous|et)\b",
    r"atheroscl",
    r"arterioscl",
    r"metasta",
    r"granulom",
    r"hypertensi",
    r"prominen",
    r"tortuo",
    r"ectati",
    r"ectasia",
    r"unfold",
    r"uncoil",
    r"deformit",
    r"wedg",
    r"volume loss",
    r"cephaliz",
    r"aspirat",
    r"aneurysm",
    r"bronch(?:iect|itis|itic|iolitis|ospasm)",
    r"airways? disease",
    r"lucenc",
    r"cyst",
    r"sclero",
    r"inflammat",
    r"ha?emorrhag",
    r"ha?ematoma",
    r"contusion",
    r"fluid (?:\w+ ){0,6}?fissures?\b",
    r"fissural fluid",
    r"foreign bod(?:y|ies)\b",
    r"osteodystroph",
    r"lymphadenopathy",
    r"adenopathy",
    r"dislocat",
    r"pneumomediastinum",
    r"pneumoperitoneum",
)
"""What speaks against `No Finding` without being one of the 14, as CheXpert has it too.

Of CheXpert's list three are left out: a tracheostomy is a device, a thoracentesis a procedure, a fissure normal.
"""


def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})")


NAMES = {finding: _any_of(phrases) for finding, phrases in _NAMES.items()}
"""What names a finding that is there unless the sentence denies or doubts it."""

NOT_NAMES = {finding: _any_of(phrases) for finding, phrases in _NOT_NAMES.items()}

ORGANS = {Finding.CARDIOMEGALY: _any_of(_HEART), Finding.ENLARGED_CARDIOMEDIASTINUM: _any_of(_MEDIASTINUM)}
"""What names an organ: a finding only with a word for its size beside it."""

OTHER_ABNORMALITIES = _any_of(_OTHER_ABNORMALITIES)

ALWAYS_UNCERTAIN = re.compile(r"congestion|prominen|indistinctness")
"""Signs of oedema that CheXpert never counts as certain."""

HEART_FAILURE = re.compile(r"(?:congestive )?heart failure|congestive failure|chf\b")
"""Where heart failure is said, CheXpert takes an enlarged heart for possible."""
