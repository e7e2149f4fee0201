// Keys that are a single letter, digit or sign. Who speaks to the computer, or presses keys by mistake, can switch them off.

import { remember, remembered } from "./remembered.js";

const NAME = "single-keys";
const told = [];

let areOn = remembered(NAME) !== "off";

/** Whether nobody answers this key, since it is such a one and they are off. Space and the arrows are none. */
export function isSwitchedOff({ key }) {
  return !areOn && key.length === 1 && key !== " ";
}

/** Let a checkbox switch them on and off. */
export function setUpSingleKeys(box) {
  box.checked = areOn;
  box.addEventListener("change", () => {
    areOn = box.checked;
    remember(NAME, areOn ? "on" : "off");
    told.forEach((tell) => tell(areOn));
  });
}

/** `tell(areOn)` now, and whenever they are switched on or off. */
export function onSingleKeys(tell) {
  told.push(tell);
  tell(areOn);
}
