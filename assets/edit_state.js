// What other parts of the page must know of the edit box.

/** `unsubmitted`: something was typed or ticked and not signed off; `unkept`: the server did not keep the text as it stands. */
export const editState = { unsubmitted: false, unkept: false };
