// Quick exit without a trace in this tab's history: the link does it by itself, this replaces the page instead of adding
// one. Shift pressed three times alone within 1.2 seconds does the same; Shift held for a capital letter doesn't count.
(() => {
  const link = document.querySelector("a.exit");
  if (!link) return;
  const leave = () => {
    document.documentElement.hidden = true;
    location.replace(link.href);
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  let alone = false;
  let times = [];
  const forget = () => {
    alone = false;
    times = [];
  };
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift") return forget();
    if (!event.repeat) alone = true;
  }, true);
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    times = [...times, event.timeStamp].filter((time) => event.timeStamp - time <= 1200);
    if (times.length >= 3) leave();
  }, true);
  addEventListener("pointerdown", forget, true);
  // Coming back by the browser's own memory of pages must not show what was left.
  addEventListener("pageshow", (event) => {
    if (event.persisted && document.documentElement.hidden) location.reload();
  });
})();
