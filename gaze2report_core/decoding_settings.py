"""How a report is written: the likeliest words, drawn ones, or the likeliest text, and within which limits."""

from dataclasses import asdict, dataclass, replace
from numbers import Integral
from typing import Any, Literal

LEAST_TEMPERATURE, MOST_TEMPERATURE = 0.05, 5.0
MOST_TOKENS = 512
"""Of a report."""


_OF_METHOD = {"sample": ("temperature", "seed"), "beam": ("num_beams", "length_penalty")}
"""Settings that one method alone looks at."""


class SettingsRefused(ValueError):
    """Settings out of range, or without effect where they were given; the message says which values are allowed."""


def whole_number(value: object, what: str, least: int, most: int) -> int:
    """The value of the setting that is called `what`; raises SettingsRefused unless it is whole and in its range."""
    if not isinstance(value, Integral) or not least <= int(value) <= most:
        raise SettingsRefused(f"The {what} must be a whole number from {least} to {most}.")
    return int(value)


def checked_seed(seed: object) -> int:
    """A seed that PyTorch takes; raises SettingsRefused for what is none."""
    return whole_number(seed, "seed", 0, 2**63 - 1)


@dataclass(frozen=True)
class DecodingSettings:
    """How a report is written.

    Attributes
    ----------
    method
        The likeliest word each time (`greedy`), a draw (`sample`), or the likeliest text among `num_beams` (`beam`).
    temperature
        Of `sample`: below one, likely words are drawn more often; above one, unlikely ones are.
    seed
        Of `sample`: the same seed gives the same text.
    num_beams
        Of `beam`: how many texts are followed at once; with one, it writes what `greedy` writes.
    max_new_tokens
        A report that is not at its end after this many tokens is cut off, back to its last whole sentence.
    guidance
        How far to favour words that the film, and what is told beside it, makes likelier, see `FilmGuidance`; one: not
        at all. Without a value, as the model's configuration says.
    length_penalty
        Of `beam` with several beams: above one, longer reports are preferred. Without a value, as the model's
        configuration says.
    unrevised
        Keep a finished report as the language model wrote it, even where it contradicts its prompt.
    findings_threshold
        Factor on the decision thresholds of the findings that the prompt names: below one, it names more of them.
    hedged
        Say a finding that is less likely than not as possible, where the report would else state it as a fact.
    """

    method: Literal["greedy", "sample", "beam"] = "greedy"
    temperature: float = 1.0
    seed: int = 0
    num_beams: int = 3
    max_new_tokens: int = 160
    guidance: float | None = None
    length_penalty: float | None = None
    unrevised: bool = False
    findings_threshold: float = 1.0
    hedged: bool = False

    def __post_init__(self) -> None:
        if self.method not in ("greedy", "sample", "beam"):
            raise SettingsRefused(f"There is no way of decoding called {self.method!r}: use greedy, sample or beam.")
        if not LEAST_TEMPERATURE <= self.temperature <= MOST_TEMPERATURE:
            raise SettingsRefused(f"The temperature must be between {LEAST_TEMPERATURE:g} and {MOST_TEMPERATURE:g}.")
        whole = {
            "seed": checked_seed(self.seed),
            "num_beams": whole_number(self.num_beams, "number of beams", 1, 16),
            "max_new_tokens": whole_number(self.max_new_tokens, "number of tokens of a report", 1, MOST_TOKENS),
        }
        for name, value in whole.items():  # NumPy's whole numbers are none in JSON
            object.__setattr__(self, name, value)
        if self.guidance is not None and not 1 <= self.guidance <= 10:
            raise SettingsRefused("Guidance must be between 1 (none) and 10.")
        if self.length_penalty is not None and not 0 <= self.length_penalty <= 5:
            raise SettingsRefused("The length penalty must be between 0 and 5.")
        if not 0.05 <= self.findings_threshold <= 20:
            raise SettingsRefused("The factor of the findings' thresholds must be between 0.05 and 20.")
        if self.hedged and self.unrevised:
            raise SettingsRefused("A report that is not revised is not hedged either: leave out one of the two.")
        self._refuse_what_the_method_ignores()

    def _refuse_what_the_method_ignores(self) -> None:
        """Whoever gives another method's settings means that method, which only `method` asks for."""
        for method, names in _OF_METHOD.items():
            ignored = [name for name in names if getattr(self, name) != getattr(DecodingSettings, name)]
            if ignored and self.method != method:
                raise SettingsRefused(
                    f"The setting {ignored[0]} has an effect where the method is {method} alone: "
                    f"give method={method!r} as well, or leave it out."
                )

    def completed(self, *, guidance: float, length_penalty: float) -> "DecodingSettings":
        """These settings with a model's own values where they say none and the method uses one."""
        completed = replace(self, guidance=guidance if self.guidance is None else self.guidance)
        if self.compares_lengths and self.length_penalty is None:
            completed = replace(completed, length_penalty=length_penalty)
        return completed

    @property
    def compares_lengths(self) -> bool:
        """Whether a length penalty has any effect: it only ranks the texts of several beams."""
        return self.method == "beam" and self.num_beams > 1

    def to_dict(self) -> dict[str, Any]:
        """Only what this method uses, ready for JSON."""
        used = {
            "greedy": ("method", "guidance", "max_new_tokens"),
            "sample": ("method", "temperature", "seed", "guidance", "max_new_tokens"),
            "beam": ("method", "num_beams", "guidance", "max_new_tokens"),
        }[self.method]
        if self.compares_lengths:
            used = (*used, "length_penalty")
        values = {name: value for name, value in asdict(self).items() if name in used}
        if self.findings_threshold != 1:
            values["findings_threshold"] = self.findings_threshold
        asked = {"unrevised": self.unrevised, "hedged": self.hedged}
        return values | {name: True for name, is_asked in asked.items() if is_asked}
