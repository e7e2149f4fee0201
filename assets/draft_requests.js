// Requests for drafts, counted. The server says of drafts which request they were written for, so that the page can tell whether
// something else stands above them by now; and which request it has begun last, so that one which was lost is made up for. Drafts
// that came otherwise, such as those of a study that was opened again, are not compared.

import { indicationNow } from "./indication.js";

const CHANGED = {
  way: "The way of writing was changed since.",
  hedged: "Whether drafts are hedged was changed since.",
  indication: "The indication was changed since.",
};

const asked = new Map(); // by the number of a request, the settings that its drafts are written with, should they be
let last = 0; // the number of the last request
let wish = { film: null, number: 0 }; // the last that the reader made, and waits for
let told = null; // the settings of the drafts on the screen, where they are known

/** What the server is told whenever it may have to write drafts of the film of these `drafts`. */
export function requestFor(drafts) {
  const { film } = drafts;
  last += 1;
  asked.set(last, { film, ...settingsNow(drafts) });
  return { film, text: indicationNow(drafts) ?? null, request: last, wanted: wish.film === film ? wish.number : 0 };
}

/** What it is told where the reader asks for them. */
export function wishFor(drafts) {
  wish = { film: drafts.film, number: last + 1 };
  return requestFor(drafts);
}

/** Whether the reader has asked for drafts of this film that the server, whose word these `drafts` are, has not begun. */
export function areStillWanted({ film, begun }) {
  return wish.film === film && wish.number > begun;
}

/** Drafts have come. Of the requests before, nothing is needed any more. */
export function draftsCame({ film, request }) {
  for (const [number, settings] of asked) {
    if (number < request || settings.film !== film) {
      asked.delete(number);
    }
  }
  told = asked.get(request) ?? null;
}

/** In words, what was changed since these `drafts`, which are on the screen, were asked for; empty where nothing was. */
export function changedSettings(drafts) {
  if (told === null) {
    return "";
  }
  const now = settingsNow(drafts);
  return Object.keys(CHANGED).filter((one) => now[one] !== told[one]).map((one) => CHANGED[one]).join(" ");
}

/** How much words vary, and which draw they are, counts for varied words alone. */
function settingsNow(drafts) {
  const method = document.querySelector("#method input:checked")?.value;
  const numbers = [...document.querySelectorAll(":is(#temperature, #seed) input")].map((field) => field.value);
  const hedged = document.querySelector("#hedged input")?.checked;
  return { indication: indicationNow(drafts), way: method === "sample" ? [method, ...numbers].join(" ") : method, hedged };
}
