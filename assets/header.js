// The line on top: the name, who is signed in, and the keys.

import { setUpHelp } from "./hotkeys.js";

export function mount(element, { watch, props }) {
  setUpHelp(element.querySelector("dialog"), element.querySelector("[data-action=help]"));
  const show = () => {
    const reader = element.querySelector("[data-role=reader]");
    const { name } = props.value;
    reader.textContent = name ?? "";
    reader.hidden = !name;
    element.querySelector("[data-role=sign-out]").hidden = !name;
  };
  watch("value", show);
  show();
}
