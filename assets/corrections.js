// The reader's own corrections, newest first, and the way to take them along.

import { DRAFT_NAMES } from "./draft_names.js";
import { listedCount } from "./listed_count.js";
import { dayAndTime } from "./moments.js";
import { textElement } from "./text_element.js";

export function mount(element, { watch, props }) {
  const show = () => showCorrections(element, props.value);
  watch("value", show);
  show();
  document.addEventListener("verdict-kept", () => offerDownload(element));
}

/** `corrections`: the last of all `count`, [{submitted_at, study, started_from, reasons, corrected}], times in ISO 8601. */
function showCorrections(element, { corrections, count, judged_studies: judged }) {
  if (corrections.length > 0 || judged > 0) {
    offerDownload(element);
  }
  const said = count > 0 ? listedCount(count, corrections.length, "the last") : "none yet";
  element.querySelector("[data-role=count]").textContent = said;
  list(element.querySelector("[data-role=list]"), corrections);
}

/** Those that stay are left where they are: what is unfolded, or has the focus, stays so. */
function list(listing, corrections) {
  const told = corrections.map((one) => JSON.stringify(one));
  [...listing.children].filter((item) => !told.includes(item.told)).forEach((item) => item.remove());
  corrections.forEach((correction, place) => {
    const before = listing.children[place] ?? null;
    if (before?.told !== told[place]) {
      listing.insertBefore(Object.assign(listed(correction), { told: told[place] }), before);
    }
  });
}

/** Verdicts on findings leave with it too, and alone where no report was signed off. */
function offerDownload(element) {
  const download = element.querySelector("[data-role=download]");
  download.href = `corrections.jsonl?page_reader=${window.gradio_config.username}`; // a link sends no header that would name it
  download.setAttribute("download", "");
  download.removeAttribute("aria-disabled");
  download.title = "All your corrections, and your verdicts on findings, one JSON object a line";
}

function listed(correction) {
  const item = document.createElement("li");
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const time = document.createElement("time");
  time.dateTime = correction.submitted_at;
  time.textContent = dayAndTime(correction.submitted_at);
  const reasons = [`from ${DRAFT_NAMES[correction.started_from]}`, ...correction.reasons].join(" · ");
  summary.append(time, textElement("span", reasons, "correction-reasons"));
  summary.append(textElement("span", correction.corrected, "correction-begins"));
  const study = textElement("span", `Study ${correction.study}`, "correction-study");
  details.append(summary, textElement("p", correction.corrected), study);
  item.append(details);
  return item;
}
