// Probabilities as they are read: to two decimals, and further where two that differ would look the same.

const DECIMALS = [2, 3, 4];

/** A probability and its threshold as text: the one that is lower is also seen to be, whatever is said of them. */
export function toldApart(probability, threshold) {
  const differs = (decimals) => probability.toFixed(decimals) !== threshold.toFixed(decimals);
  const decimals = DECIMALS.find(differs) ?? DECIMALS[0];
  return [probability.toFixed(decimals), threshold.toFixed(decimals)];
}
