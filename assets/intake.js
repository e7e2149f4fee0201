// From a chosen file to an opened film: sending, asking the server to read it, and what to do when it is refused.

import { BusySign } from "./busy_sign.js";
import { connection } from "./connection.js";
import { FilmGuard, NONE_OPENED, NOT_HEARD } from "./film_guard.js";
import { FilmQuestions } from "./film_questions.js";
import { FilmRequests } from "./film_requests.js";
import { sendFilms } from "./film_upload.js";
import { readsFirst } from "./read_first.js";
import { VIEWS } from "./views.js";

const NOT_SHOWN = { title: "This film is not on the screen", away: "Close" };
const TWO_FILMS = { title: "The two films were not opened", away: "Close" };
const NOT_TOGETHER =
  "Please choose one film, or the frontal and the lateral film of one study together; " +
  "a lateral that is added, or a recording of gaze, comes alone.";

export class Intake {
  constructor(element, trigger) {
    this.find = (selector) => element.querySelector(selector);
    this.sending = new Map(); // by view, what stops it
    this.choices = 0; // how many frontal films were chosen, which numbers them
    this.choice = 0; // the number of the one to come, or else of the one on the screen
    this.onScreen = 0; // the number of the one on the screen, as the server says
    this.requests = new FilmRequests(trigger, {
      mustWait: (view) => view === "lateral" && this.awaitsFrontal,
      asks: (view, choice) => this.awaitFilm(view, choice),
      outOfPatience: () => this.goOn(),
    });
    this.busySign = new BusySign(this.find(".busy"), () => this.cancel());
    this.questions = new FilmQuestions(this.find(".refusal"), this.find(".stage"), {
      giveUp: (view) => this.giveUp(view),
      left: () => this.goOn(),
    });
    this.guard = new FilmGuard(this.questions);
    const sample = this.find("[data-action=sample]");
    sample.addEventListener("click", () => this.guard.unlessEditing(() => this.openSample()));
    document.addEventListener("study-chosen", ({ detail }) => this.guard.unlessEditing(() => this.openAgain(detail.study)));
    document.addEventListener("remedy-chosen", ({ detail }) => this.putRight(detail));
    document.addEventListener("connection-changed", () => connection.isOutdated && this.endForGood());
    // Until here nobody would have answered.
    sample.disabled = false;
    this.find("input[data-view=frontal]").disabled = false;
  }

  // --- what the reader does ---------------------------------------------------------------------------------------

  /** What the reader chose or dropped at once: a film, or the frontal and the lateral one of a study, in either order. */
  accept(files, view) {
    this.openAs(view, () => this.send(files, view));
  }

  refuseTogether() {
    this.questions.sayFirst(NOT_TOGETHER, { words: NONE_OPENED });
  }

  /** A lateral film joins the one whose report is edited. */
  openAs(view, open) {
    if (view === "lateral") {
      this.guard.ifHeard(open);
    } else {
      this.guard.unlessEditing(open);
    }
  }

  openSample() {
    this.openKept({}, "sample_wanted");
  }

  /** A study that was left unfinished: all of its films come at once. */
  openAgain(study) {
    this.openKept({ study }, "study_wanted");
  }

  /** A film that is not sent, since the server has it already. */
  openKept(which, event) {
    const choice = this.takePlace("frontal");
    this.requests.add({ ...which, view: "frontal", choice, event, read_first: readsFirst() });
    this.goOn();
  }

  /** The films on the screen come as other films, of the same patient: what was typed for their choice stays with it. */
  putRight(what) {
    if (this.isUnderWay("frontal")) {
      return; // pressed twice
    }
    const exchange = () => {
      const said = what.gaze ? { ...what, gaze: what.gaze() } : what; // as it is once the reader has answered
      this.requests.add({ ...said, view: "frontal", choice: this.choice });
      this.goOn();
    };
    this.guard.unlessEditing(exchange, "Go on");
  }

  async send(files, view) {
    const choice = this.takePlace(view);
    const stopping = new AbortController();
    this.sending.set(view, stopping);
    const areTwo = files.length > 1;
    const progress = (share) => this.busy(areTwo ? "Sending the films…" : "Sending the film…", share);
    progress(0);
    try {
      const tokens = await sendFilms(files, progress, { signal: stopping.signal });
      this.sending.delete(view);
      const [film, beside = null] = tokens.map((token) => ({ token, allow_burned_in: false, frame: null }));
      this.requests.add({ ...film, beside, view, choice, event: "film_arrived", read_first: readsFirst() });
      this.goOn();
    } catch (error) {
      if (!stopping.signal.aborted) {
        this.sending.delete(view);
        this.refuse({ sentence: error.message }, view, areTwo);
      }
    }
  }

  /** The film that was chosen last is the one that comes, however long each takes to be sent. Returns its number. */
  takePlace(view) {
    this.questions.forget();
    this.giveUp(view);
    if (view === "frontal") {
      this.choices += 1;
      this.awaitFilm(view, this.choices);
    }
    return this.choice; // which a lateral film shares with its frontal
  }

  /** The reader does not want what is still being sent. */
  cancel() {
    const view = this.sending.has("frontal") ? "frontal" : "lateral";
    this.giveUp(view);
    this.filmStays(view);
    this.goOn();
    this.find(".stage").focus();
  }

  /** A lateral film goes with the frontal one that it was chosen for. */
  giveUp(view) {
    for (const one of view === "frontal" ? VIEWS : [view]) {
      this.sending.get(one)?.abort();
      this.sending.delete(one);
      this.requests.drop(one);
      this.questions.forgetFilm(one);
    }
  }

  // --- what is on its way -----------------------------------------------------------------------------------------

  /** Whether a frontal film is to come, which a lateral one that is chosen now belongs to. */
  get awaitsFrontal() {
    return this.isUnderWay("frontal") || this.questions.isAskingOf("frontal");
  }

  isUnderWay(view) {
    return this.sending.has(view) || this.requests.isUnderWay(view);
  }

  /** Ask for what waits, and say what the reader waits for, if for anything. What is being sent says so itself. */
  goOn() {
    this.questions.sayNext();
    this.requests.askNext();
    if (this.sending.size > 0) {
      return;
    }
    if (this.requests.asked === null) {
      this.busySign.hide();
    } else {
      this.busy("Reading the film…");
    }
  }

  /** A frontal film is another patient's: what the page says of the one before must not meet it. */
  awaitFilm(view, choice) {
    if (view === "frontal") {
      this.choice = choice;
      document.dispatchEvent(new CustomEvent("film-awaited", { detail: { choice } }));
    }
  }

  /** The film that is on the screen stays there, and all that is said of it, unless one chosen before is still to come. */
  filmStays(view) {
    const { asked } = this.requests;
    if (view !== "frontal") {
      return;
    }
    if (asked?.view === "frontal") {
      this.awaitFilm("frontal", asked.choice);
    } else {
      this.choice = this.onScreen;
      document.dispatchEvent(new CustomEvent("film-refused", { detail: { choice: this.onScreen } }));
    }
  }

  // --- what the server answers ------------------------------------------------------------------------------------

  /** The server's answer: an opened film is brought to the screen by the viewer, a refusal is shown here. */
  answer({ refusal, choice, answered }) {
    this.onScreen = choice;
    this.requests.answered = answered;
    const refused = this.requests.takeRefused(refusal);
    if (refused !== null && this.isOutdated(refused.view)) {
      this.goOn();
    } else if (refused !== null) {
      this.refuse(refusal, refused.view, Boolean(refused.beside));
    }
    this.requests.askAgainIfLost();
  }

  refuse(refusal, view, areTwo) {
    this.filmStays(view);
    this.questions.sayWhy(view, refusal.sentence, { ...this.questionOf(refusal), ...(areTwo && { words: TWO_FILMS }) });
    this.goOn();
  }

  /** Nobody asks any more why a film did not come in whose place another one is on its way. */
  isOutdated(view) {
    return ["frontal", view].some((one) => this.isUnderWay(one));
  }

  /** What the reader may answer to a refusal; empty where there is nothing to be done. */
  questionOf({ reason, film, of_beside: ofBeside, preview }) {
    const openWith = (answer) => () => {
      const answered = ofBeside ? { beside: { ...film.beside, ...answer } } : answer;
      this.openAs(film.view, () => this.openInSpite({ ...film, ...answered, event: "film_arrived" }));
    };
    const burnedIn = { proceed: openWith({ allow_burned_in: true }), picture: `views/${preview}` };
    const questions = {
      burned_in_annotation: { label: "Open this film", ...burnedIn },
      several_frames: { label: "Open the first frame", proceed: openWith({ frame: 0 }) },
    };
    return questions[reason] ?? {};
  }

  openInSpite(film) {
    this.questions.answered();
    this.requests.add(film);
    this.awaitFilm(film.view, film.choice);
    this.goOn();
  }

  /** The page has become outdated: no answer comes any more to what was asked, and no answer of the reader's reaches anybody. */
  endForGood() {
    if (VIEWS.some((view) => this.isUnderWay(view)) || this.questions.isAsking) {
      this.requests.forget();
      this.giveUp("frontal");
      this.filmStays("frontal");
      this.questions.sayLast(NOT_HEARD, { words: NONE_OPENED });
      this.goOn();
    }
  }

  // --- what the viewer says ---------------------------------------------------------------------------------------

  shown(view) {
    this.requests.settle(view);
    this.goOn();
  }

  /** The server has opened the film, but its pixels did not come; `tryAgain` asks for them anew, where that may help. */
  notShown(view, sentence, tryAgain) {
    this.requests.settle(view);
    const anew = () => {
      this.questions.answered();
      tryAgain();
    };
    if (!this.isOutdated(view)) {
      this.questions.sayWhy(view, sentence, { label: "Try again", proceed: tryAgain && anew, words: NOT_SHOWN });
    }
    this.goOn();
  }

  busy(sentence, share = null) {
    this.busySign.show(sentence, share, { canCancel: this.sending.size > 0 });
  }

  enableLateral(hasFrontal) {
    const label = this.find("[data-role=lateral-label]");
    label.querySelector("input").disabled = !hasFrontal;
    label.title = hasFrontal ? "A lateral film of the same patient" : "Open the frontal film first.";
    this.find("[data-drop-view=lateral]").hidden = !hasFrontal;
  }
}
