// What the ruler draws, in CSS pixels of the stage, so that lines stay thin and words readable however far the film is enlarged.

import { svgElement } from "./svg.js";

const TICK = 7; // half of the stroke across an end
const BESIDE = 9; // between an end and its words
const ROOM_FOR_WORDS = 96;

/** A line with a stroke across either end, and its words beside the end that was drawn last. */
export function drawnLine({ from, to }, words, transform, isChosen) {
  const [begin, end] = [transform.toStage(from), transform.toStage(to)];
  const length = Math.hypot(end.x - begin.x, end.y - begin.y) || 1;
  const across = { x: (-(end.y - begin.y) / length) * TICK, y: ((end.x - begin.x) / length) * TICK };
  const ticks = [begin, end].map(({ x, y }) => `M${x - across.x} ${y - across.y} L${x + across.x} ${y + across.y}`);
  const path = `M${begin.x} ${begin.y} L${end.x} ${end.y} ${ticks.join(" ")}`;
  const goesLeft = end.x < begin.x ? end.x > ROOM_FOR_WORDS : end.x > transform.stage.width - ROOM_FOR_WORDS;
  const text = svgElement("text", {
    x: end.x + (goesLeft ? -BESIDE : BESIDE),
    y: end.y,
    "text-anchor": goesLeft ? "end" : "start",
  });
  text.textContent = words;
  const group = svgElement("g", { class: isChosen ? "length chosen" : "length" });
  group.append(svgElement("path", { d: path, class: "rim" }), svgElement("path", { d: path }), text);
  return group;
}

/** A cross where the point is that keys move. */
export function drawnPoint(place, transform) {
  const { x, y } = transform.toStage(place);
  const path = `M${x - TICK} ${y} L${x + TICK} ${y} M${x} ${y - TICK} L${x} ${y + TICK}`;
  const group = svgElement("g", { class: "length point" });
  group.append(svgElement("path", { d: path, class: "rim" }), svgElement("path", { d: path }));
  return group;
}
