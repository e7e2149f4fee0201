// The line on top: the name, who is signed in, and the keys; and a word while the server does not answer.

import { connection } from "./connection.js";
import { setUpHelp } from "./hotkeys.js";
import { tellOfPresence } from "./presence.js";

const LOST = "The server does not answer; trying again…";
const SIGNED_OUT = "You are signed out. What you typed stays here and is sent once you have signed in again: ";

export function mount(element, { watch, props }) {
  setUpHelp(element.querySelector("dialog"), element.querySelector("[data-action=help]"));
  let isTold = false; // of a reader who is signed in, the server wants to know whether they are there
  const show = () => {
    const reader = element.querySelector("[data-role=reader]");
    const { name } = props.value;
    reader.textContent = name ?? "";
    reader.hidden = !name;
    element.querySelector("[data-role=sign-out]").hidden = !name;
    if (name && !isTold) {
      isTold = true;
      tellOfPresence();
    }
  };
  watch("value", show);
  show();
  const line = element.querySelector("[data-role=connection]");
  document.addEventListener("connection-changed", () => {
    if (connection.isSignedOut) {
      line.replaceChildren(SIGNED_OUT, signInElsewhere());
    } else {
      line.textContent = connection.isLost ? LOST : "";
    }
  });
}

/** In another tab, since this one would lose what it has. */
function signInElsewhere() {
  const link = document.createElement("a");
  link.href = "login";
  link.target = "_blank";
  link.textContent = "sign in";
  return link;
}
