// While the next patient's film is on its way, nobody works on what the page says of the film before: it would leave unasked.

const OF_THE_FILM = ".film-warnings, #findings-side, .drafts, .editor, #regenerate";

export function setUpFilmBefore() {
  let film = null; // whose drafts are on the page
  const setAside = (aside) => {
    for (const part of document.querySelectorAll(OF_THE_FILM)) {
      part.inert = aside;
    }
  };
  document.addEventListener("film-awaited", () => setAside(film !== null));
  document.addEventListener("film-refused", () => setAside(false));
  document.addEventListener("drafts-changed", ({ detail }) => {
    if (detail.film !== film) {
      film = detail.film;
      setAside(false);
    }
  });
}
