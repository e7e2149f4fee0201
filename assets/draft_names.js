// What the two drafts are called wherever the page speaks of one of them.

export const DRAFT_NAMES = { gaze_on: "gaze on", gaze_off: "gaze off" };
