// A film that the reader is asked about before it is opened: what is burned into it is seen here, or not confirmed.

export class QuestionedFilm {
  /** `frame` is where the film lies; `seen(is)` is told whether the reader has it before their eyes. */
  constructor(frame, seen) {
    this.frame = frame;
    this.seen = seen;
    this.enlarged = frame.querySelector("input"); // at its own size, small writing can be read
    this.last = null; // the picture that came last, and its address: the server soon holds it no longer
    frame.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** Show the picture at this address, or none. Returns whether that could be done. */
  async show(address) {
    const picture = this.last?.address === address ? this.last.picture : pictureAt(address);
    this.frame.querySelector("img").replaceWith(picture);
    this.frame.hidden = true;
    this.enlarged.checked = false;
    this.seen(false);
    if (address === null) {
      return true;
    }
    const came = await picture.decode().then(() => true, () => false);
    if (!this.frame.contains(picture)) {
      return true; // another question has taken its place, and says so itself
    }
    this.last = came ? { address, picture } : null;
    this.frame.hidden = !came;
    this.seen(came);
    return came;
  }

  /** While it is large, the arrows move it and not the film below, and Escape does not yet answer the question. */
  pressed(event) {
    if (!this.enlarged.checked) {
      return;
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      this.enlarged.checked = false;
    } else if (event.key.startsWith("Arrow")) {
      event.stopPropagation();
    }
  }
}

function pictureAt(address) {
  const picture = new Image();
  picture.alt = "The film in question";
  picture.draggable = false; // dropped beside, it would be taken for another film
  if (address !== null) {
    picture.src = new URL(address, document.baseURI);
  }
  return picture;
}
