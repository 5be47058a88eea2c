// A form is sent once: a second press of the same button does nothing, and where the answer takes longer than 400 ms the
// button says that it is on its way. Another button of the form is another wish, and goes out. A form that answers with a
// file, and a page that comes back from the browser's memory, can be sent again. Without JavaScript the server takes a form
// twice for one as it does anyway.
(() => {
  const sent = new WeakMap(); // each form that is on its way: by which button, and how it ends
  const again = (form) => {
    sent.get(form)?.end();
    sent.delete(form);
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (sent.has(form) && sent.get(form).button === button) return event.preventDefault();
    if (event.defaultPrevented || form.method !== "post") return;
    again(form);
    const words = button && [...button.childNodes].find((one) => one.nodeType === Node.TEXT_NODE && one.data.trim());
    const before = words?.data;
    const said = setTimeout(() => {
      if (!words) return;
      button.setAttribute("aria-busy", "true");
      words.data = document.body.dataset.sending;
    }, 400);
    const back = setTimeout(again, 10_000, form);
    const end = () => {
      clearTimeout(said);
      clearTimeout(back);
      if (!words) return;
      button.removeAttribute("aria-busy");
      words.data = before;
    };
    sent.set(form, { button, end });
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) again(form);
  });
})();
