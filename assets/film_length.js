// How long a line on a film is. A place is {x, y} in pixels of the shown film, a line {from, to}, and the `pixel` of a film
// {unit, width, height}: what one of them measures by the file's pixel spacing, or in pixels of the file where that states none.

export function lengthOf({ from, to }, pixel) {
  return Math.hypot((to.x - from.x) * pixel.width, (to.y - from.y) * pixel.height);
}

export function lengthInWords(line, pixel) {
  const length = lengthOf(line, pixel);
  const digits = pixel.unit === "px" || length >= 100 ? 0 : length < 1 ? 2 : 1;
  return `${length.toFixed(digits)} ${pixel.unit}`;
}
