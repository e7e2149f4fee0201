// What other parts of the page must know of the edit box.

/**
 * `unsubmitted`: something was typed or ticked and not signed off; `submitted`: the text was signed off as it stands, with these
 * reasons or others; `isUnkept()`: the server did not keep it, or a text that stood there before it; `waits()`: it is not known
 * yet whether it did; `waitsForPlace()`: it was typed before there were drafts under whose id it could be kept; `text()` is what
 * stands there.
 */
export const editState = {
  unsubmitted: false,
  submitted: false,
  isUnkept: () => false,
  waits: () => false,
  waitsForPlace: () => false,
  text: () => "",
};
