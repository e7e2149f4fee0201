"""The keyword mode: a report composed of one sentence after another, each for a keyword of the findings.

After the second stage of *Eyes on the Image* (arXiv:2508.13068): keywords, weighted by how sure the classifier is, are
laid out by region; the language model is asked for the sentence of each, without film or gaze; what it says of a film
without findings closes the report, where no keyword speaks against it.
"""

from collections.abc import Callable, Iterator, Sequence

from gaze2report_core.findings import Finding
from gaze2report_core.findings.keywords import Certainty, Keyword
from gaze2report_core.findings.labeller import Mention, label_sentence
from gaze2report_core.findings.phrase_book import IN_THE_LUNGS, LUNGS_ARE_CLEAR
from gaze2report_core.findings.prompts import finding_words, findings_prompt
from gaze2report_core.findings.regions import Region
from gaze2report_core.report_text import sentences

WriteTexts = Callable[[Sequence[str]], list[str]]
"""From findings prompts to one text each, by the language model alone."""


def keyword_report(keywords: Sequence[Keyword], write: WriteTexts) -> Iterator[str]:
    """The report as it grows by a sentence at a time, in the anatomical order of its keywords' first regions."""
    ordered = sorted(keywords, key=_place)
    prompts = [findings_prompt([(keyword.finding, keyword.side)]) for keyword in ordered]
    *texts, normal = write([*prompts, findings_prompt([])])
    said: list[str] = []
    for keyword, text in zip(ordered, texts, strict=True):
        said.append(_sentence_for(keyword, text))
        yield " ".join(dict.fromkeys(said))
    named = {keyword.finding for keyword in ordered}
    for sentence in sentences(normal):
        if _agrees(sentence, named):
            said.append(sentence)
            yield " ".join(dict.fromkeys(said))


def _place(keyword: Keyword) -> int:
    return list(Region).index(keyword.regions[0]) if keyword.regions else len(Region)


def _sentence_for(keyword: Keyword, text: str) -> str:
    """The first sentence that states the finding; where the model wrote none, the keyword itself."""
    for sentence in sentences(text):
        stated = {finding for finding, mention, _ in label_sentence(sentence) if mention is Mention.POSITIVE}
        if keyword.finding in stated:
            return sentence
    sides = frozenset({keyword.side}) if keyword.side is not None else frozenset()
    words = finding_words(keyword.finding, sides)
    sure = "" if keyword.certainty is Certainty.CERTAIN else f"{keyword.certainty} "
    return f"{sure}{words}.".capitalize()


def _agrees(sentence: str, named: set[Finding]) -> bool:
    """Whether a sentence of a normal report may stand beside the named findings: it speaks of none, and states none.

    Lungs with a finding are not called clear either.
    """
    if named & IN_THE_LUNGS and LUNGS_ARE_CLEAR.search(sentence):
        return False
    labels = label_sentence(sentence)
    return all(finding not in named and mention is not Mention.POSITIVE for finding, mention, _ in labels)
