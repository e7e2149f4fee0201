// What the ruler draws, in CSS pixels of the stage, so that lines stay thin and words readable however far the film is enlarged.

import { clamp } from "./clamp.js";
import { svgElement } from "./svg.js";

const TICK = 7; // half of the stroke across an end
const BESIDE = 3; // between a line and its words
const LETTER = 8.7; // as wide as one at most: "m" makes words of millimetres the widest
const RIM = 3; // around words
const HEIGHT = 15 + 2 * RIM; // of words
const SHARES = [1, 0, 0.5, 0.75, 0.25]; // of a line, from its beginning: where its words may stand, the best first

/** `taken`: boxes {left, top, width, height} over which no words are to stand; `chosen`: index of the line that is lit up. */
export function drawnLines(lines, words, transform, { taken, chosen }) {
  const boxes = [...taken];
  return lines.map((line, index) => {
    const ends = [transform.toStage(line.from), transform.toStage(line.to)];
    const box = placeOfWords(ends, widthOf(words[index]), transform.stage, boxes);
    boxes.push(box);
    return drawnLine(ends, words[index], box, index === chosen);
  });
}

/** A cross where the point is that keys move. */
export function drawnPoint(place, transform) {
  const { x, y } = transform.toStage(place);
  return marks("length point", `M${x - TICK} ${y} L${x + TICK} ${y} M${x} ${y - TICK} L${x} ${y + TICK}`);
}

function drawnLine([begin, end], words, box, isChosen) {
  const across = scaled(normalOf(begin, end), TICK);
  const ticks = [begin, end].map(({ x, y }) => `M${x - across.x} ${y - across.y} L${x + across.x} ${y + across.y}`);
  const path = `M${begin.x} ${begin.y} L${end.x} ${end.y} ${ticks.join(" ")}`;
  const group = marks(isChosen ? "length chosen" : "length", path);
  const text = svgElement("text", { x: box.left + box.width / 2, y: box.top + box.height / 2 });
  text.textContent = words;
  group.append(text);
  return group;
}

function marks(name, path) {
  const group = svgElement("g", { class: name });
  group.append(svgElement("path", { d: path, class: "rim" }), svgElement("path", { d: path }));
  return group;
}

/** Beside the line, where they lie on the stage and over nothing that is taken; if there is no such place, on the stage. */
function placeOfWords([begin, end], width, stage, taken) {
  const normal = normalOf(begin, end);
  const apart = BESIDE + (Math.abs(normal.x) * width + Math.abs(normal.y) * HEIGHT) / 2; // so that no corner of them is on it
  const places = SHARES.flatMap((share) =>
    [1, -1].map((side) => {
      const x = begin.x + share * (end.x - begin.x) + side * apart * normal.x;
      const y = begin.y + share * (end.y - begin.y) + side * apart * normal.y;
      return { left: x - width / 2, top: y - HEIGHT / 2, width, height: HEIGHT };
    }),
  );
  const isOn = ({ left, top }) => left >= 0 && top >= 0 && left + width <= stage.width && top + HEIGHT <= stage.height;
  const isFree = (box) => isOn(box) && !taken.some((other) => overlap(box, other));
  const [first] = places;
  return places.find(isFree) ?? places.find(isOn) ?? onto(first, stage);
}

function widthOf(words) {
  return LETTER * words.length + 2 * RIM;
}

function onto(box, stage) {
  return { ...box, left: clamp(box.left, 0, stage.width - box.width), top: clamp(box.top, 0, stage.height - box.height) };
}

function overlap(one, other) {
  const apart = one.left >= other.left + other.width || other.left >= one.left + one.width;
  return !apart && one.top < other.top + other.height && other.top < one.top + one.height;
}

/** Of length 1, across the line. */
function normalOf(begin, end) {
  const length = Math.hypot(end.x - begin.x, end.y - begin.y);
  return length > 0 ? { x: -(end.y - begin.y) / length, y: (end.x - begin.x) / length } : { x: 0, y: -1 };
}

function scaled({ x, y }, factor) {
  return { x: x * factor, y: y * factor };
}
