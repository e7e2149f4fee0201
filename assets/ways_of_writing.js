// How drafts can be written, in a reader's words, and in brackets what it is called where such models are made.

export const WAYS = [
  {
    name: "Likely words",
    control: "#method label:has([value=greedy])",
    meaning: "The likeliest word each time: the same draft whenever it is written (greedy decoding)",
  },
  {
    name: "Varied words",
    control: "#method label:has([value=sample])",
    meaning: "Words drawn by chance, likely ones more often (sampling)",
  },
  {
    name: "Likely draft",
    control: "#method label:has([value=beam])",
    meaning: "Several drafts are weighed at once and the likeliest is kept, which takes longer (beam search)",
  },
  {
    name: "Variety",
    control: "#temperature label",
    meaning: "Of varied words: the higher, the more often an unlikely word is drawn (temperature)",
  },
  {
    name: "Draw number",
    control: "#seed label",
    meaning: "Of varied words: the same number draws the same words again (seed)",
  },
  {
    name: "Hedge",
    control: "#hedged label",
    meaning: "A finding that is less likely than not is written as possible; without it, as a fact (hedging)",
  },
];

export function explainWaysOfWriting() {
  for (const { control, meaning } of WAYS) {
    const shown = document.querySelector(control); // none hedges where the model is told of no findings
    if (shown !== null) {
      shown.title = meaning;
    }
  }
  joinWays(document.querySelector("#method"));
}

/** Gradio gives each way a name of its own, and so makes three groups of one, in which no arrow leads to the next way. */
function joinWays(group) {
  const join = () => {
    for (const way of group.querySelectorAll("input[type=radio]:not([name=way-of-writing])")) {
      way.name = "way-of-writing";
    }
  };
  new MutationObserver(join).observe(group, { subtree: true, childList: true, attributeFilter: ["name"] });
  join();
}
