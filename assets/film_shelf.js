// The films of the page: each is fetched once, and a film that did not come is asked for again only when the reader wants it.

import { FilmGone, fetchPixels } from "./film_canvas.js";
import { VIEWS } from "./views.js";
import { windowsOf } from "./window_level.js";

export class FilmShelf {
  /** `show(view)` brings a film to the screen, `miss(view)` takes off what stands in its place, `again()` brings what was told. */
  constructor(intake, { show, miss, again }) {
    this.intake = intake;
    this.show = show;
    this.miss = miss;
    this.again = again;
    this.films = {}; // view -> film as shown: pixels, window and inversion beside what the server said of it
    this.missing = {}; // view -> token of a film whose pixels did not come
  }

  /** `told`: what the server says of its films, by view. Not to be called again before it is over. */
  async receive(told) {
    if (!told.lateral) {
      delete this.films.lateral;
    }
    const lacking = VIEWS.filter((view) => told[view] && !this.knows(view, told[view]));
    for (const view of lacking) {
      await this.fetch(view, told[view], { comesAlong: view !== lacking[0] });
    }
  }

  knows(view, { token }) {
    return [this.films[view]?.token, this.missing[view]].includes(token);
  }

  /** A lateral that `comesAlong` with its frontal, as one study, does not take the screen from it. */
  async fetch(view, told, { comesAlong }) {
    if (this.films[view]) {
      this.miss(view); // the drafts beside it are the new film's already
    }
    const progress = (share) => this.intake.busy("Bringing the film to the screen…", share);
    try {
      const pixels = await fetchPixels(told.token, told.columns * told.rows, progress);
      const film = { ...told, pixels, userInverted: false };
      Object.assign(film, windowsOf(film));
      film.window = film.presets[0];
      this.films[view] = film;
      if (!comesAlong) {
        this.show(view);
      }
      this.intake.shown(view);
    } catch (error) {
      this.missing[view] = told.token;
      this.miss(view);
      this.intake.notShown(view, error.message, error instanceof FilmGone ? null : () => this.fetchAgain(view));
    }
  }

  fetchAgain(view) {
    delete this.missing[view];
    this.again();
  }

  takeAway(view) {
    this.films = view === "frontal" ? {} : { frontal: this.films.frontal };
  }
}
