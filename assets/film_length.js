// How long a line on a film is. A place is {x, y} in pixels of the shown film, a line {from, to}, and the `pixel` of a film
// {unit, width, height}: what one of them measures by the file's pixel spacing, or in pixels of the file where that states none.

export function lengthOf({ from, to }, pixel) {
  return Math.hypot((to.x - from.x) * pixel.width, (to.y - from.y) * pixel.height);
}

export function lengthInWords(line, pixel) {
  const length = lengthOf(line, pixel);
  const digits = pixel.unit === "mm" && length < 100 ? 1 : 0;
  return `${length.toFixed(digits)} ${pixel.unit}`;
}

/** Of all lines by their numbers; of two, how they compare as well, which does not depend on how far the film enlarges. */
export function lengthsInWords(lines, pixel) {
  const words = lines.map((line, index) => `${index + 1}: ${lengthInWords(line, pixel)}`);
  if (lines.length === 2) {
    const [shorter, longer] = lines.map((line) => lengthOf(line, pixel)).sort((one, other) => one - other);
    words.push(`ratio ${(shorter / longer).toFixed(2)}`);
  }
  return words.join(" · ");
}
