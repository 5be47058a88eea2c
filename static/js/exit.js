// Quick exit waits for nobody and leaves no trace in this tab's history: the neutral page takes this one's place at once.
// A cookie makes this browser nobody's from that moment on; a request that outlives the page tells the server, whose answer
// clears both away. Without JavaScript the link does the same, one answer later. Shift pressed three times alone within 1.2
// seconds does as the link; Shift held for a capital letter doesn't count.
(() => {
  const link = document.querySelector("a.exit");
  if (!link) return;
  const leave = () => {
    document.documentElement.hidden = true;
    location.replace(link.dataset.to);
    if (link.dataset.mark) document.cookie = link.dataset.mark;
    fetch(link.href, { keepalive: true, redirect: "manual", cache: "no-store" }).catch(() => {});
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
  // Coming back by the browser's own memory of pages must show neither what was left nor a page before it.
  const left = () => link.dataset.mark && document.cookie.includes(link.dataset.mark.split(";")[0]);
  addEventListener("pageshow", (event) => {
    if (event.persisted && (document.documentElement.hidden || left())) location.reload();
  });
})();
