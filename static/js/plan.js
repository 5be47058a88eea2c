// A surprise always tells a few things: what asks for them unfolds when it is chosen.
document.addEventListener("change", (event) => {
  if (event.target.name === "who" && event.target.value === "surprise") {
    event.target.closest("form").querySelector("details").open = true;
  }
});
