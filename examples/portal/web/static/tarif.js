// Checks the tariff while it is typed: the server says what is wrong, this only carries it. Without it, the button does.
"use strict";
const form = document.querySelector("form[data-check]");
const parts = ["findings", "lines"]; // the parts of the page that the answer replaces
let timer, running;

async function check() {
  running?.abort();
  running = new AbortController();
  try {
    const r = await fetch(form.dataset.check, {
      method: "POST", body: new URLSearchParams({ text: form.elements.text.value }), signal: running.signal,
    });
    if (r.redirected) return say("La session est terminée. Copiez le texte avant de vous reconnecter.");
    if (!r.ok) return say(r.status === 413 ? "Le texte est trop long pour être contrôlé." : "Le contrôle ne répond pas.");
    const answer = new DOMParser().parseFromString(await r.text(), "text/html");
    for (const id of parts) document.getElementById(id).replaceChildren(...answer.getElementById(id).childNodes);
  } catch (e) {
    if (e.name !== "AbortError") say("Le contrôle ne répond pas.");
  }
}

function say(text) {
  document.getElementById("findings").textContent = text;
}

form?.elements.text.addEventListener("input", () => {
  clearTimeout(timer);
  running?.abort(); // its answer would be about an older text
  timer = setTimeout(check, 400);
});
