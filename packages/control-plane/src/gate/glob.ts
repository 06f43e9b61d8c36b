/** Whether a path with `/` matches a glob: `*` and `?` within a folder, `**` across folders; the rest is literal. */
export function matchesGlob(glob: string, path: string): boolean {
  return segments(glob.split("/"), path.split("/"));
}

function segments(globs: string[], names: string[]): boolean {
  const [glob, ...rest] = globs;
  if (glob === undefined) return names.length === 0;
  if (glob === "**") {
    return segments(rest, names) || (names.length > 0 && segments(globs, names.slice(1)));
  }
  return names.length > 0 && segment(glob, names[0]!) && segments(rest, names.slice(1));
}

/** Linear in practice: on a mismatch only the last `*` takes one more character. */
function segment(glob: string, name: string): boolean {
  let g = 0;
  let n = 0;
  let star = -1;
  let starAt = 0;
  while (n < name.length) {
    if (glob[g] === "*") {
      star = g++;
      starAt = n;
    } else if (glob[g] === "?" || glob[g] === name[n]) {
      g++;
      n++;
    } else if (star >= 0) {
      g = star + 1;
      n = ++starAt;
    } else return false;
  }
  while (glob[g] === "*") g++;
  return g === glob.length;
}
