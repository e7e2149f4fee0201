// The reader's own corrections, newest first, and the way to take them along.

const NAMES = { gaze_on: "from gaze on", gaze_off: "from gaze off" };

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
  const listedOf = corrections.length < count ? `${count}, the last ${corrections.length} below` : String(count);
  element.querySelector("[data-role=count]").textContent = count > 0 ? listedOf : "none yet";
  element.querySelector("[data-role=list]").replaceChildren(...corrections.map(listed));
}

/** Verdicts on findings leave with it too, and alone where no report was signed off. */
function offerDownload(element) {
  const download = element.querySelector("[data-role=download]");
  download.href = "corrections.jsonl";
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
  time.textContent = new Date(correction.submitted_at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  summary.append(time, textSpan("correction-reasons", [NAMES[correction.started_from], ...correction.reasons].join(" · ")));
  summary.append(textSpan("correction-begins", correction.corrected));
  const text = document.createElement("p");
  text.textContent = correction.corrected;
  const study = textSpan("correction-study", `Study ${correction.study}`);
  details.append(summary, text, study);
  item.append(details);
  return item;
}

function textSpan(name, text) {
  const span = document.createElement("span");
  span.className = name;
  span.textContent = text;
  return span;
}
