// Whether films are read first: they come without gaze, findings and drafts, which the reader asks for when they want them.

import { remember, remembered } from "./remembered.js";

const NAME = "read-first";

let isOn = remembered(NAME) === "on";

/** Of the films that are opened from now on. */
export function readsFirst() {
  return isOn;
}

/** Let a checkbox switch it on and off. */
export function setUpReadFirst(box) {
  box.checked = isOn;
  box.addEventListener("change", () => {
    isOn = box.checked;
    remember(NAME, isOn ? "on" : "off");
  });
}
