// The film on the page: pixels, window, zoom, gaze layers, playback, and the way in for new films.

import { answersWereLost, askBy } from "./awaited_answers.js";
import { seconds } from "./colour_scale.js";
import { keepConnected } from "./connection.js";
import { setUpFilmBefore } from "./film_before.js";
import { FilmCanvas, fingerprint } from "./film_canvas.js";
import { fillPresets, hideFacts, showFacts } from "./film_facts.js";
import { FilmGestures } from "./film_gestures.js";
import { FilmShelf } from "./film_shelf.js";
import { FilmTransform } from "./film_transform.js";
import { tellThatStudyIsForgotten } from "./forgotten_study.js";
import { GazeControls } from "./gaze_controls.js";
import { GazeEditing } from "./gaze_editing.js";
import { GazeExchange } from "./gaze_exchange.js";
import { GazeTool } from "./gaze_tool.js";
import { HeatmapLayer } from "./heatmap_layer.js";
import { Intake } from "./intake.js";
import { KeyBrush } from "./key_brush.js";
import { Playback } from "./playback.js";
import { PointedFindingLayer } from "./pointed_finding_layer.js";
import { ReadersLayer } from "./readers_layer.js";
import { Ruler } from "./ruler.js";
import { describe, ScanpathLayer } from "./scanpath_layer.js";
import { gazeShown } from "./shown_gaze.js";
import { beginWithTheWindow, enableControls, setUpControls, setUpKeys } from "./viewer_controls.js";
import { dragged, greyTable, toValue } from "./window_level.js";

export function mount(element, { trigger, watch, props }) {
  const viewer = new FilmViewer(element, trigger);
  askBy((all) => trigger(all ? "page_wanted" : "answers_wanted", {}));
  keepConnected(answersWereLost);
  trigger("answers_wanted", {}); // of what Gradio asked before, nobody here hears that it was refused
  setUpFilmBefore();
  watch("value", () => viewer.update(props.value));
  viewer.update(props.value);
}

class FilmViewer {
  constructor(element, trigger) {
    this.element = element;
    this.find = (selector) => element.querySelector(selector);
    this.findAll = (selector) => [...element.querySelectorAll(selector)];
    this.stage = this.find(".stage");
    this.canvas = new FilmCanvas(this.find("canvas.film"));
    this.transform = new FilmTransform();
    this.places = new Map(); // by what a film of this study shows: where it was left on the stage
    this.heatmap = new HeatmapLayer(this.find("g.heatmap"), this.find(".colour-scale"));
    this.scanpath = new ScanpathLayer(this.find("g.scanpath"));
    this.readers = new ReadersLayer(this.find("g.readers"));
    this.pointed = new PointedFindingLayer(
      { regions: this.find("g.regions"), attention: this.find("g.attention"), caption: this.find(".corner-region") },
      () => this.films.frontal,
    );
    this.playback = new Playback((time, playing) => this.showTime(time, playing));
    this.intake = new Intake(element, trigger);
    this.shelf = new FilmShelf(this.intake, {
      show: (view) => {
        this.bare.set(false);
        this.show(view);
      },
      miss: (view) => this.miss(view),
      again: () => this.update({ ...this.told }), // as news, also while another film is being brought
    });
    this.view = "frontal";
    this.hovered = [null, null]; // the place of the stage under the mouse
    this.gaze = new GazeEditing({
      show: (fixations, durations) => this.showGaze(fixations, durations),
      tell: (message) => trigger("gaze_steered", message),
      changed: () => this.controls?.show(),
    });
    this.hand = new GazeTool(this, this.gaze);
    this.brush = new KeyBrush(this.hand, this.find("g.brush"), () => this.controls.show());
    this.exchange = new GazeExchange(this, this.gaze, trigger);
    this.ruler = new Ruler(this);
    this.gestures = new FilmGestures(this.stage, this.canvas, {
      window: (right, down) => this.dragWindow(right, down),
      pan: (right, down) => this.moved(() => this.transform.pan(right, down)),
      zoom: (x, y, factor) => this.moved(() => this.transform.zoomAt(x, y, factor)),
      fit: () => this.moved(() => this.transform.fit()),
      hover: (x, y) => {
        this.brush.giveWay();
        this.ruler.giveWay();
        this.hover(x, y);
      },
      grip: (tool, place) => {
        this.brush.putAway();
        return this.ruler.grip(tool, place) ?? this.hand.grip(tool, place);
      },
      wheel: (tool, place, turned) => this.hand.wheel(tool, place, turned),
    });
    this.controls = new GazeControls(this, this.gaze, this.hand);
    setUpControls(this);
    setUpKeys(this);
    new ResizeObserver(() => this.resized()).observe(this.stage);
    this.redrawForScreen();
  }

  get films() {
    return this.shelf.films;
  }

  get film() {
    return this.films[this.view];
  }

  /**
   * What the server says: {choice, films: {frontal, lateral}, takes_gaze, gaze, refusal, number}. One after the other, and none
   * of an earlier moment than the one before.
   */
  async update(value) {
    if (value.number < this.told?.number) {
      return;
    }
    if (this.told?.films.frontal && !value.films.frontal) {
      this.intake.answer({ ...value, choice: this.told.choice }); // it may have refused another film
      tellThatStudyIsForgotten();
      return;
    }
    this.hear(value);
    if (this.applying) {
      return;
    }
    this.applying = true;
    try {
      for (let applied; applied !== this.told; ) {
        applied = this.told;
        await this.apply(applied);
      }
    } finally {
      this.applying = false;
    }
  }

  /** Pixels may be long in coming; what stands on the page meanwhile is to be right already. */
  hear(value) {
    const isNewsOfFilms = JSON.stringify(value.films) !== JSON.stringify(this.told?.films);
    const isAnotherStudy = value.choice !== this.told?.choice;
    this.told = value;
    if (isAnotherStudy) {
      beginWithTheWindow(this);
      this.places.clear();
    }
    this.find("[data-action=remove-lateral]").hidden = !value.films.lateral; // also where its pixels did not come
    this.shelf.hear(value.films);
    // Not with every word of gaze: who is about to press a remedy is not to lose it.
    if (this.film && isNewsOfFilms) {
      showFacts(this.find, this.view, this.film, value.films);
    }
  }

  async apply(value) {
    this.intake.answer(value);
    await this.shelf.bring();
    enableControls(this);
    if (value.films.frontal?.token === this.films.frontal?.token) {
      this.gaze.told(value);
      this.exchange.told(value);
    }
  }

  /** Of a film that is not here, the page shows nothing, and least of all another film. */
  miss(view) {
    if (view === "frontal") {
      this.gaze.forget();
      this.readers.show([], 1, 1);
      this.canvas.empty();
      hideFacts(this.find);
      delete this.stage.dataset.filmState;
    }
    this.shelf.takeAway(view);
    if (!this.film) {
      this.view = "frontal";
      this.show("frontal");
    }
    enableControls(this);
    this.schedule();
  }

  show(view) {
    if (!this.films[view]) {
      return;
    }
    this.view = view;
    const { film } = this;
    this.canvas.setFilm(film.pixels, film.columns, film.rows);
    this.transform.setFilm(film.columns, film.rows, this.places.get(fingerprint(film)));
    this.find("[data-role=film-space]").classList.toggle("switched-off", view !== "frontal");
    this.find(".colour-scale").classList.toggle("switched-off", view !== "frontal");
    for (const button of this.findAll(".film-switch button")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    }
    fillPresets(this.find, film);
    this.listWindowsOnce(film);
    showFacts(this.find, view, film, this.told.films);
    enableControls(this);
    this.changed();
    this.stage.dataset.filmState = "shown";
    this.stage.dataset.view = view;
  }

  showGaze(fixations, durations) {
    gazeShown(durations);
    const { frontal } = this.films;
    if (!frontal) {
      return;
    }
    this.bare.set(false);
    this.scanpath.show(fixations, frontal.columns, frontal.rows);
    this.heatmap.show(durations, frontal.columns, frontal.rows);
    this.playback.setTotal(this.scanpath.total);
    this.schedule();
    enableControls(this);
  }

  // --- window and place -------------------------------------------------------------------------------------------

  setWindow(window) {
    if (this.film && window) {
      this.film.window = window;
      this.changed();
    }
  }

  dragWindow(right, down) {
    if (this.film) {
      this.setWindow(dragged(this.film, right, down));
    }
  }

  invert() {
    if (this.film) {
      this.film.userInverted = !this.film.userInverted;
      this.changed();
    }
  }

  reset() {
    if (this.film) {
      this.film.userInverted = false;
      this.moved(() => this.transform.fit());
      this.setWindow(this.film.presets[0]);
    }
  }

  moved(move) {
    if (this.film) {
      move();
      this.places.set(fingerprint(this.film), this.transform.place);
      this.schedule();
    }
  }

  resized() {
    const box = this.canvas.box;
    if (box.width > 0 && box.height > 0) {
      this.transform.setStage(box.width, box.height);
      this.schedule();
    }
  }

  /** A window that is brought to another screen, or a page that is zoomed, has other pixels for the same place. */
  redrawForScreen() {
    const isSameScreen = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const redraw = () => {
      this.schedule();
      this.redrawForScreen();
    };
    isSameScreen.addEventListener("change", redraw, { once: true });
  }

  changed() {
    this.tableIsStale = true;
    this.schedule();
  }

  schedule() {
    if (!this.scheduled) {
      this.scheduled = true;
      requestAnimationFrame(() => this.draw());
    }
  }

  draw() {
    this.scheduled = false;
    const { film } = this;
    if (film && this.tableIsStale) {
      this.tableIsStale = false;
      this.canvas.applyTable(greyTable(film, film.window, film.userInverted));
      this.showWindow(film);
    }
    this.canvas.draw(this.transform);
    this.find("[data-role=film-space]").setAttribute("transform", this.transform.svg);
    this.ruler.draw(this.transform);
    if (film) {
      this.scanpath.setZoom(this.transform.scale / this.transform.fitScale, this.transform.scale);
      const { centre, width, name } = film.window;
      const zoom = Math.round((100 * this.transform.scale * film.columns) / film.stored_columns);
      const inverted = film.userInverted ? "\nInverted" : "";
      this.find(".corner-window").textContent = `C ${short(centre)}  W ${short(width)}\n${name}\nZoom ${zoom} %${inverted}`;
    }
    this.hover(...this.hovered); // something else may be under the mouse now, or nothing
  }

  // --- what is written around the film ----------------------------------------------------------------------------

  showWindow(film) {
    const index = film.presets.indexOf(film.window);
    this.find("[data-role=presets]").value = index < 0 ? "by-hand" : String(index);
    this.find("[data-action=invert]").setAttribute("aria-pressed", String(film.userInverted));
  }

  /** One that two keys choose, as the full range of a film that brings no other window, stands by the first of them. */
  listWindowsOnce({ presets }) {
    const { options } = this.find("[data-role=presets]");
    presets.forEach((window, index) => {
      options[index].hidden = presets.indexOf(window) < index;
    });
  }

  hover(x, y) {
    this.hovered = [x, y];
    const note = this.find(".hover-note");
    const { film } = this;
    const place = film && x !== null ? this.transform.toFilm(x, y) : null;
    this.hand.hover(this.gestures.tool, place && { x, y });
    this.ruler.hover(place && { x, y });
    const inside = place && place.x >= 0 && place.y >= 0 && place.x < film.columns && place.y < film.rows;
    note.hidden = true;
    this.find(".corner-pixel").textContent = "";
    if (!inside) {
      return;
    }
    const stored = film.pixels[Math.floor(place.y) * film.columns + Math.floor(place.x)];
    this.find(".corner-pixel").textContent = `Value ${short(toValue(film, stored))}`;
    // The brush that keys move tells the time itself, and a note over it, or over what is measured, would hide it.
    const isInTheWay = this.brush.patch !== null || this.ruler.isInHand;
    const sentence = this.view === "frontal" && !isInTheWay ? this.gazeAt(place) : null;
    if (sentence) {
      note.textContent = sentence;
      note.hidden = false;
      note.style.left = `${Math.min(x + 14, this.transform.stage.width - note.offsetWidth - 4)}px`;
      note.style.top = `${Math.min(y + 14, this.transform.stage.height - note.offsetHeight - 4)}px`;
    }
  }

  gazeAt(place) {
    const fixation = this.find("[data-layer=scanpath]").checked ? this.scanpath.fixationAt(place.x, place.y) : null;
    const patch = this.find("[data-layer=heatmap]").checked ? this.heatmap.durationAt(place.x, place.y) : null;
    const lines = fixation ? [describe(fixation)] : [];
    if (patch?.duration > 0) {
      lines.push(`Patch row ${patch.row + 1}, column ${patch.column + 1}: ${seconds(patch.duration)}`);
    }
    return lines.join("\n");
  }

  showTime(time, playing) {
    const { total } = this.scanpath;
    this.scanpath.goTo(time);
    const slider = this.find("[data-role=time]");
    slider.max = total || 1;
    slider.value = time;
    slider.setAttribute("aria-valuetext", `${time.toFixed(1)} of ${total.toFixed(1)} seconds`);
    this.find("[data-role=time-text]").textContent = total > 0 ? `${time.toFixed(1)} / ${total.toFixed(1)} s` : "no gaze";
    const button = this.find("[data-action=play]");
    button.textContent = playing ? "❚❚" : "▶";
    button.setAttribute("aria-label", playing ? "Pause the scanpath" : "Play the scanpath");
    button.classList.toggle("playing", playing);
  }
}

function short(value) {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
