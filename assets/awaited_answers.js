// Answers that the page waits for. Gradio's stream of answers can close on a message that was just sent; whatever is sent
// next opens it again, and brings along what waited on the server. So the page asks as long as it waits for anything.

const ASKING_AGAIN = 3000; // milliseconds

const awaited = new Set();
let ask = () => {};
let timer;

export function askBy(how) {
  ask = how;
}

export function awaitAnswer(to) {
  awaited.add(to);
  timer ??= setInterval(() => ask(), ASKING_AGAIN);
}

export function answerCame(to) {
  awaited.delete(to);
  if (awaited.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
}
