// Offers the browser's own time zone in a <select data-zone> in which nothing was chosen yet: not in a form that was sent,
// nor where the browser put back what somebody chose. A browser may call a place by a name of old (Asia/Calcutta).
(() => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const called = (zone) => {
    try {
      return Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
    } catch {
      return ""; // a place this browser doesn't know
    }
  };
  for (const select of document.querySelectorAll("select[data-zone]")) {
    if (!here || select.value) continue;
    const places = [...select.options].filter((option) => option.value);
    const found =
      places.find((option) => option.value === here) ||
      places.find((option) => called(option.value) === here) ||
      places.find((option) => (option.dataset.former || "").split(" ").includes(here));
    if (found) select.value = found.value;
  }
})();
