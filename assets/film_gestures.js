// Mouse, pen, touch and wheel on the stage, told apart into windowing, moving and zooming.

export class FilmGestures {
  /**
   * Places {x, y, isOfFinger} are those of the `canvas`. `actions`: window(right, down), pan(right, down), zoom(x, y, factor),
   * fit(), hover(x, y | null); grip(tool, place) may take hold of something at a place, and wheel(tool, place, turned) answer a
   * turn of the wheel there.
   */
  constructor(stage, canvas, actions) {
    this.stage = stage;
    this.canvas = canvas;
    this.actions = actions;
    this.tool = "window";
    this.pointers = new Map();
    stage.addEventListener("pointerdown", (event) => this.press(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    stage.addEventListener("pointerup", (event) => this.release(event, "release"));
    stage.addEventListener("pointercancel", (event) => this.release(event, "cancel"));
    stage.addEventListener("pointerleave", () => actions.hover(null, null));
    stage.addEventListener("contextmenu", (event) => event.preventDefault());
    stage.addEventListener("dblclick", (event) => this.onFilm(event) && this.movesFilm && actions.fit());
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  /** Whether a press is for the film itself, and not for the gaze on it. */
  get movesFilm() {
    return this.tool === "window" || this.tool === "pan";
  }

  /** Not on a message, a link or a button that lies over the film. */
  onFilm(event) {
    return !event.target.closest("button, input, label, .refusal, .invitation, .busy");
  }

  place(event) {
    const { box } = this.canvas;
    return { x: event.clientX - box.left, y: event.clientY - box.top, isOfFinger: event.pointerType === "touch" };
  }

  press(event) {
    if (!this.onFilm(event)) {
      return;
    }
    this.stage.setPointerCapture(event.pointerId);
    const place = this.place(event);
    this.pointers.set(event.pointerId, place);
    this.actions.hover(null, null); // nothing is told of a place while it moves
    this.letGo("cancel", place); // a second finger zooms
    // Of two fingers, one is lifted first: the other goes on moving the film.
    const moves = this.tool === "pan" || event.button !== 0 || event.shiftKey || this.pointers.size > 1;
    this.gesture = moves ? "pan" : "window";
    this.held = moves ? null : this.actions.grip(this.tool, place);
  }

  move(event) {
    const place = this.place(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      this.actions.hover(place.x, place.y);
      return;
    }
    if (this.pointers.size === 2) {
      this.pinch(event.pointerId, place);
    } else if (this.held) {
      this.held.move(place);
    } else {
      this.actions[this.gesture](place.x - before.x, place.y - before.y);
    }
    this.pointers.set(event.pointerId, place);
  }

  pinch(moving, place) {
    const [resting] = [...this.pointers].filter(([pointer]) => pointer !== moving).map(([, where]) => where);
    const before = this.pointers.get(moving);
    const distance = (where) => Math.max(1, Math.hypot(where.x - resting.x, where.y - resting.y));
    this.actions.zoom((place.x + resting.x) / 2, (place.y + resting.y) / 2, distance(place) / distance(before));
    this.actions.pan((place.x - before.x) / 2, (place.y - before.y) / 2);
  }

  release(event, ending) {
    if (this.pointers.delete(event.pointerId)) {
      const place = this.place(event);
      this.letGo(ending, place);
      this.actions.hover(place.x, place.y);
    }
  }

  /** End what a press began, whatever it was, as if it had not been. */
  abandon() {
    this.letGo("cancel", null);
    this.pointers.clear();
  }

  letGo(ending, place) {
    const { held } = this;
    this.held = null;
    held?.[ending](place);
  }

  wheel(event) {
    if (!this.onFilm(event)) {
      return;
    }
    event.preventDefault();
    if (event.deltaY === 0) {
      return; // turned to the side, which says nothing here
    }
    const { x, y } = this.place(event);
    const turned = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    if (!this.actions.wheel(this.tool, { x, y }, turned)) {
      this.actions.zoom(x, y, Math.exp(-turned / 500));
    }
  }
}
