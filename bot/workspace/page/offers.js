// "Fire an alert": what can be made to page, each as Alertmanager would post it.
import { post } from "./api.js";
import { button, dialog } from "./dialogs.js";
import { el, uniqueId } from "./dom.js";
import { icon } from "./icons.js";

/** `fired(offer)` is called after the alert was posted. */
export function showOffers(offers, fired) {
  const done = () => { node.close(); node.remove(); };
  const error = el("p", { class: "view-error", role: "alert", hidden: true });
  const fire = async (offer, { currentTarget }) => {
    if (currentTarget.getAttribute("aria-busy") === "true") return;
    currentTarget.setAttribute("aria-busy", "true");
    error.hidden = true;
    try {
      await post("fire", { offer: offer.name });
      done();
      fired(offer);
    } catch (refused) {
      error.textContent = refused.message;
      error.hidden = false;
      currentTarget.removeAttribute("aria-busy");
    }
  };
  const item = (offer) => {
    const id = uniqueId("offer");
    const press = button("Fire", (event) => fire(offer, event), "button danger", { "aria-describedby": id, "aria-label": `Fire ${offer.title}` });
    return el("li", { class: "offer" }, el("div", { class: "offer-words" }, el("span", { class: "offer-title" }, offer.title), el("span", { class: "offer-about", id }, offer.about)), press);
  };
  const node = dialog({
    title: "Fire an alert",
    body: [el("p", { class: "dialog-lead" }, "Alertmanager posts it in #alerts, as it would for a real one."), error, el("ul", { class: "offers" }, offers.map(item))],
    className: "modal",
    cancel: done,
    close: button(icon("close"), done, "icon-button", { "aria-label": "Close" }),
  });
  document.body.append(node);
  node.showModal();
}
