// Windows over the stored depth. A window is {name, centre, width} in the film's own units: value = slope·stored + intercept.

const STORED_VALUES = 65536;

/**
 * What the film's central part holds, in its own units. Collimated borders and markers lie outside of it, so the chest
 * presets, which are relative to this range, fit the patient and not the film's edge.
 */
export function tissueRange(film) {
  const counts = new Uint32Array(STORED_VALUES);
  const { pixels, columns, rows } = film;
  const step = Math.max(1, Math.floor(Math.min(columns, rows) / 512));
  let total = 0;
  for (let row = Math.floor(rows * 0.1); row < rows * 0.9; row += step) {
    for (let column = Math.floor(columns * 0.1); column < columns * 0.9; column += step) {
      counts[pixels[row * columns + column]] += 1;
      total += 1;
    }
  }
  const least = storedPercentile(counts, total, 0.01);
  const most = storedPercentile(counts, total, 0.99);
  return { least: toValue(film, least), most: toValue(film, Math.max(most, least + 1)) };
}

function storedPercentile(counts, total, share) {
  let seen = 0;
  for (let stored = 0; stored < STORED_VALUES; stored += 1) {
    seen += counts[stored];
    if (seen >= total * share) {
      return stored;
    }
  }
  return STORED_VALUES - 1;
}

function fullRange(film) {
  let least = STORED_VALUES;
  let most = 0;
  for (const stored of film.pixels) {
    if (stored < least) least = stored;
    if (stored > most) most = stored;
  }
  return { least: toValue(film, least), most: toValue(film, Math.max(most, least + 1)) };
}

function between(name, least, most) {
  return { name, centre: (least + most) / 2, width: most - least };
}

/** The film's own windows by name, its full range, and windows for lungs, mediastinum and bones. */
export function presets(film) {
  const { least, most } = tissueRange(film);
  const full = fullRange(film);
  // From 0, the darkest tissue, to 1, the brightest, as a reader sees it: bones bright in both photometric interpretations.
  const tissue = (name, dark, bright) => {
    const place = (share) => least + (film.inverted ? 1 - share : share) * (most - least);
    const ends = [place(dark), place(bright)];
    return between(name, Math.min(...ends), Math.max(...ends));
  };
  return [
    ...film.windows,
    between("Full range", full.least, full.most),
    tissue("Lungs", -0.05, 0.6),
    tissue("Mediastinum", 0.4, 1.05),
    tissue("Bones", 0.2, 1.2),
  ];
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
    const grey = Math.round(255 * (film.inverted === inverted ? bright : 1 - bright));
    table[stored] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
  }
  return table;
}

/** From a value to 0..1, by the functions of DICOM PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2. */
const shareOf = {
  LINEAR: ({ centre, width }) => {
    // Below a width of 1 the linear function has no meaning; such units are meant exactly.
    const span = width >= 1 ? Math.max(width - 1, Number.EPSILON) : width;
    const middle = width >= 1 ? centre - 0.5 : centre;
    return (value) => (value - middle) / span + 0.5;
  },
  LINEAR_EXACT: ({ centre, width }) => (value) => (value - centre) / width + 0.5,
  SIGMOID: ({ centre, width }) => (value) => 1 / (1 + Math.exp((-4 * (value - centre)) / width)),
};

/**
 * Dragging right widens the window, dragging down raises its centre; 400 CSS pixels are the range of the tissue, so that
 * the film answers alike whatever its depth.
 */
export function dragged(window, range, right, down) {
  const perPixel = (range.most - range.least) / 400;
  const least = perPixel / 4;
  return {
    name: "By hand",
    centre: window.centre + down * perPixel,
    width: Math.max(least, window.width + right * perPixel),
  };
}
