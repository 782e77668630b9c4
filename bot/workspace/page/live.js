// The workspace's pushes over a WebSocket. They say only what to fetch again, so a lost one is healed by the next fetch.
import { liveAddress } from "./api.js";

const FIRST_WAIT = 400;
const LONGEST_WAIT = 5000;
const HEAL_EVERY = 15000;

/** Calls `push(event)` for each push and `push({type: "everything"})` whenever some may have been missed. */
export function listen({ push, connection }) {
  let socket = null;
  let wait = FIRST_WAIT;
  let closed = false;
  let retry = 0;

  const connect = () => {
    socket = new WebSocket(liveAddress());
    socket.onopen = () => { wait = FIRST_WAIT; connection(true); push({ type: "everything" }); };
    socket.onmessage = ({ data }) => push(parsed(data));
    socket.onclose = () => { if (!closed) again(); };
  };
  const again = () => {
    connection(false);
    retry = setTimeout(connect, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  };
  const heal = () => { if (document.visibilityState === "visible") push({ type: "everything" }); };
  const timer = setInterval(heal, HEAL_EVERY);
  document.addEventListener("visibilitychange", heal);
  connect();
  return () => {
    closed = true;
    clearTimeout(retry);
    clearInterval(timer);
    document.removeEventListener("visibilitychange", heal);
    socket.close();
  };
}

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    return { type: "everything" };
  }
}
