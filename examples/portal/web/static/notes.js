// The grid of marks: arrows and Enter go from cell to cell, Escape gives back what was saved, averages follow what is typed.
// The server computes; this only carries. Without it the grid is a form like any other.
"use strict";
const grid = document.querySelector("form.grid");
const status = document.getElementById("grid-status");
let timer, running;

function move(from, down, right) {
  const row = from.closest("tr"), cells = (r) => [...r.querySelectorAll("input.mark")];
  const rows = [...grid.querySelectorAll("tbody tr")];
  const next = rows[rows.indexOf(row) + down];
  const to = next && cells(next)[cells(row).indexOf(from) + right];
  if (!to) return false;
  to.focus();
  to.select();
  return true;
}

grid?.addEventListener("keydown", (e) => {
  const cell = e.target;
  if (!cell.matches("input.mark") || e.altKey || e.ctrlKey || e.metaKey) return;
  const start = cell.selectionStart === 0 && (cell.selectionEnd === 0 || cell.selectionEnd === cell.value.length);
  const end = cell.selectionEnd === cell.value.length && (cell.selectionStart === cell.value.length || cell.selectionStart === 0);
  let moved = false;
  switch (e.key) {
    case "Enter": moved = move(cell, e.shiftKey ? -1 : 1, 0) || true; break; // the button saves, not a slip of the finger
    case "ArrowDown": moved = move(cell, 1, 0); break;
    case "ArrowUp": moved = move(cell, -1, 0); break;
    case "ArrowRight": moved = end && move(cell, 0, 1); break;
    case "ArrowLeft": moved = start && move(cell, 0, -1); break;
    case "Escape":
      cell.value = cell.dataset.was.slice(cell.dataset.was.indexOf("|") + 1);
      cell.dispatchEvent(new Event("input", { bubbles: true }));
      moved = true;
  }
  if (moved) e.preventDefault();
});

async function preview() {
  running?.abort();
  running = new AbortController();
  try {
    const r = await fetch(grid.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(grid)), signal: running.signal });
    if (r.redirected || !r.ok) return say("Les moyennes ne suivent plus : enregistrez, ou reconnectez-vous.");
    const answer = new DOMParser().parseFromString(await r.text(), "text/html");
    for (const line of answer.querySelectorAll("[data-average]")) {
      const cell = document.getElementById("average-" + line.dataset.average), open = cell?.querySelector("details")?.open;
      cell?.replaceChildren(...line.querySelector("td").childNodes);
      if (open && cell.querySelector("details")) cell.querySelector("details").open = true;
    }
    document.getElementById("mean").textContent = answer.querySelector("[data-mean]").textContent;
    say("Moyennes à jour, pas encore enregistrées.");
  } catch (e) {
    if (e.name !== "AbortError") say("Les moyennes ne suivent plus : le serveur ne répond pas.");
  }
}

function say(text) {
  status.textContent = text;
}

grid?.addEventListener("input", () => {
  clearTimeout(timer);
  running?.abort(); // its answer would be about older marks
  timer = setTimeout(preview, 300);
});

// Leaving with marks that are not saved asks first.
let sent = false;
grid?.addEventListener("submit", () => { sent = true; });
window.addEventListener("beforeunload", (e) => {
  const changed = [...document.querySelectorAll("input.mark")].some((c) => c.value !== c.defaultValue);
  if (changed && !sent) e.preventDefault();
});
