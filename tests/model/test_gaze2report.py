"""The joined model: prompt, loss, and what may be trained; the full-size preset without its seven billion numbers."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from gaze2report_core.model.config import PRESETS
from gaze2report_core.model.gaze2report import Gaze2ReportModel, StudyBatch
from gaze2report_core.model.language_model import train_with_gradient_checkpointing
from gaze2report_core.model.prompt import IGNORED, Prompt, report_tokens, token_positions
from gaze2report_core.presets import Variant, VisualTokens
from tests.small_model import REPORTS, SMALL, random_model, random_studies, small_config, small_tokenizer

TOKENIZER = small_tokenizer()
PROMPT = Prompt.of(SMALL.instruction, TOKENIZER)
TEXTS = list(REPORTS.values())[:2]  # of different lengths, so that one is padded


def test_the_prompt_is_the_papers() -> None:
    before, after = (TOKENIZER.decode(list(ids)) for ids in (PROMPT.before, PROMPT.after))
    assert before == "<s>Human: <Img:Gaze>"
    assert after == f"</Img:Gaze>, {SMALL.instruction}\nAssistant:"


def test_a_report_follows_the_prompt_and_ends_with_the_end_token() -> None:
    ids, mask = report_tokens(TEXTS, TOKENIZER)
    assert not mask.all()
    for row, counts, text in zip(ids, mask, TEXTS, strict=True):
        assert TOKENIZER.decode(row[counts].tolist()) == f" {text}</s>"
        assert (row[~counts] == TOKENIZER.pad_token_id).all()


def test_the_visual_gaze_token_stands_between_its_marks() -> None:
    model, studies = random_model(), random_studies()
    with torch.no_grad():
        tokens, _ = model.visual_gaze_tokens(studies)
        prompt, mask = model.prompt_embeddings(studies, PROMPT)
        embed = model.language_model.get_input_embeddings()
        for study in range(2):
            expected = torch.cat([embed(torch.tensor(PROMPT.before)), tokens[study], embed(torch.tensor(PROMPT.after))])
            torch.testing.assert_close(prompt[study], expected)
    assert tokens.shape == (2, 1, SMALL.language_model.width)
    assert mask.all()


def test_the_one_token_is_the_projection_of_h_graph() -> None:
    model, studies = random_model(), random_studies()
    with torch.no_grad():
        h_graph = model.fusion(studies.patches, studies.durations, studies.has_gaze).flatten(1, 2).mean(dim=1)
        torch.testing.assert_close(model.visual_gaze_tokens(studies)[0][:, 0], model.projection(h_graph))


@pytest.mark.parametrize("visual_tokens", VisualTokens)
@pytest.mark.parametrize("lateral", [True, False])
def test_the_loss_is_the_cross_entropy_of_report_tokens_alone(visual_tokens: VisualTokens, lateral: bool) -> None:
    model, studies = random_model(small_config(visual_tokens=visual_tokens)), random_studies(lateral=lateral)
    ids, mask = report_tokens(TEXTS, TOKENIZER)
    surprises = []
    with torch.no_grad():
        prompt, prompt_mask = model.prompt_embeddings(studies, PROMPT)
        embed = model.language_model.get_input_embeddings()
        for study in range(2):
            report = ids[study][mask[study]]
            # Alone, without padding and without the places of absent views: nothing but what counts.
            whole = torch.cat([prompt[study][prompt_mask[study]], embed(report)])
            logits = model.language_model(inputs_embeds=whole[None]).logits[0]
            surprises.append(functional.cross_entropy(logits[-len(report) - 1 : -1], report, reduction="none"))
        loss = model.loss(studies, PROMPT, ids, mask)
    torch.testing.assert_close(loss, torch.cat(surprises).mean())


def test_gradient_checkpointing_computes_layers_again_and_changes_no_gradient() -> None:
    model, studies = random_model().train(), random_studies()
    ids, mask = report_tokens(TEXTS, TOKENIZER)
    runs = 0

    def count(*_: object) -> None:
        nonlocal runs
        runs += 1

    def gradients() -> list[torch.Tensor]:
        asking = [parameter for parameter in model.parameters() if parameter.requires_grad]
        found = torch.autograd.grad(model.loss(studies, PROMPT, ids, mask), asking, allow_unused=True)
        return [gradient for gradient in found if gradient is not None]

    layer = model.language_model.get_base_model().model.layers[0]
    layer.self_attn.register_forward_hook(count)
    usual, once = gradients(), runs
    train_with_gradient_checkpointing(model.language_model)
    torch.testing.assert_close(gradients(), usual)
    assert (once, runs) == (1, 3)


def test_what_stands_on_padding_changes_no_loss() -> None:
    model, studies = random_model(), random_studies()
    ids, mask = report_tokens(TEXTS, TOKENIZER)
    with torch.no_grad():
        torch.testing.assert_close(
            model.loss(studies, PROMPT, ids, mask), model.loss(studies, PROMPT, ids.masked_fill(~mask, 77), mask)
        )


def test_all_labels_but_the_reports_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    model, studies = random_model(), random_studies()
    ids, mask = report_tokens(TEXTS, TOKENIZER)
    seen = {}
    forward = model.language_model.forward
    monkeypatch.setattr(model.language_model, "forward", lambda **given: seen.update(given) or forward(**given))
    model.loss(studies, PROMPT, ids, mask)
    labels = seen["labels"]
    assert (labels[:, : -ids.shape[1]] == IGNORED).all()
    torch.testing.assert_close(labels[:, -ids.shape[1] :], ids.masked_fill(~mask, -100))


@pytest.mark.parametrize("variant", Variant)
@pytest.mark.parametrize("visual_tokens", VisualTokens)
def test_what_stands_in_the_place_of_an_absent_view_has_no_influence(
    variant: Variant, visual_tokens: VisualTokens
) -> None:
    model = random_model(small_config(variant, visual_tokens))
    ids, mask = report_tokens(TEXTS, TOKENIZER)
    for absent in (0, 1):
        studies = random_studies()
        present = studies.view_present.clone()
        present[:, absent] = False
        other = studies.patches.clone()
        other[:, absent] = 1e3 * torch.rand(other[:, absent].shape)
        nobody = torch.zeros_like(studies.has_gaze)
        losses = [
            model.loss(StudyBatch(patches, present, studies.durations, nobody), PROMPT, ids, mask)
            for patches in (studies.patches, other)
        ]
        torch.testing.assert_close(*losses)


@pytest.mark.parametrize("visual_tokens", VisualTokens)
@pytest.mark.parametrize("variant", Variant)
def test_gaze_reaches_the_language_model_in_every_variant_but_base1(
    variant: Variant, visual_tokens: VisualTokens
) -> None:
    model, studies = random_model(small_config(variant, visual_tokens)), random_studies()
    with torch.no_grad():
        with_gaze, _ = model.visual_gaze_tokens(studies)
        unseen = replace(
            studies, durations=torch.zeros_like(studies.durations), has_gaze=torch.zeros_like(studies.has_gaze)
        )
        without, _ = model.visual_gaze_tokens(unseen)
    assert torch.equal(with_gaze, without) == (variant is Variant.BASE1)


def test_tokens_take_places_only_where_they_count() -> None:
    mask = torch.tensor([[1, 1, 0, 0, 1, 1], [1, 1, 1, 1, 1, 0]], dtype=torch.bool)
    counted = token_positions(mask)
    assert counted[0][mask[0]].tolist() == [0, 1, 2, 3]
    assert counted[1][mask[1]].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("variant", Variant)
def test_prompt_tuning_trains_fusion_projection_and_adapters_only(variant: Variant) -> None:
    model = random_model(small_config(variant))
    model.freeze_all_but_prompt_tuning()
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert {name.split(".")[0] for name in trained} == {"fusion", "projection", "language_model"}
    assert all("lora_" in name for name in trained if name.startswith("language_model."))
    assert trained >= {name for name, _ in model.named_parameters() if name.startswith(("fusion.", "projection."))}


def test_the_full_size_preset_trains_as_many_numbers_as_counted_by_hand() -> None:
    with torch.device("meta"):
        model = Gaze2ReportModel(PRESETS["gaze2report-llama2-7b"])
    model.freeze_all_but_prompt_tuning()

    language, film, patches, gaze, position = 4096, 768, 196, 64, 64  # widths, and the number of patches
    adapters = 32 * 2 * (language * 16 + 16 * language)  # 32 layers, q and v, down to rank 16 and up again
    projection = 2 * film + (film * language + language)  # layer norm, linear layer
    graph_block = (
        2 * film + (film * film + film)  # layer norm and the layer before the convolution
        + (film * film + film) + film * film  # convolution: neighbours with bias, the node itself without
        + (film * film + film)  # the layer after the convolution
        + 2 * film + (film * 2 * film + 2 * film) + (2 * film * film + film)  # layer norm, up to twice the width, down
    )  # fmt: skip
    graph = (
        patches * position  # e_i
        + ((film + gaze + position) * film + film)  # concat(V_i, G_i, e_i) inward
        + 2 * graph_block
    )
    fusion = 2 * film + 2 * film + gaze + graph  # layer norm, a vector for each view, the "no gaze" vector
    assert adapters == 8_388_608
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    assert trained == adapters + projection + fusion == 21_697_088
    published = sum(parameter.numel() for parameter in model.language_model.parameters()) - adapters
    assert published == 6_738_415_616  # Llama-2-7B
    assert {parameter.device.type for parameter in model.parameters()} == {"meta"}


def test_hidden_words_are_hidden_from_the_input_and_still_have_to_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    model, studies = random_model(), random_studies()
    ids, mask = report_tokens(TEXTS, TOKENIZER)
    seen = {}
    forward = model.language_model.forward
    monkeypatch.setattr(model.language_model, "forward", lambda **given: seen.update(given) or forward(**given))
    torch.manual_seed(0)
    model.loss(studies, PROMPT, ids, mask, hidden_share=0.5)
    words = seen["inputs_embeds"][:, -ids.shape[1] :]
    is_hidden = (words == 0).all(dim=-1)
    assert 0.3 < is_hidden.float().mean() < 0.7
    assert torch.equal(words[~is_hidden], model.language_model.get_input_embeddings()(ids)[~is_hidden])
    assert torch.equal(seen["labels"][:, -ids.shape[1] :], ids.masked_fill(~mask, IGNORED))
    prompt, _ = model.prompt_embeddings(studies, PROMPT)
    torch.testing.assert_close(seen["inputs_embeds"][:, : -ids.shape[1]], prompt)
