// Passkey buttons appear where the browser knows passkeys. One that was cancelled, timed out or isn't there is no error
// of the page's: say so in a sentence, not in the console.
(() => {
  if (window.PublicKeyCredential) {
    for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = false;
  }
  document.addEventListener("allauth.error", (event) => {
    const said = document.querySelector("[data-passkey-trouble]");
    if (!said) return;
    event.preventDefault();
    said.hidden = false;
  });
})();
