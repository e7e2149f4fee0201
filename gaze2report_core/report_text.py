"""Report text as a person reads it: whole sentences, each once, with capitals and full stops."""

import re

SHORTEST_SENTENCE = 3
"""Characters; what is shorter is left over from something else, such as the second full stop of two."""

_SENTENCE = re.compile(r"[^.!?]*(?:\.\d[^.!?]*)*[.!?]")
_MARK_OF_DEIDENTIFICATION = re.compile(r"x{3,}", re.IGNORECASE)
_ENUMERATION = re.compile(r"(?:^|(?<=[\s.]))\d{1,2}\s?[.)]\s+(?=[A-Z])")

_NOT_AFTER_AN_ADJECTIVE = "|".join(
    (
        *("and", "or", "are", "is", "was", "were", "be", "been", "has", "have", "had", "appear", "appears", "appeared"),
        *("of", "in", "on", "at", "to", "with", "within", "without", "from", "for", "as", "by", "since", "but", "than"),
        *("that", "which", "seen", "noted", "may", "can", "could", "will"),
    )
)
_MISSING_ADJECTIVE = rf"(?:XXXX )+(?!(?:{_NOT_AFTER_AN_ADJECTIVE})\b)"

_RESTORED = (
    # Words that IU X-Ray's de-identification took away although nothing but this word can stand there.
    (re.compile(r"\bx-\s?XXXX\b"), "x-ray"),
    (re.compile(r"\blymph XXXX\b"), "lymph nodes"),
    (re.compile(r"\bsternotomy XXXX\b"), "sternotomy wires"),
    (re.compile(r"\bThere (?:are|is) no XXXX of\b"), "There is no evidence of"),
    (re.compile(r"\bpulmonary XXXX (?=and mediastinum\b)", re.IGNORECASE), "pulmonary vasculature "),
    (re.compile(r"\bpulmonary XXXX (?=(?:are|is|appear|appears)\b)", re.IGNORECASE), "pulmonary vasculature "),
    (re.compile(r"^The XXXX (?=(?:are |appear )?(?:grossly )?intact\b)"), "The bones "),
    (re.compile(r"^(?:XXXX )+(?=(?:are )?(?:grossly )?intact\b)"), "Bones "),
    (re.compile(r"^(?:XXXX )+(?=and soft tissues\b)"), "Bones "),
    # An adjective that is missing before another word leaves a sentence that still says what it can; the article before
    # it becomes the one of that word.
    (re.compile(rf"\b([Aa])n? {_MISSING_ADJECTIVE}(?=[aeio]|u(?!ni))"), r"\1n "),
    (re.compile(rf"\b([Aa])n? {_MISSING_ADJECTIVE}(?=[a-z])"), r"\1 "),
    (re.compile(rf"\b{_MISSING_ADJECTIVE}(?=[a-z])"), ""),
)

_DENIES = frozenset(("no", "not", "without", "negative", "free", "clear"))
_SAYS_NOTHING = frozenset(
    word.rstrip("s")
    for word in (
        *("a", "an", "the", "there", "this", "it", "of", "in", "on", "at", "to", "and", "or", "with", "also", "again"),
        *("is", "are", "was", "were", "be", "has", "have", "seen", "noted", "present", "identified", "appear"),
        *("change", "unchanged", "stable", "within"),
    )
)
"""Words that add nothing to a sentence that has been said already; like all words here, without the s of a plural."""


def sentences(text: str) -> list[str]:
    """The whole sentences of a text; what comes after the last full stop is not one."""
    whole = text[: 1 + max(map(text.rfind, ".!?"))]  # beyond it, each letter would look for a full stop in vain
    found = (match.group().strip() for match in _SENTENCE.finditer(whole))
    return [sentence for sentence in found if len(sentence) >= SHORTEST_SENTENCE]


def capitalised(sentence: str) -> str:
    """With a capital at its beginning, which it may have lost with its first words."""
    return sentence[:1].upper() + sentence[1:]


def finished_report(text: str) -> str:
    """Drop a cut-off end, sentences that stammer, and those that only say again what was said; begin with capitals.

    A text without a single full stop is closed by one, and a first sentence always stays, so that a reader never gets
    nothing.
    """
    kept: list[str] = []
    for sentence in sentences(_whole_sentences(text)):
        if not kept or not (_stammers(sentence) or any(_says_again(sentence, earlier) for earlier in kept)):
            kept.append(sentence)
    return " ".join(kept)


def training_report(text: str) -> str:
    """A report of IU X-Ray as the model should learn to write it.

    Enumeration goes; words that de-identification took are put back where nothing else can stand there; sentences that
    still hold its mark go, since no reader must ever see it.
    """
    plain = _ENUMERATION.sub(" ", re.sub(r"\s+", " ", text)).strip()
    if plain and plain[-1] not in ".!?":
        plain += "."
    kept = (_restored(sentence) for sentence in sentences(plain))
    return _whole_sentences(" ".join(sentence for sentence in kept if not _MARK_OF_DEIDENTIFICATION.search(sentence)))


def _whole_sentences(text: str) -> str:
    whole = sentences(text) or sentences(f"{text.strip()}.")
    once = dict.fromkeys(capitalised(re.sub(r"\s+", " ", sentence).lstrip(" ,;:.-")) for sentence in whole)
    return " ".join(sentence for sentence in once if len(sentence) >= SHORTEST_SENTENCE)


def _says_again(sentence: str, earlier: str) -> bool:
    """Whether all that a sentence says, it says with words of an earlier one, and denies as much."""
    said, said_earlier = ({word.rstrip("s") for word in _words(text)} - _SAYS_NOTHING for text in (sentence, earlier))
    return bool(said) and said <= said_earlier and said & _DENIES == said_earlier & _DENIES


def _stammers(sentence: str) -> bool:
    """Whether three words in a row come twice within one sentence."""
    words = _words(sentence)
    triples = list(zip(words, words[1:], words[2:], strict=False))
    return len(set(triples)) < len(triples)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _restored(sentence: str) -> str:
    for pattern, replacement in _RESTORED:
        sentence = pattern.sub(replacement, sentence)
    return re.sub(r"\s+", " ", sentence)
