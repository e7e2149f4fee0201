// The film's stored 16-bit pixels on a canvas, through a table of 65,536 greys that changes with the window.

const MOST_SILENCE = 30000; // milliseconds

export class FilmCanvas {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.picture = document.createElement("canvas"); // the whole film at its own size, already in grey
    this.pixels = null;
  }

  /** Where it lies in the window, in CSS pixels: within the stage's border, as all that lies over the film. */
  get box() {
    return this.canvas.getBoundingClientRect();
  }

  setFilm(pixels, columns, rows) {
    this.pixels = pixels;
    this.picture.width = columns;
    this.picture.height = rows;
    this.pictureContext = this.picture.getContext("2d");
    this.image = this.pictureContext.createImageData(columns, rows);
    this.greys = new Uint32Array(this.image.data.buffer);
  }

  empty() {
    this.pixels = null;
  }

  /** Paint every pixel anew through `table`, (65536,) little-endian RGBA. */
  applyTable(table) {
    const { pixels, greys } = this;
    for (let index = 0; index < pixels.length; index += 1) {
      greys[index] = table[pixels[index]];
    }
    this.pictureContext.putImageData(this.image, 0, 0);
  }

  draw(transform) {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(transform.stage.width * ratio);
    const height = Math.round(transform.stage.height * ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, width, height);
    if (this.pixels === null) {
      return;
    }
    const scale = transform.scale * ratio;
    this.context.setTransform(scale, 0, 0, scale, transform.left * ratio, transform.top * ratio);
    this.context.imageSmoothingEnabled = true;
    this.context.imageSmoothingQuality = "high";
    this.context.drawImage(this.picture, 0, 0);
  }
}

const known = new WeakMap();

/** What a film shows, by FNV-1a over size and pixels: it is the same of one that is laid ready anew, as for another inversion. */
export function fingerprint(film) {
  if (!known.has(film)) {
    let hash = 0x811c9dc5;
    for (const stored of film.pixels) {
      hash = Math.imul(hash ^ stored, 0x01000193);
    }
    known.set(film, `${film.columns} ${film.rows} ${hash}`);
  }
  return known.get(film);
}

/** The server has let go of the film: asking for it again is of no use. */
export class FilmGone extends Error {}

/**
 * Fetch the film's pixels: gzip'd little-endian 16-bit greys, row by row. Throws an Error with a sentence for the reader,
 * a FilmGone where only opening the film anew helps.
 */
export async function fetchPixels(token, count, onProgress) {
  const patience = new Patience();
  try {
    const response = await fetch(`views/${token}`, { signal: patience.signal }).catch(() => null);
    if (response?.status === 404) {
      throw new FilmGone("The film's pixels are no longer held by the server. Please open the film again.");
    }
    if (!response?.ok) {
      throw new Error("The film did not come from the server. Please check the connection and try again.");
    }
    const bytes = await unpacked(response, onProgress, patience).catch(() => new ArrayBuffer(0));
    if (bytes.byteLength !== count * Uint16Array.BYTES_PER_ELEMENT) {
      throw new Error("The film did not arrive whole. Please try again.");
    }
    return new Uint16Array(bytes);
  } finally {
    patience.end();
  }
}

/** With a film of which nothing more comes: others wait behind it. */
class Patience {
  constructor() {
    this.stopping = new AbortController();
    this.renew();
  }

  get signal() {
    return this.stopping.signal;
  }

  renew() {
    this.end();
    this.timer = setTimeout(() => this.stopping.abort(), MOST_SILENCE);
  }

  end() {
    clearTimeout(this.timer);
  }
}

function unpacked(response, onProgress, patience) {
  const expected = Number(response.headers.get("Content-Length"));
  let arrived = 0;
  const counting = new TransformStream({
    transform(chunk, controller) {
      patience.renew();
      arrived += chunk.byteLength;
      if (expected > 0) {
        onProgress(Math.min(1, arrived / expected));
      }
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counting).pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
