// A part of the page that is kept up to date asks nothing while nobody looks at it, and
// at once when somebody does again. See hx-trigger of [data-live].
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.matches("[data-live]")) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) for (const part of document.querySelectorAll("[data-live]")) htmx.trigger(part, "refresh");
});
