// Where one is, as the part of the address behind the #: /person/channel/thread or /person/home/app.

export function placeIn(hash) {
  const [person, first, second] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  if (first === "home") return { person, app: second ?? null, channel: null, thread: null };
  return { person: person || null, channel: first || null, thread: second || null, app: null };
}

export function written({ person, channel, thread, app }) {
  const parts = app ? [person, "home", app] : [person, channel, thread];
  return `#/${parts.filter(Boolean).map(encodeURIComponent).join("/")}`;
}
