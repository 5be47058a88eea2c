// Nothing stays on the device: htmx notes each address it shows in the tab's session storage, whatever it is told.
(() => {
  const forget = () => {
    try {
      sessionStorage.removeItem("htmx-current-path-for-history");
    } catch {} // where a browser refuses storage, nothing was noted
  };
  forget();
  document.addEventListener("htmx:pushedIntoHistory", forget);
})();
// The check-in form: each save of the draft carries its number, so that a late one never writes over a newer one; what a
// line still holds is said near its end; and when a draft can't be kept, it is said at once.
(() => {
  const form = document.querySelector("[data-draft]");
  if (!form) return;
  const stroke = form.elements.namedItem("stroke");
  const lost = form.querySelector("[data-draft-lost]");
  const count = () => (stroke.value = String(Number(stroke.value || 0) + 1));
  form.addEventListener("htmx:configRequest", (event) => event.detail.parameters.set("stroke", count()));
  form.addEventListener("submit", count);
  const say = (gone) => () => {
    lost.hidden = !gone;
    if (gone) document.getElementById("draft-state").replaceChildren();
  };
  for (const name of ["htmx:responseError", "htmx:sendError"]) form.addEventListener(name, say(true));
  form.addEventListener("htmx:afterSwap", say(false));

  for (const field of form.querySelectorAll("[data-limit]")) {
    const said = document.getElementById(`limit_${field.id}`);
    const limit = Number(field.dataset.limit);
    const measure = () => {
      const left = limit - [...field.value.trim()].length;
      const words = left < 0 ? said.dataset.over : left > limit / 10 ? "" : said.dataset.left;
      said.textContent = words.replace("{n}", String(Math.abs(left)));
      said.classList.toggle("is-over", left < 0);
    };
    field.addEventListener("input", measure);
    measure();
  }
})();
