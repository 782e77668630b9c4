// The page's calls to the workspace: same origin, JSON, under this page's own secret address.

export class Refused extends Error {}

let person = null;
export function speakAs(user) { person = user; }
export const speaker = () => person;

export async function get(call, query = {}) {
  const url = new URL(call, document.baseURI);
  for (const [name, value] of Object.entries({ as: person, ...query })) if (value) url.searchParams.set(name, value);
  return answer(() => fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" }));
}

export async function post(call, body = {}) {
  const request = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ as: person, ...body }) };
  return answer(() => fetch(new URL(call, document.baseURI), request));
}

async function answer(send) {
  let response;
  try {
    response = await send();
  } catch {
    throw new Refused("The workspace does not answer. Is it still running?");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(body.error ?? `The workspace answered ${response.status}.`);
  return body;
}

export function fileAddress(file) {
  return new URL(`files/${encodeURIComponent(file.id)}/${encodeURIComponent(file.name || "file")}`, document.baseURI).href;
}

export function liveAddress() {
  const url = new URL("live", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("as", person);
  return url.href;
}
