// Why the text was changed: reasons to tick, and the reader's own words beside them.

export class EditReasons {
  /** `offered`: [[value, label], …]; `changed()` is called once the reader has ticked or typed. */
  constructor(fieldset, offered, changed) {
    this.boxes = fieldset.querySelector("[data-role=reasons]");
    this.note = fieldset.querySelector("[data-role=note]");
    this.changed = changed;
    this.leftBehind = new Map(); // by the number of a beginning, the reasons for the text that was left for another
    this.otherWords = ""; // what stood in the note when Other was unticked
    this.boxes.append(...offered.map(([value, label]) => reasonBox(value, label)));
    this.boxes.addEventListener("change", ({ target }) => this.ticked(target));
    this.note.addEventListener("input", () => this.noteTyped());
  }

  get other() {
    return this.boxes.querySelector("input[value=other]");
  }

  get given() {
    const reasons = [...this.boxes.querySelectorAll("input:checked")].map((box) => box.value);
    return { reasons, note: this.note.value };
  }

  get areGiven() {
    return this.given.reasons.length > 0;
  }

  // --- what the reader does ---------------------------------------------------------------------------------------

  noteTyped() {
    if (this.note.value.trim()) {
      this.other.checked = true;
    }
    this.changed();
  }

  /** What stands in the note is what is sent: when Other is unticked its words go, and when it is ticked they are back. */
  ticked(box) {
    if (box === this.other && box.checked) {
      this.note.value ||= this.otherWords;
    } else if (box === this.other) {
      this.otherWords = this.note.value;
      this.note.value = "";
    }
    this.changed();
  }

  // --- what becomes of the text -----------------------------------------------------------------------------------

  /** They say why one text was changed: they stay behind with it when another draft is begun with, and come back with it. */
  exchange(before, now) {
    this.leftBehind.set(before, this.given);
    this.give(this.leftBehind.get(now) ?? {});
  }

  /** As they were given for this text before; most have none yet. */
  give({ reasons = [], note = "" }) {
    for (const box of this.boxes.querySelectorAll("input")) {
      box.checked = reasons.includes(box.value);
    }
    this.note.value = note;
    this.otherWords = "";
  }

  /** Another film has texts of its own. */
  forgetTexts() {
    this.leftBehind.clear();
  }
}

function reasonBox(value, label) {
  const holder = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.value = value;
  box.dataset.testid = `reason-${value}`;
  holder.append(box, ` ${label}`);
  return holder;
}
