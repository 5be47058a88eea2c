// A form is sent once: a second press of its button does nothing, and where the answer takes longer than 400 ms the button
// says that it is on its way. A form that answers with a file, and a page that comes back from the browser's memory, can be
// sent again. Without JavaScript the server takes a form twice for one as it does anyway.
(() => {
  const sent = new WeakMap(); // each form that is on its way, and how it ends
  const again = (form) => {
    sent.get(form)?.();
    sent.delete(form);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (sent.has(form)) return event.preventDefault();
    if (event.defaultPrevented || form.method !== "post") return;
    const button = event.submitter;
    const words = button && [...button.childNodes].find((one) => one.nodeType === Node.TEXT_NODE && one.data.trim());
    const before = words?.data;
    const said = setTimeout(() => {
      if (!words) return;
      button.setAttribute("aria-busy", "true");
      words.data = document.body.dataset.sending;
    }, 400);
    const back = setTimeout(again, 10_000, form);
    sent.set(form, () => {
      clearTimeout(said);
      clearTimeout(back);
      if (!words) return;
      button.removeAttribute("aria-busy");
      words.data = before;
    });
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) again(form);
  });
})();
