// How the page names what gaze was predicted for, wherever it says where the gaze comes from.

/** `query`: what a reader asked for, or nothing where gaze was not predicted for a query. */
export function asFor(query) {
  return query ? `, as for “${query}”` : "";
}
