// The choice of a finding's side: a list beside its row, gone once a side is chosen or the list is left.

import { clamp } from "./clamp.js";
import { isSwitchedOff } from "./single_keys.js";
import { textElement } from "./text_element.js";

const SIDES = {
  right: { sign: "R", name: "right", label: "Right" },
  left: { sign: "L", name: "left", label: "Left" },
  both: { sign: "R+L", name: "both sides", label: "Both sides" },
  none: { sign: "–", name: "no side", label: "No side" },
};
const EDGE = 4; // of the window, in pixels, that the list keeps free
const GAP = 2; // between the list and its button

/** The side of a finding as it counts: the reader's where they `said` one, else the classifier's, if it tells one. */
export function sideThatCounts({ side, said }) {
  return said ?? side ?? "none";
}

/** A sign for a narrow button. */
export function signOfSide(side) {
  return SIDES[side].sign;
}

export function nameOfSide(side) {
  return SIDES[side].name;
}

export class SideChoice {
  constructor(parent) {
    this.list = textElement("div", "", "side-choice");
    this.list.popover = "manual";
    this.list.dataset.testid = "side-choice";
    this.list.setAttribute("role", "menu");
    this.list.addEventListener("keydown", (event) => this.pressed(event));
    this.list.addEventListener("focusout", ({ relatedTarget }) => this.left(relatedTarget));
    document.addEventListener("scroll", () => this.scrolled(), true);
    window.addEventListener("resize", () => this.close());
    document.addEventListener("curtain-drawn", () => this.close());
    parent.append(this.list);
  }

  get isOpen() {
    return this.list.matches(":popover-open");
  }

  /** Beside the row's button; `choose(said)` is called with a side, or with null for what the classifier says. */
  open(row, choose) {
    this.close();
    this.button = row.sideButton;
    this.opener = row.element.contains(document.activeElement) ? document.activeElement : this.button;
    const { finding, side, said = null } = row.told;
    const classifiers = `As the classifier says: ${nameOfSide(side ?? "none")}`;
    const choices = [...Object.entries(SIDES).map(([name, { label }]) => [name, label]), [null, classifiers]];
    this.items = choices.map(([name, label]) => this.item(label, name === said, () => choose(name)));
    this.list.setAttribute("aria-label", `Side of ${finding.toLowerCase()}`);
    this.list.replaceChildren(...this.items);
    this.button.setAttribute("aria-expanded", "true");
    this.button.scrollIntoView({ block: "nearest" }); // the row may have the focus and be scrolled away
    this.list.showPopover();
    this.beside = this.button.getBoundingClientRect();
    this.place(this.beside);
    this.items.find((item) => item.getAttribute("aria-checked") === "true").focus();
  }

  item(label, isChecked, choose) {
    const item = textElement("button", label, "side-choice-item");
    item.type = "button";
    item.tabIndex = -1;
    item.setAttribute("role", "menuitemradio");
    item.setAttribute("aria-checked", String(isChecked));
    item.addEventListener("click", () => {
      this.close();
      choose();
    });
    return item;
  }

  /** Below the button, or above it where there is no room below. */
  place({ top, bottom, right }) {
    const { offsetWidth: width, offsetHeight: height } = this.list;
    const below = bottom + GAP + height + EDGE <= window.innerHeight;
    this.list.style.top = `${below ? bottom + GAP : Math.max(EDGE, top - GAP - height)}px`;
    this.list.style.left = `${clamp(right - width, EDGE, window.innerWidth - width - EDGE)}px`;
  }

  /** The focus goes back to where it was, unless it has gone elsewhere by itself. */
  close() {
    if (this.isOpen) {
      const hadFocus = this.list.contains(document.activeElement);
      this.button.setAttribute("aria-expanded", "false");
      this.list.hidePopover();
      if (hadFocus) {
        this.opener.focus({ preventScroll: true });
      }
    }
  }

  /** A list whose row has moved would stand beside another one. */
  scrolled() {
    if (this.isOpen && this.button.getBoundingClientRect().top !== this.beside.top) {
      this.close();
    }
  }

  /** The button closes the list by itself. */
  left(to) {
    if (to !== this.button && !this.list.contains(to)) {
      this.close();
    }
  }

  /** What is answered here, and every letter, goes no further; any other key, such as F5, is the browser's own. */
  pressed(event) {
    const presses = event.key === "Enter" || event.key === " "; // the choice itself, but not held since it opened the list
    if (event.ctrlKey || event.metaKey || event.altKey || (presses && !event.repeat)) {
      return;
    }
    const last = this.items.length - 1;
    const at = this.items.indexOf(document.activeElement);
    const next = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last }[event.key];
    if (next !== undefined) {
      this.items[next].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      this.close();
    } else if (event.key.length === 1) {
      this.letterPressed(event);
    } else if (!presses) {
      return;
    }
    event.preventDefault();
  }

  /** It is that of the first choice that begins with it. */
  letterPressed(event) {
    const begins = (item) => item.textContent[0].toLowerCase() === event.key.toLowerCase();
    if (!event.repeat && !isSwitchedOff(event)) {
      this.items.find(begins)?.click();
    }
  }
}
