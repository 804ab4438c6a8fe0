"""The review page in a real browser: what records say, drawings, small windows, contrast."""

import pytest

from citemesh.graph.corpus import Document
from tests.audit_browser import press
from tests.audit_pages import HOSTILE, NEGATIVE, OTHER, POSITIVE, MadeUp, many, verdict, write_page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("text", HOSTILE)
def test_what_records_say_is_shown_as_it_is_and_runs_nothing(opened, tmp_path, text):
    texts = {pmid: Document(pmid, text, f"{text} {pmid}") for pmid in (NEGATIVE, POSITIVE)}
    made_up = MadeUp([verdict(sentence=text, reasons=[text])], text, texts=texts)
    page = opened(write_page(tmp_path, made_up), width=390, height=844)
    for place in ("blockquote", ".sentence", ".reasons code", ".row .title"):
        assert page.locator(place).text_content() == text
    assert page.locator("#item h3").all_text_contents() == [text, text]
    assert page.locator(".abstract").first.text_content() == f"{text} {NEGATIVE}"
    assert page.locator("img, math, #item script, #item b").count() == 0
    assert page.locator("script:not([type])").count() == 1
    assert "<b>Lung</b> & more" in page.locator("#item .headings").first.text_content()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    direction = page.locator("blockquote").evaluate("quote => getComputedStyle(quote).direction")
    assert direction == ("rtl" if "\u0590" < text[0] < "\u0700" else "ltr")
    press(page, "y")
    assert page.locator("#status").text_content().startswith("Relevant.")


def test_the_policy_holds_back_what_would_get_into_the_page(context, tmp_path):
    page = context.new_page()
    page.goto(write_page(tmp_path, many(3)).as_uri())
    held_back = page.evaluate("""async () => {
      const refused = [];
      const attempt = act => { try { act(); } catch (error) { refused.push(error.name); } };
      const violation = directive => new Promise(done => document.addEventListener(
        "securitypolicyviolation", event => event.effectiveDirective === directive && done(1)));
      const broken = Promise.all([violation("img-src"), violation("connect-src")]);
      attempt(() => { document.createElement("script").textContent = "globalThis.ran = 1"; });
      attempt(() => { document.body.innerHTML = "<b>markup</b>"; });
      new Image().src = "http://127.0.0.1:9/image.png";
      await fetch("http://127.0.0.1:9/").catch(error => refused.push(error.name));
      return { refused, broken: await broken };
    }""")
    assert held_back == {"refused": ["TypeError"] * 3, "broken": [1, 1]}
    assert page.locator("body > b").count() == 0


def test_headings_in_both_citations_and_places_are_told_in_words(opened, tmp_path):
    texts = {pmid: Document(pmid, f"Title {pmid}", "Abstract") for pmid in (NEGATIVE, POSITIVE)}
    page = opened(write_page(tmp_path, MadeUp([verdict()], texts=texts)))
    marked = page.locator("#item mark")
    assert marked.all_text_contents() == [
        "✓ <b>Lung</b> & more / blood, therapy", "✓ <b>Lung</b> & more / surgery",
    ]  # fmt: skip
    assert page.locator("#item .headings").first.get_by_text("other qualifiers").count() == 1
    citations, tree = page.locator("#item svg").all()
    assert citations.get_attribute("aria-label") == (
        "Citations: the positive cites the negative; 3 shared references; 0 shared citers; "
        "chains unknown"
    )
    assert tree.locator("text").all_text_contents() == [
        "Diseases", "C08", "Lung Diseases", "C08.381", "Asthma", "C08.381.1 · negative",
        "Pneumonia", "C08.381.2 · positive",
    ]  # fmt: skip
    assert page.get_by_text("2 steps apart").count() == 1
    # Another known positive: one without text and headings, whose citations are not known here.
    page.get_by_label("Known positive to compare with").focus()
    press(page, ["ArrowDown"])
    assert page.get_by_label("Known positive to compare with").input_value() == str(OTHER)
    assert page.locator("#item h3").all_text_contents()[1] == "No title and abstract in the corpus"
    assert page.locator("#item svg").count() == 1
    assert page.get_by_text("is another one").count() == 1
    assert page.get_by_text("retracted").count() == 1
    # The choice was made by keys and goes on there.
    assert page.evaluate("document.activeElement.id") == "positive"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 800, 1280])
def test_a_page_fits_its_window_and_can_be_read(browser, tmp_path, width, scheme):
    title = "A" * 300
    texts = {pmid: Document(pmid, title, title) for pmid in (NEGATIVE, POSITIVE)}
    path = write_page(tmp_path, MadeUp([verdict(reasons=[title])], title, texts=texts))
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, offline=True
    )
    page = context.new_page()
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # WCAG 2.2, 1.4.3: 4.5 to 1 for text of this size, on every surface.
    assert page.evaluate(_LEAST_CONTRAST) >= 4.5
    assert page.evaluate("Math.min(...[...document.querySelectorAll('.answer')]"
                         ".map(e => e.getBoundingClientRect().height))") >= 40  # fmt: skip
    context.close()


#: The least contrast of text with what lies behind it, over all that has text of its own.
_LEAST_CONTRAST = """() => {
  const parse = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const skipped = "script, noscript, svg title, option, .away, [aria-disabled=true], :disabled";
  const ratios = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || element.closest(skipped)) continue;
    const style = getComputedStyle(element);
    const colour = parse(element.closest("svg") ? style.fill : style.color);
    const [a, b] = [light(colour), light(behind(element))].sort((x, y) => y - x);
    ratios.push((a + 0.05) / (b + 0.05));
  }
  return Math.min(...ratios);
}"""
