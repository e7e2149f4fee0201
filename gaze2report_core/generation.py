"""From prompt to text: a batched loop that yields after every token, and beam search, which yields once."""

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

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

from gaze2report_core.decoding_settings import DecodingSettings
from gaze2report_core.guidance import FilmGuidance
from gaze2report_core.model.prompt import token_positions
from gaze2report_core.report_text import finished_report

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM

RUN_WRITTEN_ONCE = 6
"""No run of this many tokens is written twice in a report: longer than "there is no" and the like, which recur in sound
reports, shorter than a sentence. Not tuned."""

Stop = Callable[[], bool]
"""Asked after every token: true once nobody waits for the rest of the text any more."""


def never() -> bool:
    """Of texts that are written to their end."""
    return False


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
            Embeddings up to `Assistant:`, `(B, P, E)`; `mask` `(B, P)` is true where they count.
        without_film
            The bare instruction, with nothing between its image-and-gaze marks and told of neither findings nor
            indication, `(1, P, E)`, which guidance contrasts with.
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
        return LogitsProcessorList([NoRepeatNGramLogitsProcessor(RUN_WRITTEN_ONCE), *guidance])

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
                inputs = embeddings(token)[:, None]  # (B, 1, E)
                attention = torch.cat([attention, torch.ones_like(attention[:, :1])], dim=1)
            if ended.all():
                return
            yield [None if over else chosen for chosen, over in zip(token.tolist(), ended.tolist(), strict=True)]

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
    """The language model's logits for the next token of B texts, `(B, vocabulary)`, whatever it computes in.

    `inputs` `(B, P, E)` are the embeddings that the cache has not seen yet; `attention` `(B, T)` says of all so far,
    these included, which count.
    """
    return (
        language_model(
            inputs_embeds=inputs,
            attention_mask=attention,
            position_ids=token_positions(attention)[:, -inputs.shape[1] :],
            cache=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        .logits[:, -1]
        .float()
    )


def _choose(logits: Tensor, settings: DecodingSettings, draws: torch.Generator) -> Tensor:
    """The next token of each row `(B,)`.

    All rows share one draw, so that two reports sampled side by side differ only where their probabilities do.
    """
    if settings.method == "greedy":
        return logits.argmax(dim=-1)
    probabilities = torch.softmax(logits / settings.temperature, dim=-1)
    likely_first, order = probabilities.sort(dim=-1, descending=True)
    reached = likely_first.cumsum(dim=-1)  # (B, vocabulary), up to one but for rounding
    draw = torch.rand(1, generator=draws).to(logits.device) * reached[:, -1:]
    rank = (reached < draw).sum(dim=-1, keepdim=True)  # (B, 1)
    return order.gather(1, rank).squeeze(1)
