// Runs before nbgrader's own scripts on the grading page.

// nbgrader waits for MathJax, which it fetches from a CDN. We load none: courses hold no formulas.
window.MathJax = {
  Hub: { Startup: { signal: { Interest: (told) => setTimeout(() => told("End"), 0) } } },
};

// The page's policy allows no handlers inside tags.
document.addEventListener("click", ({ target }) => {
  if (target.matches(".glyphicon.name-hidden")) window.toggle_name(true);
  if (target.matches(".glyphicon.name-shown")) window.toggle_name(false);
});

// A learner's work lies in frames of another origin; each says only how high it is.
const TALLEST = 20000;
window.addEventListener("message", ({ source, data }) => {
  const height = Number(data?.zxHeight);
  if (!Number.isFinite(height)) return;
  for (const frame of document.querySelectorAll("iframe.zx-learner")) {
    if (frame.contentWindow === source) {
      frame.style.height = `${Math.min(Math.max(height, 24) + 4, TALLEST)}px`;
    }
  }
});

window.addEventListener("load", () => {
  for (const frame of document.querySelectorAll("iframe.zx-learner")) {
    frame.contentWindow.postMessage("how high", "*");
  }
});

// A sentence of the comment bank goes to the end of the comment, which nbgrader then saves.
document.addEventListener("click", ({ target }) => {
  if (!target.matches(".zx-sentence")) return;
  const comment = document.getElementById(target.dataset.comment);
  comment.value = [comment.value.trim(), target.textContent].filter(Boolean).join(" ");
  comment.dispatchEvent(new Event("change", { bubbles: true }));
});
