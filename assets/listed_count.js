// How many there are, and how many of them a list shows where those are fewer.

/** `which`: those that are listed, as "the last". */
export function listedCount(count, listed, which) {
  return listed < count ? `${count}, ${which} ${listed} below` : String(count);
}
