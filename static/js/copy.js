// <button hidden data-copy="text" data-copied="Copied"> followed by an element with role="status" that says so.
(() => {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const said = button.nextElementSibling;
      if (said && said.getAttribute("role") === "status") said.textContent = button.dataset.copied;
    });
  }
})();
