// Where the film lies on the stage: film coordinates are pixels of the shown film, stage coordinates are CSS pixels.

import { clamp } from "./clamp.js";

const MOST_SCALE = 16; // unless the whole of a small film is larger than that

export class FilmTransform {
  constructor() {
    this.scale = 1;
    this.left = 0;
    this.top = 0;
    this.film = { columns: 1, rows: 1 };
    this.stage = { width: 1, height: 1 };
    this.fitted = true;
  }

  /** `place`: where this film was left; without one the whole of it is shown. */
  setFilm(columns, rows, place = null) {
    this.film = { columns, rows };
    if (place === null) {
      this.fit();
    } else {
      this.scale = place.scale;
      this.fitted = false;
      this.centreOn(place.centre);
    }
  }

  /** How far the film is enlarged and what of it is in the middle of the stage, whose size may change; null if it is fitted. */
  get place() {
    return this.fitted ? null : { scale: this.scale, centre: this.centre };
  }

  get centre() {
    return this.toFilm(this.stage.width / 2, this.stage.height / 2);
  }

  centreOn({ x, y }) {
    this.left = this.stage.width / 2 - x * this.scale;
    this.top = this.stage.height / 2 - y * this.scale;
  }

  /** A stage that changes its size keeps a fitted film fitted, and any other view centred where it was. */
  setStage(width, height) {
    const { centre } = this;
    this.stage = { width, height };
    if (this.fitted) {
      this.fit();
    } else {
      this.centreOn(centre);
    }
  }

  get fitScale() {
    return Math.min(this.stage.width / this.film.columns, this.stage.height / this.film.rows);
  }

  fit() {
    this.scale = this.fitScale;
    this.left = (this.stage.width - this.film.columns * this.scale) / 2;
    this.top = (this.stage.height - this.film.rows * this.scale) / 2;
    this.fitted = true;
  }

  /** Zoom so that the film's point under (x, y) of the stage stays there. */
  zoomAt(x, y, factor) {
    const scale = clamp(this.scale * factor, this.fitScale / 2, Math.max(MOST_SCALE, this.fitScale));
    const applied = scale / this.scale;
    this.left = x - (x - this.left) * applied;
    this.top = y - (y - this.top) * applied;
    this.scale = scale;
    this.fitted = false;
  }

  zoomAtCentre(factor) {
    this.zoomAt(this.stage.width / 2, this.stage.height / 2, factor);
  }

  /** Move the film, but never so far that less than a quarter of the stage's sides shows it. */
  pan(right, down) {
    const slackX = this.stage.width / 4;
    const slackY = this.stage.height / 4;
    this.left = clamp(this.left + right, slackX - this.film.columns * this.scale, this.stage.width - slackX);
    this.top = clamp(this.top + down, slackY - this.film.rows * this.scale, this.stage.height - slackY);
    this.fitted = false;
  }

  /** Move the film just so far that this place of it is on the stage, and not at its very rim. */
  reveal(x, y) {
    const rim = Math.min(this.stage.width, this.stage.height) / 20;
    const missing = (place, length) => Math.max(0, rim - place) - Math.max(0, place - (length - rim));
    const right = missing(this.left + x * this.scale, this.stage.width);
    const down = missing(this.top + y * this.scale, this.stage.height);
    if (!this.fitted && (right !== 0 || down !== 0)) {
      this.pan(right, down);
    }
  }

  toFilm(x, y) {
    return { x: (x - this.left) / this.scale, y: (y - this.top) / this.scale };
  }

  toStage({ x, y }) {
    return { x: this.left + x * this.scale, y: this.top + y * this.scale };
  }

  get svg() {
    return `translate(${this.left} ${this.top}) scale(${this.scale})`;
  }
}
