"""Averaging with the base is exact; the pull takes back its share, whatever the schedule."""

import pytest
import torch
from transformers import Trainer, TrainingArguments

from citemesh.training.models.merge import BasePull, average, linear_rates
from citemesh.training.recipes.checks import Schedule

#: Warm-ups as recipes have them; the last never ends (BiCA as published).
SCHEDULES = [Schedule(total, warmup, 1, 1) for total, warmup in [(20, 0), (20, 2), (7, 6), (4, 90)]]


class Net(torch.nn.Module):
    """Tied weights, a frozen one, buffers of both kinds, and a loss without a gradient."""

    mean: torch.Tensor
    ids: torch.Tensor

    def __init__(self, value):
        super().__init__()
        self.inner = torch.nn.Linear(3, 3)
        self.tied = self.inner
        self.frozen = torch.nn.Parameter(torch.full((2,), float(value)), requires_grad=False)
        self.register_buffer("mean", torch.full((2,), float(value)))
        self.register_buffer("ids", torch.arange(3) + int(value))
        torch.nn.init.constant_(self.inner.weight, value)
        torch.nn.init.constant_(self.inner.bias, -value)

    def forward(self, x):
        return {"loss": 0.0 * self.inner(x).sum()}


class Ones(torch.utils.data.Dataset[dict[str, torch.Tensor]]):
    def __len__(self):
        return 64

    def __getitem__(self, index):
        return {"x": torch.ones(3)}


def weights_of(net):
    return {name: weight.detach().clone() for name, weight in net.state_dict().items()}


@pytest.mark.parametrize("weight", [0.0, 0.25, 0.5, 1.0])
def test_the_average_is_exact_and_whole_numbers_stay(weight):
    base, trained = Net(1.0), Net(5.0)
    average(base.state_dict(), trained, weight)
    expected = 5.0 * weight + 1.0 * (1 - weight)
    assert trained.inner.weight.eq(expected).all()  # once, though two names lead to it
    assert trained.inner.bias.eq(-expected).all()
    assert trained.frozen.eq(expected).all()
    assert trained.mean.eq(expected).all()
    assert trained.ids.tolist() == [5, 6, 7]


def test_what_the_base_leaves_out_stays_trained():
    trained = Net(5.0)
    average({"inner.weight": torch.zeros(3, 3)}, trained, 0.5)
    assert trained.inner.weight.eq(2.5).all()
    assert trained.mean.eq(5.0).all()


def test_a_base_with_other_weights_is_no_base():
    with pytest.raises(KeyError, match="other"):
        average({"other": torch.zeros(1)}, Net(1.0), 0.5)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_rates_are_those_of_transformers(schedule):
    from transformers import get_linear_schedule_with_warmup

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=1.0)
    scheduler = get_linear_schedule_with_warmup(
        optimizer, schedule.warmup_steps, schedule.total_steps
    )
    applied = []
    for _ in range(schedule.total_steps):
        applied.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    assert linear_rates(schedule) == pytest.approx(applied)


@pytest.mark.parametrize("share", [0.1, 0.9])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_run_with_gradients_of_zero_takes_back_the_share(tmp_path, schedule, share):
    net = Net(1.0)
    base = {n: w.detach().clone() for n, w in net.named_parameters() if w.requires_grad}
    torch.nn.init.constant_(net.inner.weight, 3.0)
    untouched = weights_of(net)
    arguments = TrainingArguments(
        output_dir=str(tmp_path), max_steps=schedule.total_steps, lr_scheduler_type="linear",
        warmup_steps=schedule.warmup_steps, weight_decay=0.0, learning_rate=1e-3, use_cpu=True,
        report_to="none", save_strategy="no", disable_tqdm=True, per_device_train_batch_size=2,
    )  # fmt: skip
    pull = BasePull(base, net, share, schedule)
    Trainer(net, arguments, train_dataset=Ones(), callbacks=[pull]).train()
    left = (net.inner.weight.detach() - 1.0) / 2.0
    assert left == pytest.approx(torch.full((3, 3), 1.0 - share), abs=1e-5)
    for name in ("frozen", "mean", "ids", "inner.bias"):
        assert weights_of(net)[name].equal(untouched[name])


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_more_a_step_learns_the_more_it_takes_back(schedule):
    rates = linear_rates(schedule)
    pull = BasePull({}, Net(1.0), 0.3, schedule)
    pulls = [pull.pull_of(rate) for rate in rates]
    assert sorted(range(len(rates)), key=rates.__getitem__) == sorted(
        range(len(rates)), key=pulls.__getitem__
    )
    assert all(p == 0 for p, rate in zip(pulls, rates, strict=True) if rate == 0)


def test_a_whole_share_ends_at_the_base():
    assert BasePull({}, Net(1.0), 1.0, SCHEDULES[0]).pull_of(0.5) == 1.0
