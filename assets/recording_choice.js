// A file with several recordings: the reader is asked which one is of this film.

export class RecordingChoice {
  constructor(after, choose) {
    this.form = document.createElement("form");
    this.form.className = "recording-choice";
    this.form.dataset.testid = "recording-choice";
    this.form.hidden = true;
    this.form.innerHTML = `
      <input type="text" list="recording-names" autocomplete="off" required aria-label="Which recording is of this film" placeholder="Which recording …" data-testid="recording-name">
      <datalist id="recording-names"></datalist>
      <button type="submit" data-testid="use-recording">Use this recording</button>`;
    this.name = this.form.querySelector("input");
    this.names = this.form.querySelector("datalist");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.form.hidden = true;
      choose({ token: this.token, recording: this.name.value });
    });
    after.after(this.form);
  }

  /** Ask for one of these recordings; without any, ask no longer. */
  show(choice) {
    this.form.hidden = !choice;
    if (choice) {
      this.token = choice.token;
      this.name.value = "";
      this.names.replaceChildren(...choice.names.map((name) => new Option(name, name)));
      this.name.focus();
    }
  }
}
