// What htmx leaves open: say it in words when an answer does not come, close the menu with Escape, copy a text.

const region = document.getElementById("bm-trouble");

function say(key) {
  if (!region) return;
  region.querySelector("[data-words]").textContent = region.dataset[key];
  region.hidden = false;
  region.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:responseError", () => say("refused"));
document.addEventListener("htmx:sendError", () => say("unreachable"));
document.addEventListener("htmx:timeout", () => say("unreachable"));
document.addEventListener("htmx:beforeRequest", () => {
  if (region) region.hidden = true;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest?.("details.bm-me[open], .bm-top details[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// A button that copies the field named in data-copy. Without this script it stays hidden: the field can be selected.
for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  const told = button.parentElement.querySelector("[data-copied]");
  // Emptied first: a second time the same words would not be read aloud.
  told.textContent = "";
  field.select();
  let words = told.dataset.copied;
  try {
    await navigator.clipboard.writeText(field.value);
    button.focus();
  } catch {
    words = told.dataset.notCopied;
  }
  told.textContent = words;
});
