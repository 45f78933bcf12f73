/** What a text that was not found means: whoever found the place tells the supervisors. */
import { sendJSON } from "../lib/api.js";
import { el, icon, toast } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

const LONGEST = 60;
/** So many digits in a row may be somebody's phone number. */
const NUMBER = /\d[\d -]{5,}\d/;

/**
 * @param {any} answer
 * @param {string} text that was asked for
 * @returns {string} the text where the answer leaves doubt what it means, else ""
 */
export function doubtedText(answer, text) {
	const isAboutPlaces = !["people", "phone", "link", "street"].includes(answer.reason) && !answer.unread && !answer.person && !answer.as_of;
	const isSure = answer.kind === "datum" || answer.kind === "grid" || answer.certainty === "exact";
	return isAboutPlaces && !isSure && text.length <= LONGEST && !NUMBER.test(text.normalize("NFKC")) ? text : "";
}

/**
 * A button that proposes what a text means.
 * @param {string} text
 * @param {{unit?: string, grid?: string, lon?: number, lat?: number, datum?: string}} meant
 * @returns {HTMLElement}
 */
export function correctionButton(text, { unit, grid, lon, lat, datum }) {
	const button = /** @type {HTMLButtonElement} */ (el("button.button.small", { type: "button", onclick: async () => {
		button.disabled = true;
		try {
			await sendJSON("POST", "/api/v1/addresses/corrections", { text, unit, grid, lon, lat, datum });
			toast(t("Sent. A supervisor decides whether it is taken over."));
		} catch (error) {
			button.disabled = false;
			toast(/** @type {Error} */ (error).message, "error");
		}
	} }, icon("check"), t("“{text}” means this place: tell the supervisor", { text })));
	return button;
}
