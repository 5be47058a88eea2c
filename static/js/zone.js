// Offers the browser's own time zone in a <select data-zone>, unless one was chosen already: "Etc/UTC" is what stands there untouched.
(() => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const select of document.querySelectorAll("select[data-zone]")) {
    const untouched = ["", "Etc/UTC"].includes(select.value);
    if (here && untouched && [...select.options].some((option) => option.value === here)) select.value = here;
  }
})();
