// The films of the page: each is fetched once, and a film that did not come is asked for again only when the reader wants it.

import { FilmGone, fetchPixels } from "./film_canvas.js";
import { VIEWS } from "./views.js";
import { windowsOf } from "./window_level.js";

export class FilmShelf {
  /**
   * `show(view)` brings a film to the screen, `miss(view)` takes off what stands in its place, `again()` brings what was told.
   */
  constructor(intake, { show, miss, again }) {
    this.intake = intake;
    this.show = show;
    this.miss = miss;
    this.again = again;
    this.told = {}; // view -> what the server said last of its film
    this.films = {}; // view -> film as shown: pixels, window and inversion beside what the server said of it
    this.missing = {}; // view -> token of a film whose pixels did not come
    this.awaited = null; // {view, token, givingUp} of the film whose pixels were asked for last
  }

  /** `told`: what the server says of its films, by view. The drafts on the page are theirs already, and no other film's. */
  hear(told) {
    this.told = told;
    for (const view of VIEWS) {
      if (this.films[view] && !this.isTold(view, this.films[view])) {
        this.miss(view);
      }
    }
    if (this.awaited && !this.isTold(this.awaited.view, this.awaited)) {
      this.awaited.givingUp.abort();
    }
  }

  /** Fetch what is lacking of the films that were told of. Not to be called again before it is over. */
  async bring() {
    const { told } = this;
    const lacking = VIEWS.filter((view) => told[view] && !this.knows(view, told[view]));
    for (const view of lacking) {
      if (this.isTold(view, told[view])) {
        await this.fetch(view, told[view], { comesAlong: view !== lacking[0] });
      }
    }
  }

  /** Others may have been told of while it was on its way. */
  isTold(view, { token }) {
    return this.told[view]?.token === token;
  }

  knows(view, { token }) {
    return [this.films[view]?.token, this.missing[view]].includes(token);
  }

  /** A lateral that `comesAlong` with its frontal, as one study, does not take the screen from it. */
  async fetch(view, told, { comesAlong }) {
    const givingUp = new AbortController();
    this.awaited = { view, token: told.token, givingUp };
    try {
      const pixels = await this.pixelsOf(told, givingUp.signal);
      this.films[view] = asOpened(told, pixels);
      if (!comesAlong) {
        this.show(view);
      }
      this.intake.shown(view);
    } catch (error) {
      if (!givingUp.signal.aborted) {
        this.didNotCome(view, told, error);
      }
    }
  }

  /** Throws as soon as they are given up, however long the line is silent: the next film does not wait for them. */
  async pixelsOf({ token, columns, rows }, signal) {
    const progress = (share) => {
      signal.throwIfAborted(); // which leaves the line to the next film
      this.intake.busy("Bringing the film to the screen…", share);
    };
    const pixels = await Promise.race([fetchPixels(token, columns * rows, progress), onceAborted(signal)]);
    signal.throwIfAborted();
    return pixels;
  }

  didNotCome(view, { token }, error) {
    this.missing[view] = token;
    this.miss(view);
    this.intake.notShown(view, error.message, error instanceof FilmGone ? null : () => this.fetchAgain(view));
  }

  fetchAgain(view) {
    delete this.missing[view];
    this.again();
  }

  takeAway(view) {
    this.films = view === "frontal" ? {} : { frontal: this.films.frontal };
  }
}

function asOpened(told, pixels) {
  const film = { ...told, pixels, userInverted: false };
  Object.assign(film, windowsOf(film));
  film.window = film.presets[0];
  return film;
}

function onceAborted(signal) {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}
