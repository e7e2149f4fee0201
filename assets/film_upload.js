// Brings a film to the server: its bytes alone, never its file name, which often names the patient.

/**
 * Send a File, a film or another `kind`; resolves to its token, or throws an Error whose message is a sentence for the reader.
 * Rejects with the reason of `signal`, an AbortSignal, once that says to stop.
 */
export function sendFilm(file, onProgress, { kind = "film", signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", new URL("films", document.baseURI));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-Page-Reader", window.gradio_config.username); // as all that the page asks of Gradio names it
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) {
        onProgress(event.loaded / event.total);
      }
    });
    request.addEventListener("load", () => {
      const answer = parsed(request.responseText);
      if (request.status === 200 && answer.token) {
        resolve(answer.token);
      } else {
        const said = typeof answer.detail === "string" ? answer.detail : null;
        reject(new Error(said ?? `The server did not take the ${kind} (HTTP ${request.status}). Please try again.`));
      }
    });
    request.addEventListener("error", () => {
      reject(new Error(`The ${kind} did not reach the server. Please check the connection and try again.`));
    });
    signal?.addEventListener("abort", () => {
      request.abort();
      reject(signal.reason);
    });
    request.send(file);
  });
}

/** One film after the other, as by `sendFilm`; resolves to their tokens, and tells `onProgress` how much of all has been sent. */
export async function sendFilms(files, onProgress, options) {
  const all = files.reduce((bytes, { size }) => bytes + size, 0);
  const tokens = [];
  let before = 0; // bytes of those that have been sent
  for (const file of files) {
    tokens.push(await sendFilm(file, (share) => onProgress((before + share * file.size) / all), options));
    before += file.size;
  }
  return tokens;
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/**
 * What is dropped anywhere on the page goes to `onDrop(files, view)`, what one of `inputs` chooses to `onChoice(files, view)`. As
 * what a file can be dropped is shown on the `area`, and there, too, what becomes of it. Several can only be opened as a study.
 */
export function acceptFilms(area, inputs, { onDrop, onChoice }) {
  for (const input of inputs) {
    input.addEventListener("change", () => {
      const files = [...input.files];
      if (files.length > 0) {
        onChoice(files, input.dataset.view);
      }
      input.value = "";
    });
  }
  let under = null; // the part of the page that the file is held over
  window.addEventListener("dragenter", (event) => {
    under = event.target;
    area.classList.toggle("drop-here", hasFiles(event));
    area.classList.toggle("several", event.dataTransfer?.items.length > 1);
  });
  window.addEventListener("dragleave", (event) => {
    // A part is left after the next one is entered: whoever leaves the last one leaves the page.
    if (event.target === under) {
      area.classList.remove("drop-here");
    }
  });
  window.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  window.addEventListener("drop", (event) => {
    area.classList.remove("drop-here");
    if (!hasFiles(event)) {
      return; // words, which belong to the field that they are dropped in
    }
    event.preventDefault();
    area.scrollIntoView({ block: "nearest" });
    const files = [...event.dataTransfer.files];
    if (files.length > 0) {
      onDrop(files, event.target.closest?.("[data-drop-view]")?.dataset.dropView ?? "frontal");
    }
  });
}

function hasFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
