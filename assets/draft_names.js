// What the two drafts are called wherever the page speaks of one of them.

export const DRAFT_NAMES = { gaze_on: "gaze on", gaze_off: "gaze off" };

/** What a report began with: a draft, or nothing. `which` draft of its kind it was may be said. */
export function beginningOf(side, which = null) {
  return side === "empty" ? "begun empty" : ["from", which, DRAFT_NAMES[side], which && "draft"].filter(Boolean).join(" ");
}
