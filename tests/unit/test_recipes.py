"""Recipes: every value typed and sourced; what a user changes is checked and shown."""

from dataclasses import fields

import pytest
from click.testing import CliRunner

from benchmarks.recipe_pages import PAGE, page_with_recipes
from citemesh.errors import InputError, SettingsError
from citemesh.training.recipes.changes import read_changes, shown
from citemesh.training.recipes.commands import recipes
from citemesh.training.recipes.settings import Settings
from citemesh.training.recipes.shelf import RECIPES, find_recipe
from citemesh.training.recipes.show import recipe_page

NAMES = [field.name for field in fields(Settings)]
EVERY = [(r.name, v) for r in RECIPES.values() for v in (r.variants or [None])]


@pytest.mark.parametrize(("name", "variant"), EVERY)
def test_every_variant_makes_settings_and_says_where_each_value_is_from(name, variant):
    recipe = RECIPES[name]
    settings = recipe.settings(variant, {})
    chosen = recipe.chosen(variant)
    assert list(chosen) == NAMES
    for setting in NAMES:
        assert getattr(settings, setting) == chosen[setting].value
        assert chosen[setting].source.strip()
        assert chosen[setting].source != "None"
    assert {*recipe.values, *(recipe.variants[variant] if variant else {})} <= set(NAMES)
    assert recipe.base_model.value
    assert recipe.needs
    assert recipe.paper


@pytest.mark.parametrize(("name", "variant"), EVERY)
def test_a_value_that_is_shown_is_read_back_as_it_was(name, variant):
    settings = RECIPES[name].settings(variant, {})
    for setting in NAMES:
        value = getattr(settings, setting)
        if value is None and setting in ("steps", "epochs"):
            continue
        word = f"{setting}={shown(value)}".replace("\n", "\\n")
        assert read_changes([word]) == {setting: value}


def test_what_the_papers_say_is_what_the_recipes_have():
    published = RECIPES["bica"].settings("as_published", {})
    assert (published.steps, published.warmup_steps, published.batch_size) == (20, 10_000, 16)
    assert published.exploded and published.batches == "shuffled" and published.scale == 20
    biohicl = RECIPES["biohicl"].settings(None, {})
    assert (biohicl.beta, biohicl.contrastive_weight, biohicl.lora_rank > 0) == (0.3, 0.1, True)
    assert biohicl.contrastive_variant == "weighted_outside" and not biohicl.check_tags
    stage2 = RECIPES["bmretriever"].settings("stage2", {})
    assert stage2.query_prompt.endswith("\nQuery: ")
    assert stage2.passage_prompt == "Represent this passage\npassage: "
    assert (stage2.negatives, stage2.negatives_choice) == (1, "sampled")
    assert (stage2.pooling, stage2.similarity, stage2.append_eos) == ("last_token", "dot", True)


def test_a_run_that_never_trains_is_allowed_by_one_name_alone():
    endless = [(n, v) for n, v in EVERY if RECIPES[n].settings(v, {}).endless_warmup]
    assert endless == [("bica", "as_published")]
    for name in RECIPES:
        with pytest.raises(SettingsError, match="endless_warmup cannot be changed"):
            RECIPES[name].settings(None, {"endless_warmup": True})


def test_steps_take_the_place_of_a_recipes_epochs_and_the_other_way_round():
    assert RECIPES["citemesh"].settings(None, {"steps": 5}).epochs is None
    published = RECIPES["bica"].settings("as_published", {"epochs": 1.0})
    assert published.steps is None


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("learning_rat=1", "Did you mean learning_rate?"),
        ("xyzzy=1", "recipes show"),
        ("steps", "Give name=value"),
        ("steps=many", "Give a whole number or none"),
        ("batch_size=none", "Give a whole number"),
        ("learning_rate=fast", "Give a number"),
        ("append_eos=perhaps", "Give true or false"),
    ],
)
def test_a_wrong_change_is_refused_with_what_can_be(word, said):
    with pytest.raises(SettingsError) as refused:
        read_changes([word])
    assert said in str(refused.value)


def test_a_file_gives_settings_and_a_word_goes_before_it(tmp_path):
    file = tmp_path / "my.toml"
    file.write_text('steps = 7\nlearning_rate = 1\npatience = "none"\nquery_prompt = "q: "\n')
    found = read_changes(["steps=9"], file)
    assert found == {"steps": 9, "learning_rate": 1.0, "patience": None, "query_prompt": "q: "}
    assert isinstance(found["learning_rate"], float)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("steps = ", InputError),
        ("stepz = 3", SettingsError),
        ("steps = 1.5", SettingsError),
        ('batch_size = "12"', SettingsError),
        ("append_eos = 1", SettingsError),
        ("steps = true", SettingsError),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, content, error):
    file = tmp_path / "my.toml"
    file.write_text(content)
    with pytest.raises(error):
        read_changes([], file)
    with pytest.raises(InputError, match="not there"):
        read_changes([], tmp_path / "other.toml")


def test_unknown_recipes_and_variants_are_named_with_the_nearest():
    with pytest.raises(SettingsError, match="Did you mean biohicl"):
        find_recipe("biohicle")
    with pytest.raises(SettingsError, match="Did you mean as_published"):
        RECIPES["bica"].settings("as_publishd", {})
    with pytest.raises(SettingsError, match="has no variant"):
        RECIPES["plain"].settings("any", {})


def test_a_page_shows_what_was_changed_beside_what_the_recipe_has():
    page = recipe_page(RECIPES["bica"], None, {"batch_size": 99})
    line = next(line for line in page.splitlines() if line.startswith("batch_size"))
    assert "99" in line and "changed by you; the recipe has 16" in line
    assert "max_seq_length" not in page
    assert "max_seq_length" in recipe_page(RECIPES["bica"], None, {}, everything=True)
    assert "reproduces a run that does not train" in page


def test_the_commands_print_lists_and_pages():
    listed = CliRunner().invoke(recipes, ["list"])
    assert all(name in listed.output for name in RECIPES)
    page = CliRunner().invoke(recipes, ["show", "bmretriever", "--variant", "stage2"])
    assert page.exit_code == 0
    assert "Represent this passage\\npassage: " in page.output
    assert CliRunner().invoke(recipes, ["show", "nothing"]).exit_code == 1


def test_the_page_of_recipes_is_what_the_command_prints():
    text = PAGE.read_text(encoding="utf-8")
    assert text == page_with_recipes(text), "Run: python -m benchmarks.recipe_pages"
