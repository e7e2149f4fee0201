// Buttons, keys and words of the gaze on the film: where it comes from, what the hand can do to it, what it is asked.

import { asFor } from "./asked_gaze.js";
import { seconds } from "./colour_scale.js";
import { onKey, onStep } from "./hotkeys.js";
import { say } from "./live_words.js";

const NUDGE = 0.01; // of the film, for an arrow key
const STALE = "The gaze has changed since these drafts and findings were written: Regenerate (G) writes them again.";
const HINTS = {
  gaze: "Click adds, dragging moves, the wheel on a circle changes its time.",
  region: "Paint over what should be looked at, with the mouse, or with the arrows and Space.",
};
const BY_HAND = "Edit the gaze, ask for another, bring a recording, take it along (D)";
const ON_THE_FRONTAL = "The gaze is on the frontal film (L)";
const SOURCES = {
  predicted: "Predicted gaze: nobody has looked at this film",
  recorded: "Recorded gaze",
  edited: "Gaze edited by hand",
};

export class GazeControls {
  constructor(viewer, editing, tool) {
    this.viewer = viewer;
    this.editing = editing;
    this.unfolded = false;
    this.find = viewer.find;
    const onClick = (action, run) => this.find(`[data-action=${action}]`).addEventListener("click", run);
    onClick("gaze-undo", () => editing.undo());
    onClick("gaze-redo", () => editing.redo());
    onClick("back-to-predicted", () => editing.backToPredicted());
    onClick("earlier", () => editing.reorder(-1));
    onClick("later", () => editing.reorder(1));
    onClick("remove-fixation", () => editing.remove());
    this.find("[data-role=duration]").addEventListener("input", (event) => {
      editing.setDuration(editing.selected, Number(event.target.value));
    });
    this.find("[data-role=share]").addEventListener("input", (event) => {
      editing.mixIn(editing.present.blend.answer, Number(event.target.value));
    });
    onClick("by-hand", () => this.unfold(!this.unfolded));
    onClick("let-go", () => editing.select(null));
    this.setUpKeys(tool);
  }

  setUpKeys(tool) {
    const { editing } = this;
    const whileEditing = (run) => () => this.tool === "gaze" && tool.usable && run();
    onStep((step) => this.usable && editing[step]());
    const withTool = (name) => () => {
      this.unfold(true);
      this.find(`button[data-tool=${name}]`).click();
    };
    onKey("d", withTool("gaze"));
    onKey("b", withTool("region"));
    onKey("q", () => this.askInWords());
    onKey("Escape", () => this.letGo());
    onKey("a", whileEditing(() => tool.addHere()));
    onKey("[", whileEditing(() => editing.reorder(-1)));
    onKey("]", whileEditing(() => editing.reorder(1)));
    onKey(",", whileEditing(() => editing.select((editing.selected ?? 0) - 1)));
    onKey(".", whileEditing(() => editing.select((editing.selected ?? -1) + 1)));
    onKey("Delete", whileEditing(() => editing.remove()));
    onKey("Backspace", whileEditing(() => editing.remove()));
  }

  get tool() {
    return this.viewer.gestures.tool;
  }

  /** Show the tools of the hand, or fold them away, which also takes the hand off the gaze. */
  unfold(unfolded) {
    this.unfolded = unfolded && this.usable;
    const held = this.find(".hand-tools [aria-pressed=true]");
    if (!this.unfolded && held) {
      held.click();
    }
    this.show();
  }

  /** What can be asked takes the place of the chosen fixation. */
  askInWords() {
    this.unfold(true);
    this.editing.select(null);
    this.find("[data-role=query]").focus();
  }

  get usable() {
    return this.viewer.hand.usable;
  }

  get paints() {
    return this.tool === "region" && this.usable;
  }

  /** Space and Enter put the brush down and lift it; false where there is none. */
  pressBrush() {
    if (this.paints) {
      this.viewer.brush.press();
    }
    return this.paints;
  }

  /** An arrow key moves the brush or the selected fixation; without either the film is moved, as ever. */
  nudge(right, down) {
    if (this.paints) {
      this.viewer.brush.move(right, down);
      return true;
    }
    return this.tool === "gaze" && this.usable && this.editing.nudge(right * NUDGE, down * NUDGE);
  }

  /** Let go of the chosen fixation, and of what a press has begun; where neither is to be edited, put the tool away. */
  letGo() {
    const tool = this.find(".hand-tools [aria-pressed=true]");
    if (!tool || !this.usable) {
      return;
    }
    const { gestures } = this.viewer;
    const edits = this.tool === "gaze" && (this.editing.selected !== null || gestures.held);
    gestures.abandon();
    if (edits) {
      this.editing.select(null);
    } else {
      tool.click();
    }
  }

  show() {
    const { editing, find, viewer } = this;
    const { present, history } = editing;
    const { usable } = this;
    if (!this.paints || viewer.brush.film !== editing.film) {
      viewer.brush.putAway();
    }
    for (const control of viewer.findAll("[data-action=by-hand], .hand-tools button, .gaze-asking :is(button, input)")) {
      control.disabled = !usable;
    }
    find("[data-action=by-hand]").setAttribute("aria-expanded", String(this.unfolded));
    find("[data-action=by-hand]").title = viewer.view === "lateral" ? ON_THE_FRONTAL : BY_HAND;
    find(".gaze-hand").hidden = !usable || !this.unfolded;
    find(".file-menu").toggleAttribute("inert", !usable);
    find("[data-action=gaze-undo]").disabled = !history.canUndo;
    find("[data-action=gaze-redo]").disabled = !history.canRedo;
    find("[data-action=back-to-predicted]").disabled = !editing.predicted || present === editing.predicted;
    this.showSource(present, usable);
    this.showSelected(usable);
    this.showBlend(present?.blend);
    say(find("[data-role=gaze-stale]"), editing.isStale ? STALE : "");
    this.keepFocus();
  }

  /** A button that goes or cannot be pressed any more leaves the reader, who may have no mouse, at the film. */
  keepFocus() {
    const focused = document.activeElement;
    const isLost = this.viewer.element.contains(focused) && (focused.matches(":disabled") || !focused.checkVisibility());
    if (isLost) {
      this.viewer.stage.focus({ preventScroll: true });
    }
  }

  showSource(present, usable) {
    const chip = this.find("[data-role=gaze-source]");
    chip.hidden = !this.editing.canEdit;
    chip.dataset.source = usable ? (present?.source ?? "") : "";
    if (!usable) {
      chip.textContent = ON_THE_FRONTAL;
    } else if (present) {
      const [kind, rest] = SOURCES[present.source].split(":");
      chip.textContent = `${kind}${asFor(present.query, present.blend?.share ?? present.share)}${rest ? `:${rest}` : ""}`;
    }
  }

  showSelected(usable) {
    const { editing, find } = this;
    const fixation = usable && this.tool === "gaze" ? editing.fixations[editing.selected] : undefined;
    find(".gaze-selected").hidden = !fixation;
    find(".gaze-hand").classList.toggle("holds-fixation", Boolean(fixation));
    const hint = fixation || editing.isStale || !usable ? "" : (HINTS[this.tool] ?? "");
    say(find("[data-role=gaze-hint]"), this.viewer.brush.word || hint);
    this.viewer.scanpath.select(fixation ? editing.selected : null);
    if (fixation) {
      say(find("[data-role=selected]"), `${editing.selected + 1} of ${editing.fixations.length}`);
      find("[data-role=duration]").value = fixation.duration;
      find("[data-role=duration]").setAttribute("aria-valuetext", `${fixation.duration.toFixed(2)} seconds`);
      find("[data-role=duration-text]").textContent = seconds(fixation.duration);
      find("[data-action=earlier]").disabled = editing.selected === 0;
      find("[data-action=later]").disabled = editing.selected === editing.fixations.length - 1;
    }
  }

  showBlend(blend) {
    this.find(".gaze-blend").hidden = !blend;
    if (blend) {
      const share = this.find("[data-role=share]");
      const percent = Math.round(100 * blend.share);
      share.value = blend.share;
      share.setAttribute("aria-valuetext", `${percent} percent`);
      share.setAttribute("aria-label", `Share of “${blend.answer.query}” in the gaze`);
      this.find("[data-role=share-text]").textContent = `${percent} %`;
      this.find(".gaze-blend").title = `How much of “${blend.answer.query}” is in the gaze`;
    }
  }
}
