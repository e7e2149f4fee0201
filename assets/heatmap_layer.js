// The fixation time on each patch, drawn in film coordinates; a patch on which no time was spent keeps the film's own grey.

import { colourOf, rampFrom, seconds } from "./colour_scale.js";
import { cell } from "./patch_durations.js";
import { patches } from "./patches.js";

export class HeatmapLayer {
  constructor(group, scale) {
    this.group = group;
    this.scale = scale;
    this.durations = [];
    scale.querySelector(".colour-ramp").style.backgroundImage = rampFrom("to top");
  }

  /** `durations[row][column]` in seconds. */
  show(durations, columns, rows) {
    this.durations = durations;
    this.film = { columns, rows };
    const most = Math.max(0, ...durations.flat());
    const paint = (patch, duration) => {
      patch.setAttribute("fill", colourOf(duration / most));
      patch.dataset.seconds = duration;
    };
    this.group.replaceChildren(...patches(durations, columns, rows, paint));
    this.scale.querySelector("[data-role=scale-most]").textContent = seconds(most);
    this.scale.querySelector("[data-role=scale-least]").textContent = "0 s";
    this.hasTime = most > 0;
    this.setVisible(this.visible ?? true);
  }

  setVisible(visible) {
    this.visible = visible;
    this.group.classList.toggle("switched-off", !visible);
    this.scale.hidden = !visible || !this.hasTime;
  }

  setOpacity(opacity) {
    this.group.style.opacity = opacity;
  }

  /** The seconds on the patch under a place of the film, or null outside of the film. */
  durationAt(x, y) {
    if (this.durations.length === 0 || x < 0 || y < 0 || x >= this.film.columns || y >= this.film.rows) {
      return null;
    }
    const row = cell(y / this.film.rows);
    const column = cell(x / this.film.columns);
    return { row, column, duration: this.durations[row][column] };
  }
}
