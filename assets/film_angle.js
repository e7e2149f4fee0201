// The angle between two lines on a film, as it is on the patient: rows and columns count by what they measure (film_length.js).

import { lengthOf } from "./film_length.js";

const MEET = 0.1; // of the shorter line: ends no farther apart than that were meant to be one

/**
 * {degrees, theyMeet}, or null where a line has no length. Lines that share an end go out from it, 0 to 180 degrees apart, as the
 * bronchi from the carina. Others, such as Cobb's, have no beginning, however they were drawn: theirs is the acute angle.
 */
export function angleBetween(one, other, pixel) {
  const shorter = Math.min(lengthOf(one, pixel), lengthOf(other, pixel));
  if (shorter === 0) {
    return null;
  }
  const { ways, apart } = fromNearestEnds(one, other, pixel);
  const degrees = degreesBetween(...ways, pixel);
  const theyMeet = apart <= MEET * shorter;
  return { degrees: theyMeet ? degrees : Math.min(degrees, 180 - degrees), theyMeet };
}

/** Both lines from those of their ends that are nearest to each other, and how far `apart` these are. */
function fromNearestEnds(one, other, pixel) {
  const pairs = fromEitherEnd(one).flatMap((first) =>
    fromEitherEnd(other).map((second) => ({
      ways: [first, second],
      apart: lengthOf({ from: first.from, to: second.from }, pixel),
    })),
  );
  return pairs.reduce((nearest, pair) => (pair.apart < nearest.apart ? pair : nearest));
}

function fromEitherEnd({ from, to }) {
  return [
    { from, to },
    { from: to, to: from },
  ];
}

function degreesBetween(one, other, pixel) {
  const [first, second] = [one, other].map(({ from, to }) => [(to.x - from.x) * pixel.width, (to.y - from.y) * pixel.height]);
  const along = first[0] * second[0] + first[1] * second[1];
  const across = first[0] * second[1] - first[1] * second[0];
  return (Math.atan2(Math.abs(across), along) * 180) / Math.PI;
}
