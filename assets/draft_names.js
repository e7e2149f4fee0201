// What the two drafts are called wherever the page speaks of one of them.

export const DRAFT_NAMES = { gaze_on: "gaze on", gaze_off: "gaze off" };

/** What a report began with: a draft, or nothing. `which` may say: "the" draft that is shown, or "an earlier" one. */
export function beginningOf(side, which = null) {
  if (side === "empty") {
    return which === "an earlier" ? "begun empty beside earlier drafts" : "begun empty";
  }
  return ["from", which, DRAFT_NAMES[side], which && "draft"].filter(Boolean).join(" ");
}
