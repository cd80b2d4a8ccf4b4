// What htmx leaves open: say it in words when an answer does not come, and close the menu with Escape.

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
