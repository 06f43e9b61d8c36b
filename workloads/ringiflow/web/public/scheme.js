// Sets the colour scheme before the first paint. A file, because the page's policy forbids inline scripts.
(() => {
  let saved = null;
  try {
    saved = localStorage.getItem("mantine-color-scheme-value");
  } catch {}
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const scheme = saved === "light" || saved === "dark" ? saved : dark ? "dark" : "light";
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
