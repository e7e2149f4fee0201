// The line to the server. Gradio takes one message that the network lost for the end of the page: it loads the page anew, and
// film, gaze and text are gone. So what the network lost is sent again from here until the server answers it, in the order in
// which it was said; and a stream of answers that breaks off ends for Gradio like one on which everything was told. So does one
// that Gradio calls off itself, because one of its messages failed in its hands.

const SOONEST = 500; // milliseconds until what was lost is sent again
const LATEST = 4000;
const CLOSED = 'data: {"msg":"close_stream"}\n\n';
const BETWEEN = "\n\n"; // two messages of the stream
const IS_LAST = /"msg": ?"close_stream"/; // what is quoted in a message has its quotes escaped
const AWAY = [502, 503, 504]; // a proxy's word for a server that does not answer
const SIGNED_OUT = 401;
const ANOTHERS = 412; // somebody else has signed in from this browser, and nothing of theirs is for this page
const OUTDATED = 409; // the application was updated, or knows this browser no longer, and takes nothing from this page
const IS_BROKEN = /"msg": ?"unexpected_error"/; // the server is being stopped, or has forgotten this stream

/**
 * `isLost` while messages wait that the network lost, `isSignedOut` if it is the reader's signing in that they wait for,
 * `isAnothers` if another reader has signed in meanwhile, and `isOutdated` if they wait in vain, since the server takes messages
 * of newer pages alone, which stays so; each change is told to the document as `connection-changed`.
 */
export const connection = { isLost: false, isSignedOut: false, isAnothers: false, isOutdated: false };

const waiting = []; // messages that were not answered, first the one that was sent first
let sent = 0; // how many there were, which numbers them

/** From now on no message is lost. `answersLost()` is called when answers were, for which the server need only be asked. */
export function keepConnected(answersLost) {
  const send = window.fetch.bind(window);
  window.fetch = (what, how) => {
    const { pathname } = new URL(what.url ?? what, document.baseURI);
    const isOfAnEvent = pathname.endsWith("/gradio_api/queue/join");
    if (isOfAnEvent || pathname.endsWith("/presence")) {
      return deliver({ isOfAnEvent, send: () => send(what, how) });
    }
    return pathname.endsWith("/gradio_api/queue/data") ? listen(() => send(what, how), answersLost) : send(what, how);
  };
}

// --- messages -------------------------------------------------------------------------------------------------------

async function deliver({ isOfAnEvent, send }) {
  sent += 1;
  const message = { number: sent, isOfAnEvent, send };
  return connection.isLost || isInVain(message) ? keep(message) : ((await answered(message)) ?? keep(message));
}

/** The server's answer, also one that refuses, or null if there is none or it is to come from one who has signed in again. */
async function answered({ isOfAnEvent, send }) {
  try {
    const response = await send();
    if (isOfAnEvent && response.status === OUTDATED) {
      set({ isOutdated: true, isAnothers: false });
      return null;
    }
    const isSignedOut = response.status === SIGNED_OUT;
    const isAnothers = response.status === ANOTHERS;
    set({ isSignedOut, ...(isOfAnEvent && { isAnothers }) }); // that somebody is there, anybody may say
    return isSignedOut || isAnothers || isOfAProxy(response) ? null : response;
  } catch (error) {
    if (!isOfTheNetwork(error)) {
      throw error;
    }
    return null;
  }
}

/** What a reader did on an outdated page no server understands; whether somebody is there it does. */
function isInVain({ isOfAnEvent }) {
  return isOfAnEvent && connection.isOutdated;
}

/** Returns the answer, once it has come; of what is sent in vain, none ever does. */
function keep(message) {
  return new Promise((answer, fail) => {
    if (isInVain(message)) {
      return;
    }
    waiting.push({ ...message, answer, fail });
    waiting.sort((one, other) => one.number - other.number);
    if (!connection.isLost) {
      set({ isLost: true });
      sendWhatWaits();
    }
  });
}

/** One after the other: what is said later may build upon what was said before. */
async function sendWhatWaits() {
  await rest(SOONEST);
  for (let pause = SOONEST; waiting.length > 0; ) {
    const [first] = waiting;
    if (isInVain(first)) {
      waiting.shift();
      continue;
    }
    try {
      const response = await answered(first);
      if (response === null) {
        pause = Math.min(LATEST, 2 * pause);
        await rest(pause);
        continue;
      }
      first.answer(response);
      pause = SOONEST;
    } catch (error) {
      first.fail(error);
    }
    waiting.splice(waiting.indexOf(first), 1);
  }
  set({ isLost: false });
}

/** Being called off is none of the network's doing. */
function isOfTheNetwork(error) {
  return error instanceof TypeError;
}

/** The server's own refusals are JSON. */
function isOfAProxy(response) {
  return AWAY.includes(response.status) && !response.headers.get("Content-Type")?.startsWith("application/json");
}

function rest(milliseconds) {
  return new Promise((over) => {
    setTimeout(over, milliseconds);
    window.addEventListener("online", over, { once: true, signal: AbortSignal.timeout(milliseconds) });
  });
}

function set(changes) {
  if (Object.keys(changes).some((name) => changes[name] !== connection[name])) {
    Object.assign(connection, changes);
    document.dispatchEvent(new CustomEvent("connection-changed"));
  }
}

// --- answers --------------------------------------------------------------------------------------------------------

async function listen(send, answersLost) {
  const broken = () => setTimeout(answersLost, SOONEST);
  const response = await answered({ isOfAnEvent: false, send }).catch(nothingIfCalledOff);
  if (response?.ok && response.body) {
    return new Response(untilClosed(response.body, broken), response);
  }
  broken();
  return new Response(CLOSED, { headers: { "Content-Type": "text/event-stream" } });
}

function nothingIfCalledOff(error) {
  if (error.name !== "AbortError") {
    throw error;
  }
  return null;
}

/** The stream message by message, up to the one that closes it, which is put there if the stream breaks off before. */
function untilClosed(stream, broken) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  const encoder = new TextEncoder();
  let text = "";

  async function nextMessage() {
    while (!text.includes(BETWEEN)) {
      const { value, done } = await reader.read();
      if (done) {
        return null;
      }
      text += value;
    }
    const end = text.indexOf(BETWEEN) + BETWEEN.length;
    const message = text.slice(0, end);
    text = text.slice(end);
    return IS_BROKEN.test(message) ? null : message;
  }

  return new ReadableStream({
    async pull(controller) {
      const message = await nextMessage().catch((error) => (isOfTheNetwork(error) ? null : nothingIfCalledOff(error)));
      controller.enqueue(encoder.encode(message ?? CLOSED));
      if (message === null) {
        broken();
      }
      if (message === null || IS_LAST.test(message)) {
        controller.close();
        reader.cancel().catch(() => {}); // it may have broken
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
