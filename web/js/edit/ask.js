/** A small form over the map: a name, a reason, a choice. */
import { byId, el, fill } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

/**
 * @typedef {{name: string, label: string, value: string, required?: boolean, choices?: {value: string, text: string}[]}} Field
 */

/**
 * @param {Field} field
 * @returns {HTMLElement}
 */
function input({ name, value, required, choices }) {
	if (!choices) return el("input", { type: "text", name, value, required: Boolean(required), maxlength: 100, autocomplete: "off" });
	return el("select", { name }, choices.map((each) => el("option", { value: each.value, selected: each.value === value }, each.text)));
}

/**
 * Ask, and wait for the answer.
 * @param {{title: string, text?: string, fields: Field[]}} form
 * @returns {Promise<Record<string, any> | null>} null when the user gives up
 */
export function ask({ title, text, fields }) {
	const box = byId("ask");
	const before = document.activeElement;
	return new Promise((resolve) => {
		/** @param {Record<string, any> | null} given */
		const close = (given) => {
			box.hidden = true;
			fill(box);
			if (before instanceof HTMLElement) before.focus({ preventScroll: true });
			resolve(given);
		};
		const form = /** @type {HTMLFormElement} */ (el("form.stack", { "aria-label": title }, el("h2", null, title), text ? el("p", null, text) : null,
			fields.map((field) => el("label.field", null, el("span", null, field.label), input(field))),
			el("div.row", null, el("button.button.primary", { type: "submit" }, t("OK")),
				el("button.button", { type: "button", onclick: () => close(null) }, t("Cancel")))));
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			close(Object.fromEntries(new FormData(form).entries()));
		});
		form.addEventListener("keydown", (event) => {
			event.stopPropagation();
			if (event.key === "Escape") close(null);
		});
		fill(box, form);
		box.hidden = false;
		const first = /** @type {HTMLElement | null} */ (form.querySelector("input, select, button"));
		if (first) first.focus();
		if (first instanceof HTMLInputElement) first.select();
	});
}
