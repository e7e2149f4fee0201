// Windows over the stored depth. A window is {name, centre, width} in the film's own units: value = slope·stored + intercept.

const STORED_VALUES = 65536;
const FULL_RANGE = "Full range";

/**
 * How often each stored value occurs in the film's central part. Collimated borders and markers lie outside of it, so
 * what is drawn from it fits the patient and not the film's edge.
 */
function centralCounts(film) {
  const counts = new Uint32Array(STORED_VALUES);
  const { pixels, columns, rows } = film;
  const step = Math.max(1, Math.floor(Math.min(columns, rows) / 512));
  for (let row = Math.floor(rows * 0.1); row < rows * 0.9; row += step) {
    for (let column = Math.floor(columns * 0.1); column < columns * 0.9; column += step) {
      counts[pixels[row * columns + column]] += 1;
    }
  }
  return counts;
}

/** The value, in the film's own units, below which a share of the counted pixels lies. */
function percentile(film, counts, share) {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  const stored = counts.findIndex((count) => {
    seen += count;
    return count > 0 && seen >= wanted;
  });
  return toValue(film, stored);
}

/** The window that shows the least value as black and the most as white, as `spanning` of the library's imaging/window.py. */
function spanning(name, film, one, other) {
  const [least, most] = [Math.min(one, other), Math.max(one, other)];
  const beyond = film.voi_function === "LINEAR_EXACT" && least < most ? 0 : 1;
  return { name, centre: (least + most + beyond) / 2, width: most - least + beyond };
}

/**
 * Windows in the order of their keys, which mean the same on every film: the first one of the film itself, its full range, lungs,
 * mediastinum, bones, and then what else the film brings. The full range is the first as well where the film begins with it.
 * And the range of the film's tissue.
 */
export function windowsOf(film) {
  const counts = centralCounts(film);
  const at = (share) => percentile(film, counts, share);
  const tissue = (name, darkest, brightest) =>
    spanning(name, film, ...(film.inverted ? [at(1 - darkest), at(1 - brightest)] : [at(darkest), at(brightest)]));
  const [first, ...others] = film.windows;
  const full = film.windows.find((window) => window.name === FULL_RANGE) ?? fullRange(film);
  const chest = [tissue("Lungs", 0.005, 0.75), tissue("Mediastinum", 0.25, 0.998), tissue("Bones", 0.08, 0.999)];
  const further = others.filter((window) => window !== full);
  const tissueWidth = Math.max(Math.abs(at(0.99) - at(0.01)), Number.EPSILON);
  return { presets: [first, full, ...chest, ...further], tissueWidth };
}

function fullRange(film) {
  let least = STORED_VALUES;
  let most = 0;
  for (const stored of film.pixels) {
    if (stored < least) least = stored;
    if (stored > most) most = stored;
  }
  return spanning(FULL_RANGE, film, toValue(film, least), toValue(film, most));
}

export function toValue(film, stored) {
  return film.slope * stored + film.intercept;
}

/** The grey of each stored value, (65536,) little-endian RGBA. */
export function greyTable(film, window, inverted) {
  const share = shareOf[film.voi_function](window);
  const table = new Uint32Array(STORED_VALUES);
  for (let stored = 0; stored < STORED_VALUES; stored += 1) {
    const bright = Math.min(1, Math.max(0, share(toValue(film, stored))));
    const grey = Math.round(255 * (highIsBright(film, inverted) ? bright : 1 - bright));
    table[stored] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
  }
  return table;
}

/** Whether the higher a value, the brighter it is seen; `inverted`: for the eye. */
function highIsBright(film, inverted) {
  return film.inverted === inverted;
}

/** From a value to 0..1, by the functions of DICOM PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2. */
const shareOf = {
  LINEAR: ({ centre, width }) => {
    // Below a width of 1 the linear function has no meaning; such units are meant exactly.
    const span = width >= 1 ? width - 1 : width;
    const middle = width >= 1 ? centre - 0.5 : centre;
    if (span === 0) {
      return (value) => (value > middle ? 1 : 0);
    }
    return (value) => (value - middle) / span + 0.5;
  },
  LINEAR_EXACT: ({ centre, width }) => (value) => (value - centre) / width + 0.5,
  SIGMOID: ({ centre, width }) => (value) => 1 / (1 + Math.exp((-4 * (value - centre)) / width)),
};

/**
 * The film's window after a drag: right widens it, down makes the film darker, whichever values are its dark ones. 400 CSS pixels
 * are the range of the tissue, so that the film answers alike whatever its depth.
 */
export function dragged(film, right, down) {
  const { window } = film;
  const perPixel = film.tissueWidth / 400;
  const raised = highIsBright(film, film.userInverted) ? down : -down;
  return {
    name: "By hand",
    centre: window.centre + raised * perPixel,
    width: Math.max(perPixel / 4, window.width + right * perPixel),
  };
}
