// Buttons, sliders and keys of the viewer, and which of them can be used.

import { BareFilm } from "./bare_film.js";
import { acceptFilms } from "./film_upload.js";
import { isRecording } from "./gaze_exchange.js";
import { gazeInHand } from "./gaze_in_hand.js";
import { onKey } from "./hotkeys.js";
import { chooseRemedy } from "./remedies.js";
import { onSingleKeys } from "./single_keys.js";

const KEY_STEP = 40; // CSS pixels that an arrow key moves the film
const WINDOW_STEP = 10; // CSS pixels of a drag that does to the window what an arrow key does with Shift
const OF_THE_FILM = "Chest film. Drag to change the window, wheel to zoom";
const ITS_KEYS = ", M to measure, D to edit the gaze, B to paint where to look, question mark for all keys";
const HAND_TOOLS = ["gaze", "region"];
const DRAWING_TOOLS = [...HAND_TOOLS, "ruler"];

export function setUpControls(viewer) {
  const { find, findAll } = viewer;
  const onClick = (selector, action) => find(selector).addEventListener("click", action);
  viewer.bare = new BareFilm(viewer.stage, find("[data-action=bare]"), () => putAway(viewer, HAND_TOOLS));
  onClick("[data-action=invert]", () => viewer.invert());
  onClick("[data-action=fit]", () => viewer.moved(() => viewer.transform.fit()));
  onClick("[data-action=reset]", () => viewer.reset());
  onClick("[data-action=zoom-in]", () => viewer.moved(() => viewer.transform.zoomAtCentre(1.25)));
  onClick("[data-action=zoom-out]", () => viewer.moved(() => viewer.transform.zoomAtCentre(0.8)));
  onClick("[data-action=play]", () => {
    viewer.bare.set(false);
    viewer.playback.toggle();
  });
  onClick("[data-action=remove-lateral]", () => {
    chooseRemedy("lateral_removed", viewer.told.films, { gaze: gazeInHand });
  });
  document.addEventListener("films-under-way", ({ detail }) => {
    find("[data-action=remove-lateral]").disabled = detail.areUnderWay;
  });
  onClick(".invitation", () => find("input[data-view=frontal]").click());
  for (const button of findAll(".film-switch button")) {
    button.addEventListener("click", () => viewer.show(button.dataset.view));
  }
  for (const button of findAll("button[data-tool]")) {
    button.addEventListener("click", () => {
      // A tool of the hand is put away by choosing it again.
      const putAway = button.dataset.tool === viewer.gestures.tool && button.closest(".hand-tools");
      chooseTool(viewer, putAway ? "window" : button.dataset.tool);
    });
  }
  find("[data-role=presets]").addEventListener("change", (event) => {
    viewer.setWindow(viewer.film?.presets[event.target.value]);
    if (!event.target.matches(":focus-visible")) {
      event.target.blur(); // the number keys are the film's again; who came here by key goes on from here
    }
  });
  find("[data-role=time]").addEventListener("input", (event) => {
    viewer.bare.set(false);
    viewer.playback.pause();
    viewer.playback.seek(Number(event.target.value));
  });
  setUpLayer(viewer, "scanpath");
  setUpLayer(viewer, "heatmap");
  setUpMenu(find(".film-facts"));
  setUpMenu(find(".file-menu"));
  // What is chosen as a film is a film, or is refused as one; what is dropped may be a recording, too.
  acceptFilms(viewer.stage, findAll("input[type=file][data-view]"), {
    onChoice: (files, view) => openFilms(viewer, files, view),
    onDrop: (files, view) => {
      const hasRecording = view === "recording" || files.some(isRecording);
      if (hasRecording && files.length === 1) {
        viewer.exchange.send(files[0]);
      } else if (hasRecording) {
        viewer.intake.refuseTogether();
      } else {
        openFilms(viewer, files, view);
      }
    },
  });
}

/** Two together are a study; a lateral film is added to the one that is open, and comes alone. */
function openFilms(viewer, files, view) {
  if (files.length > (view === "lateral" ? 1 : 2)) {
    viewer.intake.refuseTogether();
  } else {
    viewer.intake.accept(files, view);
  }
}

/** What lies over the page is closed by a press anywhere else, or by Escape. */
function setUpMenu(menu) {
  document.addEventListener("pointerdown", ({ target }) => {
    menu.open &&= menu.contains(target);
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      event.preventDefault();
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

function setUpLayer(viewer, name) {
  const layer = viewer[name];
  const box = viewer.find(`[data-layer=${name}]`);
  const opacity = viewer.find(`[data-opacity=${name}]`);
  box.addEventListener("change", () => {
    switchLayer(viewer, name, box.checked);
    if (name === "scanpath" && !box.checked) {
      putAway(viewer, HAND_TOOLS);
    }
  });
  opacity.addEventListener("input", () => {
    viewer.bare.set(false);
    layer.setOpacity(opacity.value);
  });
  layer.setOpacity(opacity.value);
}

function switchLayer(viewer, name, visible) {
  viewer.bare.set(false);
  viewer.find(`[data-layer=${name}]`).checked = visible;
  viewer[name].setVisible(visible);
  viewer.schedule();
}

/**
 * No hand works on gaze that is not seen: taking a tool of the hand shows the scanpath, hiding that puts the tool away. Keys of
 * what draws are the film's, and no button's or list's, so the film gets the focus.
 */
function chooseTool(viewer, tool) {
  if (HAND_TOOLS.includes(tool)) {
    switchLayer(viewer, "scanpath", true);
  }
  if (DRAWING_TOOLS.includes(tool)) {
    viewer.stage.focus({ preventScroll: true });
  }
  viewer.gestures.tool = tool;
  viewer.stage.dataset.tool = tool;
  for (const button of viewer.findAll("button[data-tool]")) {
    button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
  }
  viewer.controls.show();
  viewer.ruler.show();
}

function putAway(viewer, tools) {
  if (tools.includes(viewer.gestures.tool)) {
    chooseTool(viewer, "window");
  }
}

/** What the hand was about to do to one patient's gaze must not meet the next one's. */
export function beginWithTheWindow(viewer) {
  viewer.gestures.abandon();
  viewer.ruler.forget();
  chooseTool(viewer, "window");
}

export function setUpKeys(viewer) {
  for (let number = 1; number <= 9; number += 1) {
    onKey(String(number), () => viewer.setWindow(viewer.film?.presets[number - 1]));
  }
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  for (const [key, [right, down]] of Object.entries(arrows)) {
    onKey(key, ({ shiftKey }) => {
      if (shiftKey) {
        viewer.dragWindow(right * WINDOW_STEP, down * WINDOW_STEP);
      } else if (!viewer.controls.nudge(right, down)) {
        viewer.moved(() => viewer.transform.pan(right * KEY_STEP, down * KEY_STEP));
      }
    });
  }
  const presses = { i: "invert", f: "fit", r: "reset", "+": "zoom-in", "=": "zoom-in", "-": "zoom-out" };
  for (const [key, action] of Object.entries(presses)) {
    onKey(key, () => viewer.find(`[data-action=${action}]`).click());
  }
  onKey(" ", () => viewer.controls.pressBrush() || viewer.find("[data-action=play]").click());
  onKey("Enter", () => viewer.controls.pressBrush());
  onKey("w", () => chooseTool(viewer, "window"));
  onKey("p", () => chooseTool(viewer, "pan"));
  onKey("m", () => viewer.find("[data-tool=ruler]").click());
  onKey("s", () => viewer.bare.clotheOr(() => viewer.find("[data-layer=scanpath]").click()));
  onKey("h", () => viewer.bare.clotheOr(() => viewer.find("[data-layer=heatmap]").click()));
  onKey("l", () => viewer.show(viewer.view === "frontal" ? "lateral" : "frontal"));
  onSingleKeys((areOn) => viewer.stage.setAttribute("aria-label", `${OF_THE_FILM}${areOn ? ITS_KEYS : ""}.`));
}

/** Nothing can be pressed that has nothing to work on. */
export function enableControls(viewer) {
  const hasFilm = Boolean(viewer.film);
  const hasGaze = viewer.view === "frontal" && viewer.scanpath.total > 0;
  for (const control of viewer.findAll(".viewer-tools :is(select, button:not([data-action=by-hand]))")) {
    control.disabled = !hasFilm;
  }
  for (const control of viewer.findAll(".gaze-tools input, .gaze-tools button")) {
    control.disabled = !hasGaze;
  }
  for (const button of viewer.findAll(".film-switch button")) {
    button.disabled = !viewer.films[button.dataset.view];
  }
  viewer.intake.enableLateral(Boolean(viewer.films.frontal));
  viewer.find("[data-action=bare]").disabled = !hasFilm;
  viewer.find(".invitation").hidden = hasFilm;
  viewer.find("[data-drop-view=recording]").hidden = !hasFilm;
  viewer.controls?.show();
  viewer.ruler.show();
}
