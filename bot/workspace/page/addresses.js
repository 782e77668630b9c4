// Where an address leads: out to the web, to another place of this page, to one of its files, or nowhere (anything but http and https).
import { fileAddress, speaker } from "./api.js";
import { written } from "./place.js";

const UPLOADED = /^\/files-pri\/(?:T\w+-)?(F\w+)\/(?:download\/)?([^/]+)$/;
const PERMALINK = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/;

/** A web address in full, or null. */
export function webAddress(url) {
  try {
    const parsed = new URL(String(url));
    return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed.href : null;
  } catch {
    return null;
  }
}

/** The workspace's own files and permalinks, as this page shows them; null for everything else. */
export function ownPlace(address) {
  const { origin, pathname, searchParams } = new URL(address);
  if (origin !== location.origin) return null;
  const [, id, name] = UPLOADED.exec(pathname) ?? [];
  if (id) return { href: fileAddress({ id, name: decodeURIComponent(name) }), here: false };
  const [, channel, seconds, micros] = PERMALINK.exec(pathname) ?? [];
  if (!channel) return null;
  return { href: written({ person: speaker(), channel, thread: searchParams.get("thread_ts") ?? `${seconds}.${micros}` }), here: true };
}
