import subprocess
import sys
from typing import Any

import pytest

from citemesh.errors import SettingsError
from citemesh.training.recipes.checks import Schedule, schedule_of
from citemesh.training.recipes.settings import Settings
from citemesh.training.result import weak_run_warnings


def schedule(rows: int, processes: int = 1, **changes: Any) -> Schedule:
    return schedule_of(Settings(**changes), rows, processes)


def test_an_epoch_takes_only_full_batches():
    assert schedule(100, batch_size=32).total_steps == 3
    assert schedule(100, batch_size=32, epochs=2).total_steps == 6
    assert schedule(100, batch_size=32, epochs=0.5).total_steps == 2


def test_steps_are_taken_as_given():
    assert schedule(100, steps=500).total_steps == 500


def test_warmup_is_a_tenth_of_all_steps_unless_given():
    assert schedule(100, steps=205).warmup_steps == 20
    assert schedule(100, steps=8).warmup_steps == 0
    assert schedule(100, steps=8, warmup_steps=7).warmup_steps == 7


@pytest.mark.parametrize("warmup", [8, 10_000])
def test_a_warmup_as_long_as_the_run_is_refused_with_both_numbers(warmup):
    with pytest.raises(SettingsError) as refused:
        schedule(100, steps=8, warmup_steps=warmup, learning_rate=2e-5)
    message = str(refused.value)
    assert f"{warmup} steps" in message
    assert "training 8" in message
    assert "would never reach 2e-05" in message


def test_a_warmup_is_measured_against_the_steps_that_epochs_make():
    with pytest.raises(SettingsError, match="warm-up takes 3 steps and the whole training 3"):
        schedule(100, batch_size=32, warmup_steps=3)


def test_several_processes_share_the_rows_of_a_step():
    assert schedule(640, processes=2, batch_size=32).total_steps == 10
    with pytest.raises(SettingsError, match="do not fill one batch of 64"):
        schedule(63, processes=2, batch_size=32)


def test_a_warmup_without_end_is_let_through_where_it_is_to_be_reproduced():
    found = schedule(100, steps=20, warmup_steps=10_000, endless_warmup=True, batch_size=16)
    assert (found.total_steps, found.warmup_steps) == (20, 10_000)


def test_checkpoints_come_five_times_and_at_least_every_500_steps():
    assert schedule(100, steps=40).save_steps == 8
    assert schedule(100, steps=1).save_steps == 1
    assert schedule(100, steps=100_000).save_steps == 500
    assert schedule(100, steps=40, save_steps=3).save_steps == 3


def test_rows_that_fill_no_batch_are_refused():
    with pytest.raises(SettingsError, match="31 rows, which do not fill one batch of 32"):
        schedule(31, batch_size=32)


@pytest.mark.parametrize(
    "changes",
    [
        {"batch_size": 1},
        {"steps": 0},
        {"steps": -3},
        {"epochs": 0.0},
        {"epochs": float("nan")},
        {"steps": 8, "epochs": 1.0},
        {"learning_rate": 0.0},
        {"learning_rate": float("inf")},
        {"warmup_steps": -1},
        {"weight_decay": -0.1},
        {"max_seq_length": 0},
        {"scale": 0.0},
        {"seed": -1},
        {"seed": 2**32},
        {"save_steps": 0},
        {"precision": "fp16"},
        {"mini_batch_size": 0},
        {"merge_weight": 0.0},
        {"merge_weight": 1.5},
        {"base_pull": 1.0},
        {"mask_probability": -0.1},
        {"patience": 0},
        {"loss": "biohicl"},
        {"source": "documents"},
        {"source": "titles", "in_batch_mask": "evidence"},
        {"batches": "composed"},
        {"group_by_length": True, "in_batch_mask": "none"},
        {"exploded": True, "negatives": 0},
    ],
)
def test_values_out_of_range_are_refused(changes):
    with pytest.raises(SettingsError):
        Settings(**changes)


def test_bicas_published_run_would_end_in_both_warnings():
    # 20 steps under a warm-up of 10,000: the rate climbs to 2e-5 * 19 / 10,000.
    moved, rate = weak_run_warnings(8e-6, 3.8e-8, 2e-5)
    assert "weights barely moved" in moved
    assert "never came near 2e-05" in rate


def test_a_sound_run_has_no_warning():
    assert weak_run_warnings(6e-4, 2e-5, 2e-5) == []


def test_the_command_is_imported_without_torch():
    code = (
        "import sys, citemesh.training.commands, citemesh.training.train;"
        "sys.exit(bool({'torch', 'transformers', 'datasets'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
