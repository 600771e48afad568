"""Heads that look where they should, the optimiser, and starting from another encoder."""

from pathlib import Path
from typing import Any

import pytest
import torch

from annotations.errors import InputError
from model.tokenizers import SyllableTokenizer
from training.pretrain.config import PretrainConfig
from training.pretrain.encoder_folder import start_from, write_encoder
from training.pretrain.network import OFFSETS, MaskedLanguageModel, build
from training.pretrain.optimizer import MasterOptimizer, rate_factor

SMALL: dict[str, Any] = {
    "text": [Path("x")],
    "steps": 1,
    "layers": 2,
    "width": 128,
    "heads": 4,
    "feed_forward": 64,
    "positions": 64,
    "length": 32,
    "final_length": 64,
}


def attention(position_heads: bool, layer: int) -> torch.Tensor:
    network = build(PretrainConfig(**SMALL, position_heads=position_heads), 500, 1, "eager")
    ids = torch.randint(8, 500, (16, 40), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        return network.roberta(ids, output_attentions=True).attentions[layer].mean(0)


@pytest.mark.parametrize("layer", [0, 1])
def test_heads_start_looking_at_their_neighbours(layer: int) -> None:
    looked = attention(position_heads=True, layer=layer)
    inner = torch.arange(4, 36)
    for head, offset in enumerate(OFFSETS[layer]):
        hits = (looked[head, inner].argmax(-1) == inner + offset).float().mean()
        assert hits > 0.9, (head, offset)


def test_without_them_attention_starts_flat() -> None:
    assert attention(position_heads=False, layer=0).max() < 0.1


def test_the_loss_is_that_of_the_ordinary_network() -> None:
    network = build(PretrainConfig(**SMALL), 500, 1, "eager")
    ids = torch.randint(8, 500, (3, 20))
    labels = torch.full_like(ids, -100)
    labels[:, 3:6] = ids[:, 3:6]
    positions = (torch.arange(20) + 2).expand(3, 20)
    places = (labels.flatten() != -100).nonzero().flatten()
    loss, right = MaskedLanguageModel(network)(ids, positions, places, labels.flatten()[places])
    expected = network(ids, labels=labels)
    assert torch.allclose(loss, expected.loss, atol=1e-5)
    assert right == (expected.logits.argmax(-1) == labels).sum()


def test_steps_in_bf16_follow_the_masters() -> None:
    config = PretrainConfig(**SMALL)
    network = build(config, 500, 1, "eager").bfloat16()
    optimizer = MasterOptimizer(network, config)
    ids = torch.randint(8, 500, (4, 20))
    for _ in range(3):
        network(ids, labels=ids).loss.backward()
        optimizer.step(1.0)
    weights = list(network.parameters())
    for weight, master in zip(weights, optimizer.masters(), strict=True):
        assert master.dtype == torch.float32
        assert torch.equal(weight, master.to(torch.bfloat16))
        assert weight.grad is None


def test_training_lowers_the_loss() -> None:
    config = PretrainConfig(**SMALL)
    network = build(config, 500, 1, "eager")
    optimizer = MasterOptimizer(network, config)
    ids = torch.randint(8, 500, (4, 20))
    losses = []
    for _ in range(20):
        loss = network(ids, labels=ids).loss
        loss.backward()
        optimizer.step(1.0)
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]


def test_the_rate_rises_holds_and_falls_to_zero() -> None:
    config = PretrainConfig(text=[Path("x")], steps=100, warmup_steps=10, decay=0.5)
    rates = [rate_factor(step, step / 100, config) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[10:50] == [1.0] * 40
    assert rates[75] == pytest.approx(0.5)
    assert rates[100] == 0.0


def test_pieces_are_found_by_their_spelling(tmp_path: Path) -> None:
    first = SyllableTokenizer.train(["xã đạt kế hoạch hòa thuận"] * 30, 800)
    second = SyllableTokenizer.train(["huyện đạt nghị quyết hòa bình"] * 30, 700)
    source = build(PretrainConfig(**SMALL, seed=1), first.vocab_size, 1, "eager")
    write_encoder(source, first, tmp_path / "encoder")
    target = build(PretrainConfig(**SMALL, seed=2), second.vocab_size, 1, "eager")
    before = target.roberta.embeddings.word_embeddings.weight.clone()
    found = start_from(target, second, tmp_path / "encoder")
    shared = set(first.pieces()) & set(second.pieces())
    assert found == len(shared) < second.vocab_size
    after = target.roberta.embeddings.word_embeddings.weight
    kept = source.roberta.embeddings.word_embeddings.weight.bfloat16().float()
    for number, piece in enumerate(second.pieces()):
        expected = kept[first.pieces().index(piece)] if piece in shared else before[number]
        assert torch.equal(after[number], expected), piece
    layer = "roberta.encoder.layer.0.attention.self.query.weight"
    assert torch.equal(target.state_dict()[layer], source.state_dict()[layer].bfloat16().float())


def test_an_encoder_of_another_shape_is_refused(tmp_path: Path) -> None:
    tokenizer = SyllableTokenizer.train(["xã đạt kế hoạch"] * 30, 700)
    write_encoder(
        build(PretrainConfig(**SMALL), tokenizer.vocab_size, 1, "eager"), tokenizer, tmp_path / "encoder"
    )
    other = build(PretrainConfig(**SMALL | {"width": 64}), tokenizer.vocab_size, 1, "eager")
    with pytest.raises(InputError, match="another shape"):
        start_from(other, tokenizer, tmp_path / "encoder")
    with pytest.raises(InputError, match="holds no encoder"):
        start_from(other, tokenizer, tmp_path)
