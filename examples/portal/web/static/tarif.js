// Checks the tariff while it is typed: the server says what is wrong, this only carries it. Without it, the button does.
"use strict";
const form = document.querySelector("form[data-check]");
const out = document.getElementById("findings");
let timer, running;
form?.elements.text.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    running?.abort();
    running = new AbortController();
    try {
      const r = await fetch(form.dataset.check, {
        method: "POST", body: new URLSearchParams({ text: form.elements.text.value }), signal: running.signal,
      });
      if (r.ok) out.innerHTML = await r.text(); // the server's own escaped fragment
    } catch (e) {
      if (e.name !== "AbortError") out.textContent = "Le contrôle ne répond pas.";
    }
  }, 400);
});
