/** One thing that is said in a box, with the sign of its kind. */
import { el, icon } from "./dom.js";

const SIGNS = { "": "info", good: "circle-check", warn: "triangle-alert", bad: "circle-x" };

/**
 * @param {"" | "good" | "warn" | "bad"} kind
 * @param {...import("./dom.js").Child} words
 * @returns {HTMLElement}
 */
export function notice(kind, ...words) {
	return el(kind ? `p.notice.${kind}` : "p.notice", null, icon(SIGNS[kind]), el("span", null, ...words));
}
