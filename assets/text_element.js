// An element that holds text, and never markup: what stands on the page may be anybody's words.

export function textElement(name, text, className = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}
