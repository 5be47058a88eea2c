// Pages that keep themselves up to date (phones down, the talk): the ring moves on between two looks at the server (unless
// motion is unwanted: then with each look), a new state is said once, and when the session is over the page leads to the
// sign-in. A look that brings nothing (no connection, an error, or no answer for this page any more) leaves the page as it
// is, and a page that has a line for it says so. Where the state is another page's (`data-mark`), that page is loaded,
// unless something is being typed: then the region says so itself, with a button.
(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const said = document.getElementById("live-said");
  const seen = new WeakMap(); // when each ring arrived
  const region = () => document.getElementById("live");
  const mark = region().dataset.mark;
  let leaving = false; // a form was sent: its answer is the next page, whatever a look that is under way brings
  let state = region().dataset.say;
  const lost = document.querySelector("[data-live-lost]");
  const lose = (gone) => { if (lost) lost.hidden = !gone; };
  // Words that came back with an error are typed, though the page holds them as its own.
  const typed = () => document.querySelector("#main .is-invalid") !== null || [...document.querySelectorAll("#main textarea, #main input:not([type=hidden])")].some(
    (field) => (field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue));
  const move = () => {
    const ring = document.querySelector("[data-gone]");
    if (!ring) return;
    if (!seen.has(ring)) seen.set(ring, performance.now());
    if (still.matches) return;
    const gone = Number(ring.dataset.gone) + (performance.now() - seen.get(ring)) / 1000;
    ring.setAttribute("stroke-dasharray", `${Math.min(600, (600 * gone) / Number(ring.dataset.length)).toFixed(1)} 600`);
  };
  document.addEventListener("submit", () => (leaving = true));
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (leaving) event.detail.shouldSwap = false;
    if (event.detail.xhr.status === 304) { // nothing new
      event.detail.shouldSwap = false;
      return lose(false);
    }
    if (event.detail.xhr.status !== 200) return lose(true);
    if (leaving || event.detail.target.id !== "live" || event.detail.serverResponse.includes('id="live"')) return;
    event.detail.shouldSwap = false;
    location.reload();
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => lose(true));
  document.addEventListener("htmx:afterSettle", () => {
    lose(false);
    const now = region().dataset.say;
    if (now !== state) said.textContent = state = now;
    if (!leaving && region().dataset.mark !== mark && !typed()) location.reload();
    move();
  });
  move();
  setInterval(move, 1000);
})();
