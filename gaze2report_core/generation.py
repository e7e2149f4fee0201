"""From prompt to text: a batched loop that yields after every token, and beam search, which yields once."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor
from transformers import (
    DynamicCache,
    LogitsProcessorList,
    PreTrainedTokenizerBase,
    StoppingCriteria,
    StoppingCriteriaList,
)
from transformers.generation.logits_process import NoRepeatNGramLogitsProcessor

from gaze2report_core.guidance import FilmGuidance
from gaze2report_core.model.prompt import token_positions
from gaze2report_core.report_text import finished_report

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM

LONGEST_REPEAT = 6
"""No run of this many tokens is written twice in a report: longer than "there is no" and the like, which recur in sound
reports, shorter than a sentence. Not tuned."""


LEAST_TEMPERATURE, MOST_TEMPERATURE = 0.05, 5.0
MOST_TOKENS = 512
"""Of a report."""

Stop = Callable[[], bool]
"""Asked after every token: true once nobody waits for the rest of the text any more."""


def never() -> bool:
    """Of texts that are written to their end."""
    return False


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

    def completed(self, *, guidance: float, length_penalty: float) -> "DecodingSettings":
        """These settings with a model's own values where they say none."""
        return replace(
            self,
            guidance=guidance if self.guidance is None else self.guidance,
            length_penalty=length_penalty if self.length_penalty is None else self.length_penalty,
        )

    @property
    def compares_lengths(self) -> bool:
        """Whether a length penalty means anything: a text alone is compared with none."""
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
        return values | ({"unrevised": True} if self.unrevised else {})


class ReportWriter:
    """Writes reports from prompt embeddings with one language model."""

    def __init__(self, language_model: "LlamaForCausalLM", tokenizer: PreTrainedTokenizerBase) -> None:
        self.language_model = language_model
        self.tokenizer = tokenizer

    def forget_words(self) -> None:
        """Forget how the last words were cut into tokens, those of indications and of queries among them."""
        tokenizer = getattr(self.tokenizer, "backend_tokenizer", None)  # none of those that are written in Python
        forget = getattr(tokenizer and tokenizer.model, "_clear_cache", None)  # nor has each kind a memory
        if forget is not None:
            forget()

    def stream(
        self, prompt: Tensor, mask: Tensor, settings: DecodingSettings, without_film: Tensor, stop: Stop = never
    ) -> Generator[tuple[list[str], bool], None, None]:
        """Write B reports at once.

        Parameters
        ----------
        prompt
            Embeddings up to `Assistant:`, `(B, P, L)`; `mask` `(B, P)` is true where they count.
        without_film
            The bare instruction, with nothing between its image-and-gaze marks and told of neither findings nor
            indication, `(1, P, L)`, which guidance contrasts with.
        stop
            Once it is true, the texts end with the current token, unfinished; nothing is written where it is true from
            the start.

        Yields
        ------
        tuple[list[str], bool]
            The B texts so far, and whether this is the end; finished ones are whole sentences. Closing the generator
            stops the computing after the current token. Beam search yields once, so that only `stop` ends it sooner:
            then with the likeliest beginnings that it has found.
        """
        if stop():
            return
        if settings.method == "beam":
            yield self._beam_search(prompt, mask, settings, without_film, stop)
            return
        written: list[list[int]] = [[] for _ in range(len(prompt))]
        for tokens in self._tokens(prompt, mask, settings, without_film):
            for row, token in zip(written, tokens, strict=True):
                if token is not None:
                    row.append(token)
            yield [self._text(row) for row in written], False
            if stop():
                return
        yield [finished_report(self._text(row)) for row in written], True

    @torch.inference_mode()
    def _beam_search(
        self, prompt: Tensor, mask: Tensor, settings: DecodingSettings, without_film: Tensor, stop: Stop
    ) -> tuple[list[str], bool]:
        """The likeliest texts, and whether they are finished rather than stopped."""
        compared = settings.compares_lengths and settings.length_penalty is not None  # of one beam transformers warns
        length_penalty = settings.length_penalty if compared else 1.0
        stopping = _Stopping(stop)
        rows: Tensor = self.language_model.generate(
            inputs_embeds=prompt,
            attention_mask=mask.long(),
            num_beams=settings.num_beams,
            do_sample=False,
            max_new_tokens=settings.max_new_tokens,
            length_penalty=length_penalty,
            logits_processor=self._processors(settings, without_film),
            stopping_criteria=StoppingCriteriaList([stopping]),
            pad_token_id=self.tokenizer.pad_token_id,
            eos_token_id=self.tokenizer.eos_token_id,
        )
        texts = [self._text(row) for row in rows.tolist()]
        return (texts, False) if stopping.stopped else ([finished_report(text) for text in texts], True)

    def _processors(self, settings: DecodingSettings, without_film: Tensor) -> LogitsProcessorList:
        strength = settings.guidance or 1
        guidance = [FilmGuidance(self.language_model, without_film, strength)] if strength > 1 else []
        # Guidance comes last: among the words that may still be written there is always one plausible enough for it.
        return LogitsProcessorList([NoRepeatNGramLogitsProcessor(LONGEST_REPEAT), *guidance])

    def _tokens(
        self, prompt: Tensor, mask: Tensor, settings: DecodingSettings, without_film: Tensor
    ) -> Iterator[list[int | None]]:
        """The next token of each report, or nothing where a report has ended."""
        cache = DynamicCache()
        processors = self._processors(settings, without_film)
        draws = torch.Generator().manual_seed(settings.seed)
        embeddings = self.language_model.get_input_embeddings()
        so_far = torch.empty((len(prompt), 0), dtype=torch.long, device=prompt.device)
        ended = torch.zeros(len(prompt), dtype=torch.bool, device=prompt.device)
        inputs, attention = prompt, mask.long()
        for _ in range(settings.max_new_tokens):
            with torch.inference_mode():
                logits = next_token_logits(self.language_model, inputs, attention, cache)
                token = _choose(processors(so_far, logits), settings, draws)  # type: ignore[arg-type] # (B,)
                ended = ended | (token == self.tokenizer.eos_token_id)
                so_far = torch.cat([so_far, token[:, None]], dim=1)
                inputs = embeddings(token)[:, None]  # (B, 1, L)
                attention = torch.cat([attention, torch.ones_like(attention[:, :1])], dim=1)
            if ended.all():
                return
            yield [None if stop else chosen for chosen, stop in zip(token.tolist(), ended.tolist(), strict=True)]

    def _text(self, tokens: list[int]) -> str:
        return str(self.tokenizer.decode(tokens, skip_special_tokens=True)).strip()


class _Stopping(StoppingCriteria):
    """Asks `stop` after every token; once it is true all beams count as ended, and so the search is over."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self.stopped = False

    def __call__(self, input_ids: Tensor, scores: object, **_: object) -> Tensor:
        """Texts so far `(B · beams, T)` → which of them end here, `(B · beams)`."""
        self.stopped = self.stopped or self._stop()
        return torch.full((len(input_ids),), self.stopped, device=input_ids.device)


def next_token_logits(language_model: Any, inputs: Tensor, attention: Tensor, cache: DynamicCache) -> Tensor:
    """The language model's logits for the next token of B texts, `(B, vocabulary)`.

    `inputs` `(B, P, L)` are the embeddings that the cache has not seen yet; `attention` `(B, T)` says of all so far,
    these included, which count.
    """
    return language_model(
        inputs_embeds=inputs,
        attention_mask=attention,
        position_ids=token_positions(attention)[:, -inputs.shape[1] :],
        cache=cache,
        use_cache=True,
        logits_to_keep=1,
    ).logits[:, -1]


def _choose(logits: Tensor, settings: DecodingSettings, draws: torch.Generator) -> Tensor:
    """The next token of each row `(B,)`.

    All rows share one draw, so that two reports sampled side by side differ only where their probabilities do.
    """
    if settings.method == "greedy":
        return logits.argmax(dim=-1)
    probabilities = torch.softmax(logits.float() / settings.temperature, dim=-1)
    likely_first, order = probabilities.sort(dim=-1, descending=True)
    reached = likely_first.cumsum(dim=-1)  # (B, vocabulary), up to one but for rounding
    draw = torch.rand(1, generator=draws).to(logits.device) * reached[:, -1:]
    rank = (reached < draw).sum(dim=-1, keepdim=True)  # (B, 1)
    return order.gather(1, rank).squeeze(1)
