// How the page names what gaze was predicted for, wherever it says where the gaze comes from.

/** `query`: what a reader asked for, or nothing where gaze was not predicted for a query; `share`: its weight in a blend. */
export function asFor(query, share = 1) {
  if (!query) {
    return "";
  }
  return share < 1 ? `, as for “${query}”, ${Math.round(100 * share)}\u00a0%` : `, as for “${query}”`;
}
