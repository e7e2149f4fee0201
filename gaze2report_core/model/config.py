"""Every hyper-parameter of a Gaze2Report model, and the two presets."""

from dataclasses import asdict, dataclass, field
from typing import Any

from gaze2report_core.model.patch_encoder import LITE0, PatchEncoderConfig
from gaze2report_core.presets import FULL_SIZE, TINY, Variant, VisualTokens
from gaze2report_core.unreadable import UnreadableModel

FORMAT_VERSION = 1
"""Raised when a model folder written by an older version can no longer be read."""

INSTRUCTION = "Generate a comprehensive and detailed diagnosis report for this chest X-ray image."
"""The paper's instruction X_p (section 2, "Tokenization of Visual-gaze, Instruction, and Reports")."""


@dataclass(frozen=True)
class FusionConfig:
    """Visual-gaze fusion.

    Attributes
    ----------
    width
        W, of a node while it passes through the graph.
    gaze_width
        G, how many times the fixation time T_i is replicated into the gaze vector G_i.
    position_width
        Length of the learnt position e_i.
    neighbours
        k: how many patches each patch hears, those with the largest e_i·e_j.
    blocks
        Graph blocks, or attention blocks in Base-3.
    dropout
        Share of features that are dropped in training.
    visual_tokens
        One visual-gaze token as in the paper, or one for each node.
    """

    width: int = 768
    gaze_width: int = 64
    position_width: int = 64
    neighbours: int = 8
    blocks: int = 2
    dropout: float = 0.1
    visual_tokens: VisualTokens = VisualTokens.ONE


@dataclass(frozen=True)
class ScanpathPredictorConfig:
    """MedGaze's design: image memory, text query, a transformer decoder with one query per fixation.

    Attributes
    ----------
    foci
        K, between how many foci the eye moves, each with Gaussians of its own, and a twin of each in the mirror.
    width
        W, of film, words and fixations while they pass through the transformer.
    layers
        Of the decoder; one layer more reads the query.
    heads
        Attention heads of each layer, which divide `width`.
    dropout
        Share of features that are dropped in training.
    most_fixations
        L, how many fixations a reading has at most.
    longest_query
        Q at the most, in tokens; what is longer is cut.
    side_labels
        Of how many labels a `SideReader` tells the side; with none, sides come from the encoder's patches alone.
    """

    foci: int = 8
    width: int = 256
    layers: int = 4
    heads: int = 8
    dropout: float = 0.1
    most_fixations: int = 30
    longest_query: int = 32
    side_labels: int = 0


@dataclass(frozen=True)
class LanguageModelConfig:
    """A Llama of any size.

    Attributes
    ----------
    base
        The Hub id of the base weights, or nothing where they lie in the model's own folder `language_model/`.
    vocabulary_size
        How many tokens have an embedding; the tokenizer, which the scanpath predictor's queries share, has no more.
    width
        E, of a token's embedding, to which the visual-gaze token is projected.
    layers
        Transformer layers.
    heads
        Attention heads of each layer, which divide `width`.
    feed_forward_width
        Of the layer in between, within each transformer layer.
    longest_text
        Tokens, those of the prompt and of the report together.
    shares_embeddings
        Whether tokens are told at the end by the same weights that they are embedded by at the beginning.
    attention_dropout
        Share of attention weights that are dropped in training.
    """

    base: str | None = "meta-llama/Llama-2-7b-hf"
    vocabulary_size: int = 32_000
    width: int = 4096
    layers: int = 32
    heads: int = 32
    feed_forward_width: int = 11_008
    longest_text: int = 4096
    shares_embeddings: bool = False
    attention_dropout: float = 0.0


@dataclass(frozen=True)
class AdapterConfig:
    """Low-rank adapters on the language model; rank and scale as in section 3.

    Attributes
    ----------
    rank
        r, between the two small matrices that are learnt beside a large one.
    alpha
        What they add is multiplied by alpha / rank.
    dropout
        Share of what they read that is dropped in training.
    target_modules
        Which linear maps of each layer get them, by their names in transformers' Llama.
    """

    rank: int = 16
    alpha: int = 16
    dropout: float = 0.05
    target_modules: tuple[str, ...] = ("q_proj", "v_proj")


@dataclass(frozen=True)
class Gaze2ReportConfig:
    """A whole model. The six variants differ in `variant` alone.

    Attributes
    ----------
    variant
        How gaze and film are joined.
    encoder, scanpath, fusion, language_model, adapter
        Those of its parts.
    instruction
        X_p, what every prompt asks for.
    findings_prompt
        Whether the instruction is preceded by what the classifier of findings found.
    indication_prompt
        Whether the model was taught to read a study's indication, where one is given.
    view_check
        Whether the model can tell a lateral film from a frontal one by its looks.
    polarity_check
        Whether it can tell a negative, with bones dark, by its looks.
    guidance, length_penalty
        How this model's reports are decoded where nobody says otherwise, see `DecodingSettings`; its card's figures
        were made so.
    trained_on
        The collections that it learnt from, each with its terms.
    format_version
        That of its folder, see `FORMAT_VERSION`.
    """

    variant: Variant = Variant.GAZE2REPORT
    encoder: PatchEncoderConfig = field(default_factory=PatchEncoderConfig)
    scanpath: ScanpathPredictorConfig = field(default_factory=ScanpathPredictorConfig)
    fusion: FusionConfig = field(default_factory=FusionConfig)
    language_model: LanguageModelConfig = field(default_factory=LanguageModelConfig)
    adapter: AdapterConfig = field(default_factory=AdapterConfig)
    instruction: str = INSTRUCTION
    findings_prompt: bool = False
    indication_prompt: bool = False
    view_check: bool = False
    polarity_check: bool = False
    guidance: float = 1.0
    length_penalty: float = 1.0
    trained_on: tuple[str, ...] = ()
    format_version: int = FORMAT_VERSION

    def to_dict(self) -> dict[str, Any]:
        """Ready for `config.json`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Gaze2ReportConfig":
        """Read what `to_dict` wrote; raises `UnreadableModel` for a format that this version does not know."""
        if values["format_version"] != FORMAT_VERSION:
            raise UnreadableModel(
                f"The model has format version {values['format_version']}, this program reads {FORMAT_VERSION}. "
                "Install the version of gaze2report that wrote it."
            )
        fusion = dict(values["fusion"])
        adapter = dict(values["adapter"])
        return cls(
            variant=Variant(values["variant"]),
            encoder=PatchEncoderConfig(**values["encoder"]),
            scanpath=ScanpathPredictorConfig(**values["scanpath"]),
            fusion=FusionConfig(**{**fusion, "visual_tokens": VisualTokens(fusion["visual_tokens"])}),
            language_model=LanguageModelConfig(**values["language_model"]),
            adapter=AdapterConfig(**{**adapter, "target_modules": tuple(adapter["target_modules"])}),
            instruction=values["instruction"],
            findings_prompt=values.get("findings_prompt", False),
            indication_prompt=values.get("indication_prompt", False),
            guidance=values["guidance"],
            view_check=values.get("view_check", False),  # models of earlier versions have none
            polarity_check=values.get("polarity_check", False),  # nor this
            length_penalty=values["length_penalty"],
            trained_on=tuple(values["trained_on"]),
        )


PRESETS: dict[str, Gaze2ReportConfig] = {
    FULL_SIZE: Gaze2ReportConfig(),
    TINY: Gaze2ReportConfig(
        findings_prompt=True,
        encoder=LITE0,
        scanpath=ScanpathPredictorConfig(width=128, layers=2, heads=4),
        fusion=FusionConfig(width=256, gaze_width=16, position_width=32, dropout=0.2),
        language_model=LanguageModelConfig(
            base=None,
            vocabulary_size=2_000,
            width=256,
            layers=4,
            heads=4,
            feed_forward_width=704,
            longest_text=640,
            shares_embeddings=True,
            attention_dropout=0.1,
        ),
        adapter=AdapterConfig(
            target_modules=("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
        ),
    ),
}
