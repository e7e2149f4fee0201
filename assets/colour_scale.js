// From no time to the longest: dark violet over red to pale yellow, lightness rising evenly, so that it also reads in grey
// and for readers who do not tell red from green.

const ANCHORS = [
  [87, 16, 110],
  [120, 28, 109],
  [154, 41, 98],
  [187, 55, 84],
  [215, 77, 62],
  [237, 105, 37],
  [249, 142, 9],
  [251, 182, 26],
  [244, 223, 83],
  [252, 255, 164],
];

/** The CSS colour of a share in 0..1 of the scale. */
export function colourOf(share) {
  const place = Math.min(1, Math.max(0, share)) * (ANCHORS.length - 1);
  const below = Math.min(ANCHORS.length - 2, Math.floor(place));
  const mixed = ANCHORS[below].map((start, channel) => {
    const end = ANCHORS[below + 1][channel];
    return Math.round(start + (end - start) * (place - below));
  });
  return `rgb(${mixed.join(" ")})`;
}

export function rampFrom(direction) {
  return `linear-gradient(${direction}, ${ANCHORS.map((anchor) => `rgb(${anchor.join(" ")})`).join(", ")})`;
}

export function seconds(value) {
  return `${value.toFixed(value < 9.995 ? 2 : 1)} s`;
}
