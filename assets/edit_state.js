// What other parts of the page must know of the edit box.

export const editState = { unsubmitted: false };
