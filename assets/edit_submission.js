// What of the reader's report is signed off, and what is not: its text, and the reasons for it.

export class EditSubmission {
  constructor() {
    this.forget();
  }

  /** Another film has a report of its own. */
  forget() {
    this.submitted = false; // whether all of it was signed off as it stands; null while it is not known yet
    this.textIsSubmitted = false; // whether the text was signed off as it stands, with these reasons or others
    this.wasRefused = false; // whether the reader has signed it off last, in vain
    this.hasWritten = false; // whether any text since the last submission is not the draft that it began with
    this.hasGivenReasons = false; // whether reasons, or words of the reader's own, were given since then
  }

  get lacksSomething() {
    return this.hasWritten || this.hasGivenReasons;
  }

  get isComplete() {
    return this.submitted === true;
  }

  get holdsText() {
    return this.isComplete || this.textIsSubmitted;
  }

  // --- what the reader does ---------------------------------------------------------------------------------------

  /** Another text stands there; `isWritten`: it is more than the draft that it began with. */
  textChanged(isWritten) {
    this.submitted = false;
    this.textIsSubmitted = false;
    this.hasWritten ||= isWritten;
  }

  reasonsChanged(areGiven) {
    this.submitted = false;
    this.hasGivenReasons = areGiven;
  }

  /** Those of another text stand there; what was given for the one before is not signed off by that. */
  reasonsExchanged(areGiven) {
    this.hasGivenReasons ||= areGiven;
  }

  /** The text of another tab stands there, which may have been signed off there. */
  newerTaken(isSubmitted) {
    this.hasWritten = !isSubmitted;
    this.wasRefused = false;
  }

  begins() {
    this.submitted = null; // not yet, and nothing has changed since
    this.wasRefused = false;
  }

  // --- what the server says ---------------------------------------------------------------------------------------

  /** `isHere`: the text in the box is still one of the drafts that were corrected. */
  answered({ failure, submitted }, isHere) {
    this.submitted = submitted && this.submitted === null; // not if the reader has typed on since
    if (this.submitted) {
      this.hasWritten = false;
      this.hasGivenReasons = false;
    }
    this.wasRefused = isHere && failure !== null;
  }

  /** The text in the box has been kept; where it is the one that was signed off, nothing of it is lacking. */
  textKept(answer) {
    this.textIsSubmitted = isSignedOff(answer);
    this.hasWritten &&= !this.textIsSubmitted;
  }
}

/** Whether the text that was kept is the one that was signed off, here or in another tab. */
export function isSignedOff({ revision, signed_off: signedOff }) {
  return signedOff !== null && signedOff === revision;
}
