// While the next patient's film is on its way, nobody works on what the page says of the film before: it would leave unasked.

const OF_THE_FILM = ".film-warnings, #findings-side, .drafts, .editor, #regenerate";

export function setUpFilmBefore() {
  let film = null; // whose drafts are on the page
  let awaited = 0; // by which choice the film comes that is on its way
  const setAside = (aside) => {
    for (const part of document.querySelectorAll(OF_THE_FILM)) {
      part.inert = aside;
    }
  };
  document.addEventListener("film-awaited", ({ detail }) => {
    awaited = detail.choice;
    setAside(film !== null);
  });
  document.addEventListener("film-refused", () => {
    awaited = 0;
    setAside(false);
  });
  document.addEventListener("drafts-changed", ({ detail }) => {
    if (detail.film !== film) {
      film = detail.film;
      setAside(detail.choice < awaited); // as is one that came although the reader has chosen another since
    }
  });
}
