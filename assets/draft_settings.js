// What the drafts on the screen were asked for with from here, against what stands above them now. Drafts that came otherwise, such
// as those of a study that was opened again, are not compared.

const CHANGED = {
  way: "The way of writing was changed since.",
  indication: "The indication was changed since.",
};

let asked = null; // {film, indication, way} of the drafts that were asked for last, which may never be written
let told = null; // of those on the screen

/** The drafts of this film that are asked for now are written with this indication, and in the way that is chosen. */
export function noteSettings(film, indication) {
  asked = { film, ...settingsNow(indication) };
}

/** Drafts of this film have come. */
export function draftsCame(film) {
  told = asked?.film === film ? asked : null;
}

/** In words, what was changed since the drafts on the screen were asked for; empty where nothing was. */
export function changedSettings(indication) {
  if (told === null) {
    return "";
  }
  const now = settingsNow(indication);
  return Object.keys(CHANGED).filter((one) => now[one] !== told[one]).map((one) => CHANGED[one]).join(" ");
}

/** How much words vary, and which draw they are, counts for varied words alone. */
function settingsNow(indication) {
  const method = document.querySelector("#method input:checked")?.value;
  const numbers = [...document.querySelectorAll(":is(#temperature, #seed) input")].map((field) => field.value);
  return { indication, way: method === "sample" ? [method, ...numbers].join(" ") : method };
}
