"""The review page in a real browser: labelling, keeping, downloading, estimating."""

import json
import random
from importlib import resources

import pytest

from citemesh.mining.audit.labels.estimates import StratumLabels, estimate
from citemesh.mining.audit.page.settings import PageSettings
from tests.audit_browser import download, press, progress, shown_title
from tests.audit_pages import embedded, many, write_page

pytestmark = pytest.mark.browser


def test_ten_labels_by_keys_outlive_the_window_and_are_downloaded(opened, tmp_path):
    path = write_page(tmp_path, many(60), PageSettings(24))
    items = embedded(path)["items"]
    page = opened(path)
    page.get_by_label("Your name").fill("Ada  <b>")
    page.locator("#list").focus()
    press(page, "ynn?ynnnny")
    assert progress(page) == "10 of 24 negatives labelled, a sample of 60 (seed 0)"
    page.reload()
    assert progress(page).startswith("10 of 24")
    assert page.get_by_label("Your name").input_value() == "Ada  <b>"
    # It goes on where it was left.
    assert page.locator("#place").text_content().startswith("11 of 24")
    file, rows = download(page)
    assert file.suggested_filename == "labels-made-up-Ada-b-.jsonl"
    words = {"y": "relevant", "n": "not_relevant", "?": "unsure"}
    assert [row["label"] for row in rows] == [words[key] for key in "ynn?ynnnny"]
    content = embedded(path)
    for row, item in zip(rows, items, strict=False):
        stratum = content["strata"][item["stratum"]]
        assert {**row, "time": None} == {
            "audit": content["audit"]["identity"], "query_id": "q1",
            "negative_pmid": item["negative_pmid"], "strategy": item["strategy"],
            "label": row["label"], "reviewer": "Ada  <b>", "time": None,
            "stratum": f"{stratum['strategy']}/{stratum['verdict']}",
            "stratum_size": stratum["size"], "weight": stratum["size"] / stratum["drawn"],
        }  # fmt: skip
        assert row["time"].endswith("Z")


def test_undo_takes_labels_back_one_by_one_even_after_a_reload(opened, tmp_path):
    page = opened(write_page(tmp_path, many(20)))
    titles = []
    for key in "yn?":
        titles.append(shown_title(page))
        press(page, key)
    page.reload()
    press(page, "k")
    press(page, "y")  # the third again
    for left, title in ((3, titles[2]), (2, titles[2]), (1, titles[1])):
        page.get_by_role("button", name="Undo").click()
        assert progress(page).startswith(f"{left} of 20")
        assert shown_title(page) == title
    press(page, "uuu")
    assert progress(page).startswith("0 of 20")
    assert page.locator("#status").text_content() == "Nothing to undo."


def test_buttons_do_what_keys_do(opened, tmp_path):
    page = opened(write_page(tmp_path, many(20)), width=390, height=844)
    first = shown_title(page)
    page.get_by_role("button", name="Not relevant").click()
    assert shown_title(page) != first
    page.get_by_role("button", name="Back").click()
    assert shown_title(page) == first
    pressed = page.locator(".answer[aria-pressed=true]")
    assert pressed.get_attribute("data-label") == "not_relevant"
    page.get_by_role("button", name="Next").click()
    assert page.locator(".answer[aria-pressed=true]").count() == 0
    page.get_by_role("button", name="Unsure").click()
    assert {row["label"] for row in download(page)[1]} == {"not_relevant", "unsure"}


def test_filters_search_and_order(opened, tmp_path):
    page = opened(write_page(tmp_path, many(80)))
    page.get_by_label("Verdict", exact=True).select_option("ambiguous")
    page.get_by_label("Strategy").select_option("sibling")
    assert page.locator("#shown").text_content() == "10 of 80 negatives"
    rows = page.locator(".row")
    assert all("Ambiguous · sibling" in text for text in rows.all_text_contents())
    page.get_by_label("Order").select_option("-probability")
    found = [float(text.rsplit("·", 1)[1]) for text in rows.all_text_contents()]
    assert found == sorted(found, reverse=True)
    assert len(found) == 10
    press_on = page.locator("#list")
    press_on.focus()
    press(page, "yy")
    page.get_by_label("Label", exact=True).select_option("relevant")
    assert page.locator("#shown").text_content() == "2 of 80 negatives"
    page.get_by_label("Label", exact=True).select_option("")
    page.get_by_label("Verdict", exact=True).select_option("")
    page.get_by_label("Strategy").select_option("")
    page.get_by_label("Probability").select_option("0.25 0.5")
    assert page.locator("#shown").text_content() == "20 of 80 negatives"
    page.get_by_label("Probability").select_option("")
    page.get_by_label("Search").fill("1007 TITLE")
    assert page.locator("#shown").text_content() == "1 of 80 negatives"
    assert shown_title(page) == "Title of 1007"
    page.get_by_label("Search").fill("nothing like it")
    assert page.locator("#place").text_content() == "No negative is like that"
    press(page, "u")  # in the search field it is a letter
    assert progress(page).startswith("2 of 80")


def test_labels_go_from_one_browser_and_page_to_another(browser, opened, tmp_path):
    one, two = PageSettings(30), PageSettings(60)
    page = opened(write_page(tmp_path / "small", many(200), one))
    press(page, "ynn?y")
    file, rows = download(page)
    labels = tmp_path / "labels.jsonl"
    file.save_as(labels)
    # A greater sample of the same audit holds the smaller one, and its labels.
    greater = write_page(tmp_path / "great", many(200), two)
    assert progress(opened(greater)).startswith("5 of 60")
    with labels.open("a") as stream:
        stream.write(json.dumps({**rows[0], "audit": "another"}) + "\nno label\n")
    elsewhere = browser.new_context(offline=True)
    page = elsewhere.new_page()
    page.goto(greater.as_uri())
    assert progress(page).startswith("0 of 60")
    page.set_input_files("#import", labels)
    page.get_by_text("5 labels added; 0 known already. 2 lines of another audit").wait_for()
    assert progress(page).startswith("5 of 60")
    key = ("query_id", "negative_pmid", "strategy", "label", "time")
    expected = {tuple(row[name] for name in key) for row in rows}
    assert {tuple(row[name] for name in key) for row in download(page)[1]} == expected
    elsewhere.close()


def test_two_windows_do_not_overwrite_each_other(opened, tmp_path):
    path = write_page(tmp_path, many(20))
    one, two = opened(path), opened(path)
    press(one, "yyy")
    two.get_by_text("3 of 20").first.wait_for()
    for _ in range(5):
        press(two, "j")
    press(two, "n")
    one.get_by_text("4 of 20").first.wait_for()
    assert len(download(one)[1]) == 4


def test_five_thousand_negatives_are_a_few_rows(opened, tmp_path):
    page = opened(write_page(tmp_path, many(5_000)))
    assert page.locator("#shown").text_content() == "All 5,000 negatives"
    assert page.locator("*").count() < 500
    page.locator("#list").focus()
    press(page, ["End"])
    assert page.locator("#place").text_content().startswith("5,000 of 5,000")
    press(page, "k")
    row = page.locator("#" + page.locator("#list").get_attribute("aria-activedescendant"))
    assert row.get_attribute("aria-posinset") == "4999"
    assert row.get_attribute("aria-setsize") == "5000"
    assert row.locator(".title").text_content() == shown_title(page)
    assert row.is_visible()
    page.locator("#list").evaluate("list => { list.scrollTop = list.scrollHeight / 2; }")
    page.locator("#row-2500").click()
    assert page.locator("#place").text_content().startswith("2,501 of 5,000")
    # The row in view is told to screen readers even where another part of the list is looked at.
    page.locator("#list").evaluate("list => { list.scrollTop = 0; }")
    page.locator("#row-0").wait_for()
    assert page.locator("#row-2500").count() == 1
    assert page.locator(".row").count() < 60


def test_hidden_verdicts_come_out_with_the_answer(opened, tmp_path):
    page = opened(write_page(tmp_path, many(8)))
    page.get_by_label("Hide verdict and reasons").check()
    inside = page.locator("#item")
    assert "probability" not in inside.text_content()
    assert "share references" not in inside.text_content()
    assert all("·" not in text[1:] for text in page.locator(".row .soft").all_text_contents())
    press(page, "yk")
    assert "probability of being relevant" in inside.text_content()


def test_keys_can_be_switched_off_and_focus_is_not_lost(opened, tmp_path):
    page = opened(write_page(tmp_path, many(20)))
    page.get_by_text("Keys", exact=True).click()
    page.get_by_label("Use these keys").uncheck()
    page.locator("#list").focus()
    press(page, "yn?")
    assert progress(page).startswith("0 of 20")
    press(page, ["ArrowDown", "ArrowDown"])
    assert page.locator("#place").text_content().startswith("3 of 20")
    assert page.evaluate("document.activeElement.id") == "list"
    page.get_by_label("Use these keys").check()
    page.locator("#item").focus()
    press(page, "y")
    assert page.evaluate("document.activeElement.id") == "item"
    page.get_by_role("button", name="Back").focus()
    press(page, ["Enter"] * 5)
    assert page.locator("#place").text_content().startswith("1 of 20")
    assert page.evaluate("document.activeElement.id") == "back"
    # Every control has a name.
    unnamed = page.evaluate("""() => [...document.querySelectorAll("button, input, select")]
      .filter(e => !e.labels?.length && !e.getAttribute("aria-label") && !e.textContent.trim())
      .map(e => e.id)""")
    assert unnamed == []


def test_the_rates_of_the_page_are_those_of_python(opened, tmp_path):
    path = write_page(tmp_path, many(900, ("cited", "sibling", "random")), PageSettings(120))
    page = opened(path)
    rates = page.locator("#estimates tr")
    assert all("needs labels of" in text for text in rates.all_text_contents())
    chance = random.Random(5)
    press(page, [chance.choice("ynnn?") for _ in range(90)])
    rows = download(page)[1]
    strata = {f"{s['strategy']}/{s['verdict']}": s["size"] for s in embedded(path)["strata"]}
    expected = {}
    for strategy in ("cited", "random", "sibling", "all"):
        own = [
            StratumLabels(
                size,
                sum(r["stratum"] == name and r["label"] != "unsure" for r in rows),
                sum(r["stratum"] == name and r["label"] == "relevant" for r in rows),
            )
            for name, size in strata.items()
            if strategy in ("all", name.split("/")[0])
        ]
        found = estimate(own)
        assert found is not None
        rate, low, high = (f"{100 * share:.1f} %" for share in (found.rate, found.low, found.high))
        labels = str(sum(stratum.labelled for stratum in own))
        expected[strategy] = [labels, rate, f"{low} to {high}"]
    shown = {
        row.locator("th").text_content(): row.locator("td").all_text_contents()
        for row in rates.all()
    }
    assert shown == expected
    unsure = sum(row["label"] == "unsure" for row in rows)
    assert f"{unsure} unsure labels left out." in page.locator("#caution").text_content()
    assert "passed over" not in page.locator("#caution").text_content()
    # Who leaves the order of chance is told what that means.
    page.locator("#list").focus()
    press(page, ["End", "y"])
    assert "passed over" in page.locator("#caution").text_content()


def test_both_estimators_agree_to_the_last_digits(browser):
    chance, populations = random.Random(1), [[StratumLabels(9, 9, 3)], [StratumLabels(9, 0, 0)]]
    for _ in range(300):
        strata = []
        for _ in range(chance.randint(1, 6)):
            size = chance.choice([1, 2, 10, 1_000, 10**7])
            labelled = chance.randint(1, min(size, 40))
            strata.append(StratumLabels(size, labelled, chance.randint(0, labelled)))
        populations.append(strata)
    script = resources.files("citemesh.mining.audit.page").joinpath("estimates.js").read_text()
    page = browser.new_page()
    given = [[{"size": s.size, "labelled": s.labelled, "relevant": s.relevant} for s in strata]
             for strata in populations]  # fmt: skip
    found = page.evaluate(f"given => {{ {script}\nreturn given.map(estimate); }}", given)
    page.close()
    for strata, one in zip(populations, found, strict=True):
        other = estimate(strata)
        if other is None:
            assert one is None
        else:
            assert [one["rate"], one["low"], one["high"]] == pytest.approx(
                [other.rate, other.low, other.high], abs=1e-12
            )
