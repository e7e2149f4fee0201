"""Whether a sentence states, denies or doubts what it names: cue words and how far each reaches.

The method is that of NegEx and ConText (Chapman et al. 2001, doi:10.1006/jbin.2001.1029; Harkema et al. 2009,
doi:10.1016/j.jbi.2009.05.002): a cue governs what follows or precedes it up to a word that begins another thought.
Which words doubt and which deny, and that a doubt about a denial ("cannot exclude", "no new") goes first, follows
CheXpert's labeller (arXiv:1901.07031). Libraries for this (negspacy, medspacy) run a spaCy pipeline over every text,
hundreds of reports a second at best; here thousands are scored in each step of training, so the cues are regular
expressions that are compiled once.
"""

import re
from enum import StrEnum

_NEW_THOUGHT = (
    "stable|mild(?:ly)?|moderate(?:ly)?|minimal(?:ly)?|persistent|unchanged|chronic|old|again|there|the heart"
    "|heart (?:size|is|appears|remains)|the cardi|cardiomegaly|possibl[ey]|probabl[ey]|questionable|low lung|lungs are"
    "|multiple|healed|remote|prominent|tortuous|calcified granuloma|degenerative|positive for"
)
_BOUNDARY = re.compile(
    r"[;:]|\b(?:but|however|except|although|though|which|whereas|while|otherwise|with\b(?! new)|aside from|apart from"
    r"|besides|save for|where|other than|there (?:is|are|has|have|may|was)|and (?:the|there|an?|this)|after|following"
    r"|status post|s/p)\b"
    rf"|(?:,(?: and)?|\band) (?={_NEW_THOUGHT})|, (?=(?:this|these|it|the)\b)"
)

_OF_WHAT_IS_THERE = (
    r"(?:(?!focal|no|or|nor|and)\w+ )?(?:left|right|bilateral|bi(?:basilar|basal|apical)|small|tiny|trace|streaky"
    r"|patchy|linear|plate-?like|(?:sub)?segmental)\b"
)
"""A side, a shape, a slight size: said of what is there, with one word before it. What is absent is large or focal."""

_CLOSED_BY_AN_ALTERNATIVE = r"(?:(?!\b(?:with|but|however|there)\b)[^;:])*\bn?or\b"
_END_OF_DENIALS = re.compile(
    rf"(?:,(?: and)?|\band(?= (?:small|tiny|trace)\b)) (?={_OF_WHAT_IS_THERE}(?!{_CLOSED_BY_AN_ALTERNATIVE}))"
)
"""In `no pneumothorax, small right effusion` the denial ends; not where an `or` makes one list of it all."""

_JOINED = re.compile(r"\b(?:and|or|nor)\b")
_NAMES_SOMETHING = re.compile(r"\W*(?!(?:which|that|this|these|it|previously|seen|noted|now|has|have|is|are|x+)\b)\w")
"""What follows a comma and is no mere addition to what was named before it."""

_OF_A_NOUN = r" (?!(?:in|from|since|compared)\b)\w"
_DISEASED = "bronchitic|degenerative|emphysematous|fibrotic|inflammatory"
"""Said of a change that is one of tissue, not one since another film."""

_NO_CUE = re.compile(
    rf"\b(?:no|not|without) (?:(?!(?:or|nor|and|with|{_DISEASED})\b)\w+ ){{0,3}}?"
    rf"(?:changed?|(?:in|de)crease(?:d(?!{_OF_A_NOUN}))?|difference|worsen(?:ing|ed)"
    r"|progress(?:ion|ed)|significantly)\b(?! enlarged)|\bno\.(?= \d)|\bnot (?:only|limited)"
    r"|\bnot previously\b|\bnot (?:\w+ ){0,2}?(?:resolved|cleared|disappeared|been removed)"
    r"|\bnot (?:\w+ ){0,2}?(?:seen|identified|evident|present|noted|visuali[sz]ed) on (?:the )?(?:prior|previous)\b"
    r"|, (?:but |and )?not (?:\w+ ){0,2}?(?:seen|identified|evident|noted|visuali[sz]ed) on (?:the )?(?:later|front)al"
    r"|\b(?:no|without|beyond) (?:\w+ )?doubt\b|\bno (?:\w+ )?question (?:that|about)\b"
    r"|\bfail(?:s|ed)? to (?:\w+ ){1,3}?(?:change|improvement|resolution|clearing)\b"
)
"""Denials that deny a change, a doubt, or what another film or the other view shows, not a finding."""

_NO_BOUNDARY = re.compile(
    r"\b(?:no|not|nothing|without) (?:(?!(?:or|nor|and|with)\b)\w+ ){0,4}?(?:consistent|compatible|in keeping) with\b"
)
"""In `no findings consistent with pneumonia` the denial goes on."""

_DOUBTED_DENIALS_BEFORE = re.compile(
    r"\b(?:can ?not|can't|could not|not|difficult to) (?:\w+ ){0,2}?(?:exclude|rule out)|\bno new\b"
)
_DOUBTED_DENIALS_AFTER = re.compile(
    r"\b(?:not|can ?not|can't|difficult to) (?:\w+ ){0,3}?(?:exclude|rule)d?"
    r"|\bnot (?:well|clearly|fully|adequately|completely) (?:seen|visuali[sz]ed|evaluated|assessed)|\bnot evaluated"
    r"|\b(?:poorly|incompletely) (?:evaluated|visuali[sz]ed)|\bnot appreciated|\b(?:un|less )likely"
    r"|\b(?:may|might|could) not be"
)

_DENIALS_BEFORE = re.compile(
    r"\b(?:no(?! *(?:[,;.]|$))|without|w/o|negative for|free (?:of|from)|clear(?:ed|ing)? of|clear(?= air ?space)"
    r"|absen(?:ce|t) of|resolution of|removal of|rather than|neither|nor|never|exclude|rule out|lack of"
    r"|devoid of|fail(?:s|ed)? to (?:show|demonstrate|reveal|identify|detect|disclose)"
    r"|nothing (?:\w+ ){0,2}?(?:suggest(?:s|ing|ive)?|indicat(?:es?|ing|ive)|suspect|suspicious|concerning|worrisome"
    r"|consistent|compatible|in keeping)"
    r"|(?:is|are|does|do|has|have|was|were) not|absent|resolved|not)\b"
)
_DENIALS_AFTER = re.compile(
    r"\bnot (?:\w+ ){0,3}?(?:seen|identified|evident|present|demonstrated|noted|visuali[sz]ed|detected|enlarged|found"
    r"|observed|suspected|apparent|suggested|recurred|re-?accumulated|reappeared)"
    r"|\b(?:cannot|can't) be (?:seen|identified|demonstrated|visuali[sz]ed|detected|found)\b"
    r"(?! (?:well|clearly|on the (?:later|front)al))|\b(?:is|are|was|were) (?:absent|removed|excluded|negative)"
    r"|\b(?:has|have) (?:\w+ ){0,2}?(?:resolved|cleared|been removed|disappeared)|\bno longer|\bruled out"
    r"|\b(?:is|are) resolved|\bresolved\b|\binterval (?:resolution|removal)"
    r"|\b(?:is|are|appears?|remains?) (?:\w+ ){0,2}?(?:normal|unremarkable|within normal)"
    r"|: *none\b|[:,] *(?:no(?: evidence| signs?)?|absent|negative)\b(?= *(?:[,.]|$))|\b(?:none|removal)\b(?! of)"
)

_DOUBTS_BEFORE = re.compile(
    r"\b(?:may|might|could|would|possib(?:le|ly)|probabl[ey]|presumabl[ey]|perhaps|potentially|questionable|equivocal"
    r"|questioned|question(?: of)?|suspect(?:ed)?|suspicious for|suspicion (?:of|for)|suggestion of|worrisome for"
    r"|concern(?:ing)? for|favou?r(?:ed|ing|s)?|consider|differential|less likely|unlikely|borderline heart"
    r"|correlat\w+ (?:\w+ )?(?:for|as to)|evaluat(?:e|ion) (?:of|for))\b(?! be (?:due|related|exagg))"
    r"|\b(?:may|might|could|would) be (?:due|related) to"
)
_DOUBTS_AFTER = re.compile(
    r"\b(?:is|are|also|remains?) (?:\w+ )?(?:possible|suspected|questioned|questionable|considered)"
    r"|\bpossible\b(?= *$|,)|\b(?:may|might|could|can) (?:\w+ )?(?:be present|have this appearance)|\bobscured"
)


class Mention(StrEnum):
    """What a text says of a finding that it names."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNCERTAIN = "uncertain"


class Assertions:
    """Which parts of one lower-case sentence are denied or doubted."""

    def __init__(self, sentence: str) -> None:
        text = _NO_CUE.sub(lambda match: "~" * len(match[0]), sentence)
        self._text = _NO_BOUNDARY.sub(lambda match: match[0].removesuffix("with") + "~~~~", text)
        self._boundaries = [match.span() for match in _BOUNDARY.finditer(self._text)]
        self._doubted_denials = self._behind(_DOUBTED_DENIALS_BEFORE) + self._ahead_of(_DOUBTED_DENIALS_AFTER)
        self._denials_after = [match.span() for match in _DENIALS_AFTER.finditer(self._text)]
        self._denied = [(begin, self._end_of_denial(begin, end)) for begin, end in self._behind(_DENIALS_BEFORE)]
        self._denied += [(self._begin_of_denial(begin, end), end) for begin, end in self._ahead_of(_DENIALS_AFTER)]
        self._doubted = self._behind(_DOUBTS_BEFORE) + self._ahead_of(_DOUBTS_AFTER)

    def of(self, start: int) -> Mention:
        """What the sentence says of the name that starts at this character."""
        if _within(start, self._doubted_denials):
            return Mention.UNCERTAIN
        if _within(start, self._denied):
            return Mention.NEGATIVE
        return Mention.UNCERTAIN if _within(start, self._doubted) else Mention.POSITIVE

    def thought(self, start: int) -> tuple[int, int]:
        """The stretch of the sentence around a character that no boundary cuts."""
        return self._begin(start), self._end(start)

    def _behind(self, cues: re.Pattern[str]) -> list[tuple[int, int]]:
        return [(match.end(), self._end(match.end())) for match in cues.finditer(self._text)]

    def _ahead_of(self, cues: re.Pattern[str]) -> list[tuple[int, int]]:
        starts = [match.start() for match in cues.finditer(self._text)]
        return [(self._begin(self._end_of_heading(start)), start) for start in starts]

    def _end_of_heading(self, place: int) -> int:
        """In `Pneumothorax: not seen` what stands behind the colon is said of the heading before it."""
        before = self._text[:place].rstrip()
        return len(before) - 1 if before.endswith(":") else place

    def _end(self, place: int) -> int:
        return next((start for start, _ in self._boundaries if start >= place), len(self._text))

    def _begin(self, place: int) -> int:
        return next((end for _, end in reversed(self._boundaries) if end <= place), 0)

    def _end_of_denial(self, begin: int, end: int) -> int:
        """Unlike a doubt, a denial does not run on into what is plainly stated.

        One that denies what stands before it, such as `is not seen`, reaches to the next comma at most.
        """
        if any(first <= begin <= last for first, last in self._denials_after):
            return self._text.find(",", begin, end) if "," in self._text[begin:end] else end
        stated = _END_OF_DENIALS.search(self._text, begin, end)
        return end if stated is None else stated.start()

    def _begin_of_denial(self, begin: int, end: int) -> int:
        """Of names before a denial it is the last that is denied, or the list that an `and` or `or` makes of them."""
        comma = self._text.rfind(",", begin, end)
        last = self._text[comma + 1 : end]
        return begin if comma < 0 or not _NAMES_SOMETHING.match(last) or _JOINED.search(last) else comma + 1


def _within(place: int, stretches: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in stretches)
