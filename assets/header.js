// The line on top: the name, who is signed in, and the keys; and at the foot a word while the server does not answer.

import { connection } from "./connection.js";
import { drawCurtainUnlessSignedIn } from "./curtain.js";
import { setUpHelp } from "./hotkeys.js";
import { tellOfPresence } from "./presence.js";
import { loadAnewIfUnused } from "./unused_page.js";

const LOST = "The server does not answer; trying again…";
const SIGNED_OUT = "You are signed out. What you typed stays here and is sent once you have signed in again: ";
const OUTDATED = "The application was updated, or this browser's cookies were removed, and nothing is taken from this page any more. Copy what you typed, then ";
const IS_ANOTHERS = "Somebody else has signed in from this browser, and what is open here is not theirs: ";
const OR_IS_YOURS = ". If it is yours, nothing of it is lost: ";

export function mount(element, { watch, props }) {
  setUpHelp(element.querySelector("dialog"), element.querySelector("[data-action=help]"));
  const line = element.querySelector("[data-role=connection]");
  let isAnothers = false;
  const showConnection = () => {
    const isFromBeforeAccounts = connection.isAnothers && !props.value.name; // nobody can sign in as its reader
    if (connection.isSignedOut) {
      line.replaceChildren(SIGNED_OUT, signInElsewhere());
    } else if (connection.isOutdated || isFromBeforeAccounts) {
      line.replaceChildren(...(loadAnewIfUnused() ? [] : [OUTDATED, loadAnew()]));
    } else if (connection.isAnothers || isAnothers) {
      line.replaceChildren(IS_ANOTHERS, loadAnew(), OR_IS_YOURS, signInElsewhere());
    } else {
      line.textContent = connection.isLost ? LOST : "";
    }
  };
  document.addEventListener("connection-changed", showConnection);
  let isTold = false; // of a reader who is signed in, the server wants to know whether they are there
  const show = () => {
    const reader = element.querySelector("[data-role=reader]");
    const { name, idle_seconds: idleSeconds } = props.value;
    reader.textContent = name ?? "";
    reader.hidden = !name;
    element.querySelector("[data-role=sign-out]").hidden = !name;
    if (name && !isTold) {
      isTold = true;
      tellOfPresence();
      drawCurtainUnlessSignedIn(name, 1000 * idleSeconds, (who) => {
        isAnothers = who !== null && who !== name;
        showConnection();
      });
    }
  };
  watch("value", show);
  show();
}

/** In another tab, since this one would lose what it has. */
function signInElsewhere() {
  const link = document.createElement("a");
  link.href = "login";
  link.target = "_blank";
  link.textContent = "sign in";
  return link;
}

function loadAnew() {
  const link = document.createElement("a");
  link.href = document.baseURI;
  link.textContent = "load the page anew";
  return link;
}
