// From a chosen file to an opened film: sending, asking the server to read it, and what to do when it is refused.

import { BusySign } from "./busy_sign.js";
import { connection } from "./connection.js";
import { editState } from "./edit_state.js";
import { sendFilms } from "./film_upload.js";
import { RefusalSign } from "./refusal_sign.js";
import { VIEWS } from "./views.js";

const MOST_WAITING = 45000; // milliseconds
const MAY_BE_LOST = 10000; // most films are read in less
const NOT_SHOWN = { title: "This film is not on the screen", away: "Close" };
const NONE_OPENED = { title: "No film was opened", away: "Close" };
const TWO_FILMS = { title: "The two films were not opened", away: "Close" };
const ANOTHER = { title: "Another film that you chose was not opened", away: "Close" };
const UNSUBMITTED = { title: "Your report is not submitted", away: "Stay with this film" };
const REASONS_UNSUBMITTED = { title: "Your reasons are not submitted", away: "Stay with this film" };
const SUBMITTED = { title: "Your report is submitted", away: "Stay with this film" };
const NOT_TOGETHER = "Please choose one film, or the frontal and the lateral film of one study together; a lateral that is added, or a recording of gaze, comes alone.";
const NOT_HEARD = "Nothing is opened on this page any more. Copy what you typed, if it is not saved, then load the page anew.";
const IS_NOT_KEPT = "What you typed last is not saved, and it leaves the page with its film. Copy it first, or stay until it is saved.";
const IS_BEING_KEPT = "What you typed is being saved, but not submitted, and it leaves the page with its film. It stays among your unfinished studies.";
const IS_KEPT = "What you typed is saved, but not submitted, and it leaves the page with its film. It stays among your unfinished studies.";
const REASONS_ARE_NOT = "Your report is submitted, without the reasons that you gave since: they leave the page with its film.";
const NOTHING_IS_LOST = "It was submitted meanwhile, so nothing of it is lost with its film.";

export class Intake {
  constructor(element, trigger) {
    this.find = (selector) => element.querySelector(selector);
    this.trigger = trigger;
    this.sending = new Map(); // by view, what stops it
    this.sent = new Map(); // by view, the film that the server is asked for next
    this.asked = null; // the film that the server was asked for and has not answered
    this.attempts = 0; // how many films the server was asked for, which numbers them
    this.answered = 0; // the number of the last of them that the server opened or refused
    this.choices = 0; // how many frontal films were chosen, which numbers them
    this.choice = 0; // the number of the one to come, or else of the one on the screen
    this.onScreen = 0; // the number of the one on the screen, as the server says
    this.heldBack = null; // says why a film did not come, once the reader has answered what the sign says of another
    this.inQuestion = null; // the film that the reader may still open in spite of its refusal: {view, say, isSetAside}
    this.busySign = new BusySign(this.find(".busy"), () => this.cancel());
    this.refusalSign = new RefusalSign(this.find(".refusal"), this.find(".stage"), () => this.leaveRefused());
    const sample = this.find("[data-action=sample]");
    sample.addEventListener("click", () => this.unlessEditing(() => this.openSample()));
    document.addEventListener("study-chosen", ({ detail }) => this.unlessEditing(() => this.openAgain(detail.study)));
    document.addEventListener("report-submitted", () => this.submitted());
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
    this.sayFirst(NOT_TOGETHER, { words: NONE_OPENED });
  }

  /** A lateral film joins the one whose report is edited. */
  openAs(view, open) {
    if (view === "lateral") {
      this.ifHeard(open);
    } else {
      this.unlessEditing(open);
    }
  }

  /** A new film takes the edit of the one before off the page: let the reader say that this is meant. */
  unlessEditing(open, label = "Open the new film") {
    if (editState.unsubmitted && !connection.isOutdated) {
      const words = editState.submitted ? REASONS_UNSUBMITTED : UNSUBMITTED;
      this.sayFirst(whatBecomesOfTheText(), { label, proceed: open, words });
    } else {
      this.ifHeard(open);
    }
  }

  /** No server hears an outdated page, so no film may take the place of what the reader still has there. */
  ifHeard(open) {
    if (connection.isOutdated) {
      this.sayFirst(NOT_HEARD, { words: NONE_OPENED });
    } else {
      open();
    }
  }

  /** What was asked about is done, and the film that the reader chose still waits for an answer. */
  submitted() {
    const { words, ...question } = this.refusalSign.question;
    const isAsked = this.refusalSign.isShown && [UNSUBMITTED, REASONS_UNSUBMITTED].includes(words);
    if (isAsked && !editState.unsubmitted) {
      this.refusalSign.show(NOTHING_IS_LOST, { ...question, words: SUBMITTED });
    }
  }

  /** What is said of the reader's last press comes at once. A question about a film waits meanwhile, and is asked once more. */
  sayFirst(sentence, question) {
    if (this.inQuestion !== null) {
      this.inQuestion.isSetAside = true;
    }
    this.refusalSign.show(sentence, question);
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
    this.sent.set("frontal", { ...which, view: "frontal", choice, event });
    this.goOn();
  }

  /** The films on the screen come as other films, of the same patient: what was typed for their choice stays with it. */
  putRight(what) {
    if (this.isUnderWay("frontal")) {
      return; // pressed twice
    }
    const exchange = () => {
      const said = what.gaze ? { ...what, gaze: what.gaze() } : what; // as it is once the reader has answered
      this.sent.set("frontal", { ...said, view: "frontal", choice: this.choice });
      this.goOn();
    };
    this.unlessEditing(exchange, "Go on");
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
      this.sent.set(view, { ...film, beside, view, choice, event: "film_arrived" });
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
    this.heldBack = null;
    this.inQuestion = null;
    this.refusalSign.hide();
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
      this.sent.delete(one);
      this.inQuestion = this.inQuestion?.view === one ? null : this.inQuestion;
    }
  }

  leaveRefused() {
    if (this.inQuestion?.isSetAside === false) {
      this.giveUp(this.inQuestion.view);
    }
    this.goOn();
  }

  // --- what the server is asked and answers ------------------------------------------------------------------------

  /** Whether a frontal film is to come, which a lateral one that is chosen now belongs to. */
  get awaitsFrontal() {
    return this.isUnderWay("frontal") || this.inQuestion?.view === "frontal";
  }

  /** The server may have been started anew, and will never answer. If it does, that is no answer to what is asked next. */
  get awaitsAnswer() {
    return this.asked !== null && performance.now() - this.askedAt <= MOST_WAITING;
  }

  isUnderWay(view) {
    return this.sending.has(view) || this.sent.has(view) || this.asked?.view === view;
  }

  /** Ask for what waits, and say what the reader waits for, if for anything. What is being sent says so itself. */
  goOn() {
    if (!this.refusalSign.isShown) {
      this.sayNext();
    }
    this.askNext();
    if (this.sending.size > 0) {
      return;
    }
    if (this.asked === null) {
      this.busySign.hide();
    } else {
      this.busy("Reading the film…");
    }
  }

  /** One film after the other, so that none meets a film that it was not chosen for. */
  askNext() {
    const view = VIEWS.find((one) => this.sent.has(one));
    if (view === undefined || (view === "lateral" && this.awaitsFrontal)) {
      return;
    }
    if (this.awaitsAnswer) {
      this.goOnOnceOutOfPatience();
      return;
    }
    this.attempts += 1;
    this.asked = { ...this.sent.get(view), attempt: this.attempts };
    this.askedAt = performance.now();
    this.sent.delete(view);
    this.awaitFilm(view, this.asked.choice);
    this.askServer();
  }

  askServer() {
    const { event, ...film } = this.asked;
    this.lastAskedAt = performance.now();
    this.trigger(event, film);
  }

  /** What waits in Gradio's queue is lost when the stream of answers breaks off. Who is asked twice answers once. */
  askAgainIfLost() {
    if (this.asked?.attempt > this.answered && performance.now() - this.lastAskedAt >= MAY_BE_LOST) {
      this.askServer();
    }
  }

  /** No word of the server's may come any more that would bring the next film's turn. */
  goOnOnceOutOfPatience() {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.goOn(), this.askedAt + MOST_WAITING - performance.now() + 1);
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
    if (view !== "frontal") {
      return;
    }
    if (this.asked?.view === "frontal") {
      this.awaitFilm("frontal", this.asked.choice);
    } else {
      this.choice = this.onScreen;
      document.dispatchEvent(new CustomEvent("film-refused", { detail: { choice: this.onScreen } }));
    }
  }

  /** The server's answer: an opened film is brought to the screen by the viewer, a refusal is shown here. */
  answer({ refusal, choice, answered }) {
    this.onScreen = choice;
    this.answered = answered;
    if (this.asked !== null && refusal?.attempt === this.asked.attempt) {
      const { view, beside } = this.asked;
      this.asked = null;
      if (this.isOutdated(view)) {
        this.goOn();
      } else {
        this.refuse(refusal, view, Boolean(beside));
      }
    }
    this.askAgainIfLost();
  }

  refuse(refusal, view, areTwo) {
    this.filmStays(view);
    this.sayWhy(view, refusal.sentence, { ...this.questionOf(refusal), ...(areTwo && { words: TWO_FILMS }) });
    this.goOn();
  }

  /** Nobody asks any more why a film did not come in whose place another one is on its way. */
  isOutdated(view) {
    return ["frontal", view].some((one) => this.isUnderWay(one));
  }

  /**
   * `question` is what the reader may still do, as in `RefusalSign.show`; where nothing is, the film is given up. What the sign
   * already says is of another film, and the reader may be about to answer it.
   */
  sayWhy(view, sentence, question) {
    if (!question.proceed) {
      this.giveUp(view);
    }
    if (this.refusalSign.isShown) {
      this.heldBack = () => this.sayWhy(view, sentence, { words: ANOTHER, ...question });
      return;
    }
    this.heldBack = null;
    const say = () => this.refusalSign.show(sentence, question);
    if (question.proceed) {
      this.inQuestion = { view, say, isSetAside: false };
    }
    say();
  }

  /** What the reader has not answered yet comes before what they have not been told yet. */
  sayNext() {
    if (this.inQuestion?.isSetAside) {
      this.inQuestion.isSetAside = false;
      this.inQuestion.say();
    } else {
      this.heldBack?.();
    }
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
    this.inQuestion = null;
    this.sent.set(film.view, film);
    this.awaitFilm(film.view, film.choice);
    this.goOn();
  }

  /** The page has become outdated: no answer comes any more to what was asked, and no answer of the reader's reaches anybody. */
  endForGood() {
    const isAsked = this.refusalSign.isShown && this.refusalSign.question.proceed !== null;
    const underWay = VIEWS.filter((view) => this.isUnderWay(view));
    if (underWay.length === 0 && this.inQuestion === null && !isAsked) {
      return;
    }
    this.asked = null;
    this.giveUp("frontal");
    this.heldBack = null;
    this.filmStays("frontal");
    this.refusalSign.show(NOT_HEARD, { words: NONE_OPENED });
    this.goOn();
  }

  // --- what the viewer says ----------------------------------------------------------------------------------------

  shown(view) {
    this.settle(view);
    this.goOn();
  }

  /** The server has opened the film, but its pixels did not come; `tryAgain` asks for them anew, where that may help. */
  notShown(view, sentence, tryAgain) {
    this.settle(view);
    const anew = () => {
      this.inQuestion = null;
      tryAgain();
    };
    if (!this.isOutdated(view)) {
      this.sayWhy(view, sentence, { label: "Try again", proceed: tryAgain && anew, words: NOT_SHOWN });
    }
    this.goOn();
  }

  settle(view) {
    this.asked = this.asked?.view === view && this.asked.attempt <= this.answered ? null : this.asked;
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

/** Should it leave the page now, with its film. */
function whatBecomesOfTheText() {
  if (editState.isUnkept() || (editState.waits() && connection.isLost)) {
    return IS_NOT_KEPT;
  }
  if (editState.submitted) {
    return REASONS_ARE_NOT;
  }
  return editState.waits() ? IS_BEING_KEPT : IS_KEPT;
}
