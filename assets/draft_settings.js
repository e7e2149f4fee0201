// What the drafts were asked for with from here, against what stands above them now. Drafts that came otherwise, such as those of a
// study that was opened again, are not compared.

const CHANGED = {
  way: "The way of writing was changed since.",
  indication: "The indication was changed since.",
};

let told = null;

/** The drafts that are asked for now are written with this indication, and in the way that is chosen. */
export function noteSettings(indication) {
  told = { indication, way: wayOfWriting() };
}

/** In words, what was changed since the drafts were asked for; empty where nothing was. */
export function changedSettings(indication) {
  const now = { indication, way: wayOfWriting() };
  return told === null ? "" : Object.keys(CHANGED).filter((one) => now[one] !== told[one]).map((one) => CHANGED[one]).join(" ");
}

/** How much words vary, and which draw they are, counts for varied words alone. */
function wayOfWriting() {
  const method = document.querySelector("#method input:checked").value;
  const numbers = [...document.querySelectorAll(":is(#temperature, #seed) input")].map((field) => field.value);
  return method === "sample" ? [method, ...numbers].join(" ") : method;
}
