// How the reader left the page's own controls, kept in this browser alone: nothing of a film or a patient.

/** The value kept under a name, or null where there is none. */
export function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // this browser keeps nothing of any page
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // As above: the next visit begins as the first one did.
  }
}
