// The gaze on the frontal film: as the server made it, or as the reader's hand left it, with every step to be taken back.

import { EditHistory } from "./edit_history.js";
import { keepInHand } from "./gaze_in_hand.js";
import { patchDurations } from "./patch_durations.js";
import { added, blended, covering, lasting, moved, removed, reordered, sameFixations } from "./scanpath_edits.js";

const REST_BEFORE_TELLING = 150; // milliseconds

export class GazeEditing {
  /** `show(fixations, patchDurations)` draws; `tell(message)` reaches the server; `changed()` is called after any change. */
  constructor({ show, tell, changed }) {
    this.show = show;
    this.tell = tell;
    this.changed = changed;
    /**
     * A state is {fixations, source, offer, query, share, blend}. `offer` is the number of a scanpath that the server made and
     * nobody has changed; `blend` is {base, answer, share}, where `base` is the state into which an answer was mixed.
     */
    this.history = new EditHistory();
    this.film = null;
    this.sequence = 0;
    this.forget();
    keepInHand(() => this.message());
    document.addEventListener("drafts-changed", (event) => this.draftsChanged(event.detail));
  }

  forget() {
    this.history.clear();
    this.adopted = 0;
    this.answered = 0;
    this.predicted = null;
    this.selected = null;
    clearTimeout(this.telling);
    this.show([], []);
  }

  get present() {
    return this.history.present;
  }

  get fixations() {
    return this.present?.fixations ?? [];
  }

  get canEdit() {
    return this.takesGaze && this.present !== null;
  }

  /** Whether the drafts on the page were written with other gaze than the one that is on the film. */
  get isStale() {
    return this.canEdit && Boolean(this.draftsGaze) && !sameFixations(this.draftsGaze.fixations, this.fixations);
  }

  // --- what the server says ---------------------------------------------------------------------------------------

  /** Only what is new counts: the server's word on an earlier step must not undo a later one. */
  told({ films, takes_gaze: takesGaze, gaze }) {
    const film = films.frontal?.token ?? null;
    if (film !== this.film) {
      this.film = film;
      this.forget();
    }
    this.takesGaze = takesGaze;
    if (gaze.adopted && gaze.adopted.number !== this.adopted) {
      this.adopt(gaze.adopted);
    }
    if (gaze.answer && gaze.answer.number !== this.answered) {
      this.answered = gaze.answer.number;
      this.mixIn(gaze.answer, 1);
    }
    this.changed();
  }

  adopt({ number, source, fixations, query, share }) {
    this.adopted = number;
    const state = { fixations, source, offer: number, query, share, blend: null };
    if (source === "predicted" && query === null && fixations.length > 0) {
      this.predicted ??= state;
    }
    this.selected = null;
    this.history.push(state);
    this.show(state.fixations, patchDurations(state.fixations));
  }

  draftsChanged({ draftsId, gaze }) {
    this.draftsGaze = draftsId === null ? null : gaze;
    this.changed();
  }

  // --- what the hand does -----------------------------------------------------------------------------------------

  /** `goesOn` names what is done, when doing it on is still the same step. */
  edit(fixations, goesOn = null, rest = undefined) {
    this.take({ fixations, source: "edited", offer: null, query: null, blend: null }, goesOn, rest);
  }

  take(state, goesOn = null, rest = undefined) {
    if (goesOn === null) {
      this.history.push(state);
    } else {
      this.history.pushInOneGo(state, goesOn, rest);
    }
    this.shown();
  }

  add(place) {
    this.selected = this.fixations.length;
    this.edit(added(this.fixations, place));
  }

  /** `drag` is a number for each drag, all of which is one step however long it rests. */
  move(index, place, drag = null) {
    this.selected = index;
    this.edit(moved(this.fixations, index, place), drag === null ? `nudge ${index}` : `drag ${drag}`, drag === null ? undefined : Infinity);
  }

  /** The gaze with all steps, and what is selected, for `takeBack`. */
  remember() {
    return { steps: this.history.remember(), selected: this.selected };
  }

  /** As if the hand had done nothing since. */
  takeBack({ steps, selected }) {
    this.history.restore(steps);
    this.selected = selected;
    this.shown();
  }

  /** Move the selected fixation by shares of the film; false where none is selected. */
  nudge(right, down) {
    const fixation = this.fixations[this.selected];
    if (fixation) {
      this.move(this.selected, { x: fixation.x + right, y: fixation.y + down });
    }
    return Boolean(fixation);
  }

  setDuration(index, duration) {
    this.selected = index;
    this.edit(lasting(this.fixations, index, duration), `duration ${index}`);
  }

  remove() {
    if (this.selected !== null) {
      const index = this.selected;
      this.selected = null;
      this.edit(removed(this.fixations, index));
    }
  }

  reorder(steps) {
    const index = this.selected;
    const target = index + steps;
    if (index !== null && target >= 0 && target < this.fixations.length) {
      this.selected = target;
      this.edit(reordered(this.fixations, index, steps));
    }
  }

  cover(patches) {
    this.selected = null;
    this.edit(covering(this.fixations, patches));
  }

  select(index) {
    const count = this.fixations.length;
    this.selected = index === null || count === 0 ? null : (index + count) % count;
    this.changed();
  }

  /** Mix an answer into what was there before any answer; with a share of 1 it takes its place. */
  mixIn(answer, share) {
    const base = this.present?.blend?.base ?? this.present;
    const fixations = blended(base.fixations, answer.fixations, share);
    const source = share === 1 || base.source === answer.source ? answer.source : share === 0 ? base.source : "edited";
    const query = share > 0 ? answer.query : base.query;
    this.selected = null;
    this.take({ fixations, source, offer: null, query, blend: { base, answer, share } }, `share ${answer.number}`);
  }

  backToPredicted() {
    this.selected = null;
    this.take(this.predicted);
  }

  undo() {
    this.goTo(this.history.undo());
  }

  redo() {
    this.goTo(this.history.redo());
  }

  goTo(state) {
    if (state !== null) {
      this.selected = null;
      this.shown();
    }
  }

  shown() {
    this.show(this.fixations, patchDurations(this.fixations));
    this.changed();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      const message = this.message();
      if (message !== null) {
        this.tell(message);
      }
    }, REST_BEFORE_TELLING);
  }

  // --- what the server is told --------------------------------------------------------------------------------------

  /** What the server made is named by its number, so that it knows itself where it comes from. */
  message() {
    if (!this.canEdit) {
      return null;
    }
    this.sequence += 1;
    const said = { film: this.film, adopted: this.adopted, sequence: this.sequence };
    const { offer, blend, fixations } = this.present;
    if (offer !== null) {
      return { ...said, offer };
    }
    if (blend?.share === 1) {
      return { ...said, offer: blend.answer.number };
    }
    if (blend && blend.base.offer !== null) {
      return { ...said, offer: blend.base.offer, other: blend.answer.number, share: blend.share };
    }
    return blend?.share > 0 ? { ...said, fixations, other: blend.answer.number, share: blend.share } : { ...said, fixations };
  }
}
