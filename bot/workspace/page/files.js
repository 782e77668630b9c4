// Files and images. An image from elsewhere is never loaded (the page works offline and tells nobody that it was read).
import { ownPlace, webAddress } from "./addresses.js";
import { fileAddress } from "./api.js";
import { el, link } from "./dom.js";

/** Where this page may show a picture from: the workspace itself. Null for any other place. */
export function localPicture({ image_url: url, slack_file: slackFile }) {
  if (slackFile?.id) return fileAddress({ id: slackFile.id, name: "image" });
  const address = webAddress(slackFile?.url ?? url ?? "");
  if (!address || new URL(address).origin !== location.origin) return null;
  return ownPlace(address)?.href ?? address;
}

export function picture(node, props = {}) {
  const source = localPicture(node);
  const alt = node.alt_text ?? "";
  if (!source) return el("span", { class: "picture-elsewhere" }, node.image_url ? link(node.image_url, `Picture: ${alt || node.image_url}`) : `[Picture: ${alt}]`);
  return el("img", { src: source, alt, loading: "lazy", ...props });
}

export function fileCard(file) {
  const href = fileAddress(file);
  const name = file.title || file.name || "File";
  const opens = { href, target: "_blank", rel: "noopener noreferrer" };
  if (/^image\/(png|jpeg|gif|svg\+xml|webp)$/.test(file.mimetype ?? "")) {
    return el("figure", { class: "file-image" }, el("a", opens, el("img", { src: href, alt: file.alt_txt || name, loading: "lazy" })), el("figcaption", {}, name));
  }
  const kind = (file.filetype || file.name?.split(".").pop() || "file").toUpperCase();
  return el("a", { class: "file-card", ...opens },
    el("span", { class: "file-kind", "aria-hidden": "true" }, kind.slice(0, 4)),
    el("span", { class: "file-words" }, el("span", { class: "file-name" }, name),
      el("span", { class: "file-about" }, [kind, size(file.size), "opens in a new tab"].filter(Boolean).join(" · "))));
}

function size(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
