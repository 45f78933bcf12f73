/** Rule and limits of a repair; a change computes the proposal again. */
import { el } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

/**
 * @param {any} page
 * @param {any} settings
 * @param {(form: FormData) => Promise<void>} propose
 * @param {boolean} open
 * @returns {HTMLElement}
 */
export function settingsForm(page, settings, propose, open) {
	const text = (/** @type {any} */ value) => (value === null ? "" : String(value));
	const form = /** @type {HTMLFormElement} */ (el("form.repair-settings", { onsubmit: send },
		el("label.field.all", null, el("span", null, t("What several grids cover goes")),
			el("select", { name: "overlaps" }, ...page.rules.map((/** @type {string[]} */ [name, words]) =>
				el("option", { value: name, selected: name === settings.overlaps }, words)))),
		limit("max_width_m", t("Leave what is wider than (m)"), text(settings.max_width_m)),
		limit("max_area_m2", t("Leave what is larger than (m²)"), text(settings.max_area_m2)),
		field("priority", t("Grids with priority (codes, highest first)"), settings.priority.join(" "),
			t("They keep overlaps. Needed where a grid lies inside another or is there twice.")),
		field("locked", t("Grids that must not change (codes)"), settings.locked.join(" "), ""),
		el("div.all", null, el("button.button", { type: "submit" }, t("Propose again")))));

	/** @param {Event} event */
	function send(event) {
		event.preventDefault();
		for (const button of form.querySelectorAll("button")) button.disabled = true;
		propose(new FormData(form)).catch(() => {}).then(() => {
			for (const button of form.querySelectorAll("button")) button.disabled = false;
		});
	}
	return el("details.sums", { open }, el("summary", null, t("Rule and limits")), form);
}

/**
 * @param {string} name
 * @param {string} words
 * @param {string} value
 */
function limit(name, words, value) {
	return el("label.field", null, el("span", null, words),
		el("input", { type: "number", name, value, min: 0, step: "any", inputmode: "decimal", placeholder: t("no limit") }));
}

/**
 * @param {string} name
 * @param {string} words
 * @param {string} value
 * @param {string} hint
 */
function field(name, words, value, hint) {
	return el("label.field.all", null, el("span", null, words),
		el("input", { type: "text", name, value, autocomplete: "off" }), hint ? el("small.hint", null, hint) : null);
}
