// Phones down: the ring moves on between two looks at the server (unless motion is unwanted: then with each look), a new
// state is said once, and when the session is over the page leads to the sign-in.
(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const said = document.getElementById("quiet-said");
  const seen = new WeakMap(); // when each ring arrived
  let state = document.getElementById("quiet").dataset.say;
  const move = () => {
    const ring = document.querySelector("[data-gone]");
    if (!ring) return;
    if (!seen.has(ring)) seen.set(ring, performance.now());
    if (still.matches) return;
    const gone = Number(ring.dataset.gone) + (performance.now() - seen.get(ring)) / 1000;
    ring.setAttribute("stroke-dasharray", `${Math.min(600, (600 * gone) / Number(ring.dataset.length)).toFixed(1)} 600`);
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.serverResponse.includes('id="quiet"')) return;
    event.detail.shouldSwap = false;
    location.reload();
  });
  document.addEventListener("htmx:afterSettle", () => {
    const now = document.getElementById("quiet").dataset.say;
    if (now !== state) said.textContent = state = now;
    move();
  });
  move();
  setInterval(move, 1000);
})();
