// The reader's own corrections, newest first, and the way to take them along.

import { beginningOf } from "./draft_names.js";
import { listedCount } from "./listed_count.js";
import { dayAndTime } from "./moments.js";
import { textElement } from "./text_element.js";
import { showItems } from "./told_items.js";

export function mount(element, { watch, props }) {
  const show = () => showCorrections(element, props.value);
  watch("value", show);
  show();
  document.addEventListener("verdict-kept", () => {
    offerDownload(element);
    if (props.value.count === 0) {
      sayWhatIsThere(element, props.value, "your verdicts on findings"); // of how many studies, the records know
    }
  });
}

/**
 * `corrections`: the last of all `count`, [{submitted_at, study, started_from, reasons, corrected}], times in ISO 8601;
 * `judged_studies`: of how many others there are verdicts alone.
 */
function showCorrections(element, value) {
  const { corrections, count, judged_studies: judged } = value;
  if (corrections.length > 0 || judged > 0) {
    offerDownload(element);
  }
  const studies = `${judged}${count > 0 ? " more" : ""} ${judged === 1 ? "study" : "studies"}`;
  sayWhatIsThere(element, value, judged > 0 ? `verdicts of ${studies}` : "");
  showItems(element.querySelector("[data-role=list]"), corrections, listed);
}

/** All that can be taken along, or else nobody would know why it can. */
function sayWhatIsThere(element, { corrections, count }, verdicts) {
  const none = verdicts ? "no report yet" : "none yet";
  const reports = count > 0 ? listedCount(count, corrections.length, "the last") : none;
  element.querySelector("[data-role=count]").textContent = [reports, verdicts].filter(Boolean).join("; ");
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
  const reasons = [beginningOf(correction.started_from), ...correction.reasons].join(" · ");
  summary.append(time, textElement("span", reasons, "correction-reasons"));
  summary.append(textElement("span", correction.corrected, "correction-begins"));
  const study = textElement("span", `Study ${correction.study}`, "correction-study");
  details.append(summary, textElement("p", correction.corrected), study);
  item.append(details);
  return item;
}
