// What a hand can do to a scanpath. Each takes fixations, [{x, y, duration}], and returns new ones.

import { clamp } from "./clamp.js";
import { GRID } from "./patch_durations.js";

const LEAST_SECONDS = 0.05;
const MOST_SECONDS = 5;
const TYPICAL_SECONDS = 0.3; // of a fixation in a scanpath that has none yet

/** How long a new fixation lasts: as long as most of those that are there. */
function typicalDuration(fixations) {
  const durations = fixations.map(({ duration }) => duration).filter((duration) => duration > 0).sort((a, b) => a - b);
  return clamp(rounded(durations[Math.floor(durations.length / 2)] ?? TYPICAL_SECONDS, 2), LEAST_SECONDS, MOST_SECONDS);
}

export function added(fixations, { x, y }) {
  return [...fixations, { ...onFilm(x, y), duration: typicalDuration(fixations) }];
}

export function moved(fixations, index, { x, y }) {
  return replaced(fixations, index, { ...fixations[index], ...onFilm(x, y) });
}

/** The limits hold for what a hand makes: a recorded fixation beyond them is not cut to them by the first change. */
export function lasting(fixations, index, duration) {
  const before = fixations[index].duration;
  const least = Math.min(LEAST_SECONDS, before);
  const most = Math.max(MOST_SECONDS, before);
  return replaced(fixations, index, { ...fixations[index], duration: clamp(rounded(duration, 2), least, most) });
}

export function removed(fixations, index) {
  return fixations.filter((_, other) => other !== index);
}

/** Let the fixation come `steps` later in the reading, or earlier where that is negative. */
export function reordered(fixations, index, steps) {
  const others = removed(fixations, index);
  others.splice(clamp(index + steps, 0, others.length), 0, fixations[index]);
  return others;
}

/** Look at each of these patches, [{row, column}], in this order, after all that was looked at before. */
export function covering(fixations, patches) {
  const duration = typicalDuration(fixations);
  const looks = patches.map(({ row, column }) => ({ ...onFilm((column + 0.5) / GRID, (row + 0.5) / GRID), duration }));
  return [...fixations, ...looks];
}

/** One reading and then another, durations weighted, as `Scanpath.blended` does. */
export function blended(fixations, others, share) {
  const weighed = (readings, weight) => (weight > 0 ? readings.map((one) => ({ ...one, duration: weight * one.duration })) : []);
  return [...weighed(fixations, 1 - share), ...weighed(others, share)];
}

export function sameFixations(ones, others) {
  const same = (one, other) => ["x", "y", "duration"].every((name) => Math.abs(one[name] - other[name]) < 1e-6);
  return ones.length === others.length && ones.every((one, index) => same(one, others[index]));
}

function replaced(fixations, index, fixation) {
  return fixations.map((one, other) => (other === index ? fixation : one));
}

function onFilm(x, y) {
  return { x: rounded(clamp(x, 0, 1), 5), y: rounded(clamp(y, 0, 1), 5) };
}

function rounded(value, digits) {
  return Number(value.toFixed(digits));
}
