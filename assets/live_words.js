// Words that are spoken as they change, to who hears the page: what is written there anew is heard anew, though it be the same.

export function say(line, sentence) {
  if (line.textContent !== sentence) {
    line.textContent = sentence;
  }
}
