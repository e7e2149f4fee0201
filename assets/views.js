// The views of a study that the page shows, in the order in which their films are opened.

export const VIEWS = ["frontal", "lateral"];
