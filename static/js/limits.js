// What a line still holds is said near its end.
(() => {
  for (const field of document.querySelectorAll("[data-limit]")) {
    const said = document.getElementById(`limit_${field.id}`);
    const limit = Number(field.dataset.limit);
    const measure = () => {
      const left = limit - [...field.value.trim()].length;
      const words = left < 0 ? said.dataset.over : left > limit / 10 ? "" : said.dataset.left;
      said.textContent = words.replace("{n}", String(Math.abs(left)));
      said.classList.toggle("is-over", left < 0);
    };
    field.addEventListener("input", measure);
    measure();
  }
})();
