// Moments in the language of the page, whatever that of the browser is: they stand within its sentences.

const LANGUAGE = "en-GB";

/** `moment` in ISO 8601. */
export function dayAndTime(moment) {
  return new Date(moment).toLocaleString(LANGUAGE, { dateStyle: "medium", timeStyle: "short" });
}

export function timeNow() {
  return new Date().toLocaleTimeString(LANGUAGE, { timeStyle: "medium" });
}
