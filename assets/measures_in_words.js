// What the ruler says of the lines on a film: how long each is, and how the last two compare.

import { angleBetween } from "./film_angle.js";
import { lengthInWords, lengthOf } from "./film_length.js";

export function measuresInWords(lines, pixel) {
  const words = lines.map((line, index) => `${index + 1}: ${lengthInWords(line, pixel)}`);
  if (lines.length >= 2) {
    words.push(...comparedInWords(...lines.slice(-2), lines.length, pixel));
  }
  return words.join(" · ");
}

/** Ratio and angle, which do not depend on how far the film enlarges; none of it where a line has no length. */
function comparedInWords(one, other, number, pixel) {
  const angle = angleBetween(one, other, pixel);
  if (angle === null) {
    return [];
  }
  const [shorter, longer] = [one, other].map((line) => lengthOf(line, pixel)).sort((first, second) => first - second);
  const degrees = `${angle.degrees.toFixed(0)}°`; // hands that draw it again differ by more than one
  const angleInWords = angle.theyMeet ? `angle ${degrees} where they meet` : `acute angle ${degrees}`;
  return [`${number - 1} and ${number}: ratio ${(shorter / longer).toFixed(2)}, ${angleInWords}`];
}
