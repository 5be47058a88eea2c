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
// The check-in form: each save of the draft carries its number, so that a late one never writes over a newer one; and
// when a draft can't be kept, it is said at once.
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
})();
