"""What is chosen, current, done or wrong differs by more than its hue: by a frame, a mark, a line, a weight, a filling.

Measured by computed styles: each thing that is in a state is compared with itself out of it. In forced colours (a
person's own few, as Windows has them) fillings and shadows don't count: they are gone there, and nothing else may be.
"""

from typing import Literal

from playwright.sync_api import Page

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

# What all of these ask: how light a colour is, what stands behind a thing, and whether it is drawn at all.
COMMON = """
  const parts = (colour) => (colour.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const clear = (colour) => parts(colour)[3] === 0;
  const light = (colour) => parts(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  const behind = (one) => {
    for (let up = one; up; up = up.parentElement) {
      const colour = getComputedStyle(up).backgroundColor;
      if (!clear(colour)) return light(colour);
    }
    return light("rgb(255, 255, 255)");
  };
  const seen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && one.getClientRects().length > 0;
  const name = (one) =>
    `${one.tagName.toLowerCase()}.${one.getAttribute("class") || one.name || ""}`.split(/\\s+/).join(".");
"""

# What looks the same in a state and out of it. The arguments: whether colours are forced, and what was compared before.
ALIKE = """([forced, compared]) => {
  COMMON
  const SIDES = ["Top", "Right", "Bottom", "Left"];
  const rings = (shadow) => [...shadow.matchAll(/(-?[\\d.]+)px (-?[\\d.]+)px (-?[\\d.]+)px (-?[\\d.]+)px/g)]
    .map(([, ...all]) => all.map(Number)).filter(([, , blur]) => !blur)
    .reduce((sum, [x, y, , spread]) => sum + Math.max(Math.abs(x), Math.abs(y), spread), 0);
  const shape = (of, pseudo) => {
    const style = getComputedStyle(of, pseudo);
    const gone = style.display === "none" || style.visibility === "hidden" || style.opacity === "0"
      || (pseudo && /^(none|normal)$/.test(style.content));
    if (gone) return { said: "", frames: [], weight: 0, filled: null };
    const drawn = SIDES.filter((side) => style[`border${side}Style`] !== "none" && !clear(style[`border${side}Color`]));
    return {
      said: [
        ...drawn.map((side) => style[`border${side}Style`]), style.textDecorationLine, style.content, style.transform,
        style.outlineStyle, style.backgroundImage.replace(/rgba?\\([^()]*\\)/g, ""), pseudo ? style.width : "",
        of.type && style.appearance !== "none" ? of.checked : "", of.tagName === "use" ? style.strokeDasharray : "",
      ].join("|"),
      frames: [...SIDES.map((side) => drawn.includes(side) ? parseFloat(style[`border${side}Width`]) : 0),
        rings(style.boxShadow), of.tagName === "use" && style.stroke !== "none" ? parseFloat(style.strokeWidth) : 0],
      weight: Number(style.fontWeight),
      filled: of.tagName === "use" ? light(style.fill) : pseudo ? null : behind(of),
    };
  };
  const shapes = (root) => [root, ...root.querySelectorAll("*")].flatMap((one) =>
    [shape(one), shape(one, "::before"), shape(one, "::after")]);
  const differ = (one, other) => one.said !== other.said || Math.abs(one.weight - other.weight) >= 150
    || one.frames.some((thick, at) => Math.abs(thick - (other.frames[at] || 0)) >= 1)
    || (!forced && one.filled !== null && other.filled !== null && contrast(one.filled, other.filled) >= 3);

  const sheets = [...document.styleSheets].map((sheet) => sheet.href).join(" ");
  const wrong = [], known = new Set(), earlier = new Set(compared), fresh = [];
  const compare = (what, one, root, change) => {
    const key = `${what}: ${name(root)} ${one === root ? "" : name(one)}`.trim();
    const place = `${sheets}: ${name(root.parentElement)} > ${key}`;
    if (known.has(key) || earlier.has(place) || !seen(root)) return;
    known.add(key);
    fresh.push(place);
    const before = shapes(root);
    const back = change();
    const after = shapes(root);
    back();
    if (!before.some((one, at) => differ(one, after[at]))) wrong.push(key);
  };
  for (const one of document.querySelectorAll("input[type=checkbox], input[type=radio]")) {
    const root = one.closest("label, .form-check") || one.parentElement;
    const was = [...(one.form || document).querySelectorAll(`[name="${one.name}"]:checked`)];
    compare("chosen", one, root, () => {
      one.checked = !one.checked;
      return () => { one.checked = false; was.forEach((other) => { other.checked = true; }); };
    });
  }
  for (const one of document.querySelectorAll("[aria-current]:not([class*='is-'], [class*='is-'] *)")) {
    const value = one.getAttribute("aria-current");
    compare("current", one, one, () => {
      one.removeAttribute("aria-current");
      return () => one.setAttribute("aria-current", value);
    });
  }
  for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    compare("focus", one, one.matches("input") ? one.closest("label") || one : one, () => {
      one.focus({ preventScroll: true });
      return () => one.blur();
    });
  }
  const STATES = "today done late past here asked match over error warning invalid".split(" ");
  for (const state of [...STATES.map((one) => `is-${one}`), "btn-primary"]) {
    for (const one of document.getElementsByClassName(state)) {
      if (one.matches(".day") && one.querySelector(".icon")) continue; // that is its mark
      const value = one.getAttribute("class");
      compare(state, one, one, () => {
        one.classList.remove(state);
        return () => one.setAttribute("class", value);
      });
    }
  }
  return [wrong, fresh];
}""".replace("COMMON", COMMON.strip())

# What is there by its filling alone, such as a bullet or a bar: noted in ordinary colours, looked for in forced ones.
PAINTED = """() => {
  COMMON
  const MADE = "input, textarea, select, button, img, svg, svg *";
  window.painted = [...document.body.querySelectorAll("*")].filter(seen).flatMap((one) =>
    [null, "::before", "::after"].map((pseudo) => {
      const style = getComputedStyle(one, pseudo);
      if (pseudo ? style.content !== '""' : one.childNodes.length || one.matches(MADE)) return null;
      const [wide, high] = pseudo ? [style.width, style.height].map(parseFloat) : [one.clientWidth, one.clientHeight];
      const filled = !clear(style.backgroundColor) || style.backgroundImage !== "none";
      return filled && wide >= 4 && high >= 4 ? { one, pseudo } : null;
    })).filter(Boolean);
}""".replace("COMMON", COMMON.strip())
# What is gone, drawings of which nothing stands out from the page, and words that don't.
LOST = """() => {
  COMMON
  const framed = (style) => ["Top", "Left"].some((side) => parseFloat(style[`border${side}Width`]) > 0);
  const filled = (style, one) =>
    !clear(style.backgroundColor) && contrast(light(style.backgroundColor), behind(one)) >= 3;
  const gone = window.painted.filter(({ one, pseudo }) => {
    const style = getComputedStyle(one, pseudo);
    return !framed(style) && !filled(style, pseudo ? one : one.parentElement) && style.backgroundImage === "none"
      && style.boxShadow === "none";
  }).map(({ one, pseudo }) => `gone: ${name(one)}${pseudo || ""}`);
  const faint = [...document.querySelectorAll("svg :is(path, use, circle, ellipse, rect, line)")].filter((one) => {
    if (one.closest("symbol, defs, .light, .qr, .bars") || !seen(one)) return false;  // bars: on a window's own light
    const style = getComputedStyle(one);
    const colours = [style.fill, style.stroke].filter((colour) => /^rgb/.test(colour) && !clear(colour));
    return colours.length && !colours.some((colour) => contrast(light(colour), behind(one)) >= 3);
  }).map((one) => `faint: ${name(one.closest("svg"))} ${name(one)}`);
  const words = (one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  // Behind a word the browser lays a plate of the page's colour, unless the thing says that its own filling is right.
  const under = (one) => {
    const stone = one.closest(".stone");
    if (stone) return light(getComputedStyle(stone.querySelector("use")).fill);
    return behind(getComputedStyle(one).forcedColorAdjust === "none" ? one : document.body);
  };
  const unread = [...document.body.querySelectorAll("*")].filter((one) => words(one) && seen(one)
    && contrast(light(getComputedStyle(one).color), under(one)) < 4.5).map((one) => `unreadable: ${name(one)}`);
  return [...new Set([...gone, ...faint, ...unread])];
}""".replace("COMMON", COMMON.strip())


def alike(page: Page, compared: dict[bool, list[str]]) -> list[str]:
    """What looks the same in a state and out of it, and what can't be seen where colours are forced.

    What was `compared` on an earlier page with the same styles, by its place and its classes, isn't again.
    """

    def apart(*, forced: bool) -> list[str]:
        found: list[str]
        found, fresh = page.evaluate(ALIKE, [forced, compared.setdefault(forced, [])])
        compared[forced] += fresh
        return found

    page.keyboard.press("Shift")  # who uses keys sees where they are
    page.evaluate(PAINTED)
    wrong = [f"ordinary colours: {one}" for one in apart(forced=False)]
    page.emulate_media(forced_colors="active")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        wrong += [f"forced {scheme} colours: {one}" for one in page.evaluate(LOST)]
    wrong += [f"forced colours: {one}" for one in apart(forced=True)]
    page.emulate_media(forced_colors="none")
    return wrong
