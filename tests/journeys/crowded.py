"""Large letters in a narrow window: nothing is wider than the window, lies on something else, is cut or broken."""

from playwright.sync_api import Page, ViewportSize

# Of the text, as a person may set it in their browser, and of the window.
SIZES: tuple[tuple[str, int], ...] = (("200%", 360), ("200%", 320), ("100%", 320))
HEIGHT = 640
CROWDED = """() => {
  const name = (one) => `${one.tagName.toLowerCase()}.${one.getAttribute("class") || ""}`.split(/\\s+/).join(".");
  const seen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const heard = (one) => getComputedStyle(one).clipPath.startsWith("inset(50%");
  const wide = document.documentElement.clientWidth;
  const wrong = [];
  const sideways = document.documentElement.scrollWidth - wide;
  if (sideways > 0) wrong.push(`${sideways} px too wide`);

  const around = (one) => {
    let layer = "";
    for (let up = one; up; up = up.parentElement) {
      if (heard(up) || getComputedStyle(up).webkitLineClamp !== "none") return null;
      if (/fixed|sticky/.test(getComputedStyle(up).position)) layer = name(up);
    }
    return layer;
  };
  const NO_LINES = ".visually-hidden, .skip-link, svg, select, script, thead, pre";
  const lines = []; // the letters themselves, however high their line
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = nodes.nextNode());) {
    const one = node.parentElement;
    if (!node.data.trim() || !seen(one) || one.closest(NO_LINES)) continue;
    const layer = around(one);
    if (layer === null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const high = parseFloat(getComputedStyle(one).fontSize) * 0.4;
    for (const box of range.getClientRects()) {
      const middle = (box.top + box.bottom) / 2;
      const { left, right } = box;
      if (box.width > 1) lines.push({ one, layer, left, right, top: middle - high, bottom: middle + high });
    }
    for (const word of node.data.matchAll(/(?<!\\S)[\\p{L}\\p{N}’]{1,7}(?=[\\s.,!?;:…]|$)/gu)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const tops = [...range.getClientRects()].filter((box) => box.width > 1).map((box) => Math.round(box.top));
      if (new Set(tops).size > 1) wrong.push(`broken: ${word[0]}, in ${name(one.parentElement)} > ${name(one)}`);
    }
  }
  lines.forEach((one, at) => lines.slice(at + 1).forEach((other) => {
    if (one.one !== other.one && one.layer === other.layer
      && Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2
      && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 2)
      wrong.push(`on each other: ${name(one.one)}, ${name(other.one)}`);
  }));
  for (const one of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(one);
    if (!/hidden|clip/.test(style.overflow) || style.webkitLineClamp !== "none" || !one.textContent.trim()) continue;
    if (!seen(one) || heard(one) || one.closest(".visually-hidden, svg, select")) continue;
    const [low, far] = [one.scrollHeight - one.clientHeight, one.scrollWidth - one.clientWidth];
    if (low > 2 || far > 2) wrong.push(`cut: ${name(one)}`);
  }
  for (const one of document.querySelectorAll("a, button, label, .chip span, .calendar-leaf, .n")) {
    const box = one.getBoundingClientRect();
    const out = (line) => line.left < box.left - 1 || line.right > box.right + 1 || line.top < box.top - 1
      || line.bottom > box.bottom + 1;
    if (getComputedStyle(one).display === "inline") continue;
    if (lines.some((line) => one.contains(line.one) && out(line))) wrong.push(`out of its frame: ${name(one)}`);
  }
  scrollTo(0, 2 * innerHeight);
  let covered = 0; // by bars that stay where they are
  for (const one of document.body.querySelectorAll("*")) {
    const box = one.getBoundingClientRect();
    if (/fixed|sticky/.test(getComputedStyle(one).position) && seen(one) && box.width > wide / 2)
      covered += Math.max(0, Math.min(box.bottom, innerHeight) - Math.max(box.top, 0));
  }
  scrollTo(0, 0);
  if (covered > innerHeight / 2) wrong.push(`covered: ${Math.round(covered)} of ${innerHeight} px`);
  return [...new Set(wrong)];
}"""


def crowded(page: Page) -> list[str]:
    """What is wrong with a page at each of `SIZES`. It is given back as wide and large as it was."""
    before, wrong = page.viewport_size, []
    for size, width in SIZES:
        page.set_viewport_size(ViewportSize(width=width, height=HEIGHT))
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        wrong += [f"{size} in {width} px, {what}" for what in page.evaluate(CROWDED)]
    if before:
        page.set_viewport_size(before)
    return wrong
