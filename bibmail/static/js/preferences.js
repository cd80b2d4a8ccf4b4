// Mijn voorkeuren: a form sends itself as soon as something changes, so its button goes. When an answer does not
// come, the page is loaded anew and shows how things really stand.

if (window.htmx) document.documentElement.classList.add("bm-live");

for (const trouble of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(trouble, () => window.location.reload());
}
