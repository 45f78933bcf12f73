/** Which column holds what, with examples from the file. */
import { el } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { select } from "./crs-choice.js";

/**
 * @param {any} check
 * @param {() => void} changed called when the file must be read again
 * @returns {HTMLElement}
 */
export function columnChoice({ token, seen, fields, levels, answers }, changed) {
	const options = /** @type {[string, string][]} */ ([["", t("— not in the file —")],
		...seen.columns.map((/** @type {any} */ each) => [each.name, each.name])]);
	const rows = fields.map((/** @type {string[]} */ [name, words, hint]) => {
		const chosen = seen.fields[name] || "";
		const samples = el("td.samples", null, sampleText(seen, chosen, hint));
		const input = /** @type {HTMLSelectElement} */ (select(`field-${name}`, options, chosen));
		input.setAttribute("aria-label", words);
		input.addEventListener("change", () => {
			samples.textContent = sampleText(seen, input.value, hint);
			changed();
		});
		return el("tr", null, el("th", { scope: "row" }, words), el("td", null, input), samples);
	});
	return el("section.box.stack", { "aria-labelledby": `columns-${token}` },
		el("h2", { id: `columns-${token}` }, t("What the columns mean")),
		seen.columns.length ? el("div.table-box", null, el("table.data.columns", null,
			el("thead", null, el("tr", null, el("th", null, t("We need")), el("th", null, t("Column in the file")),
				el("th", null, t("For example")))),
			el("tbody", null, ...rows))) : el("p.hint", null, t("The file has shapes only, no columns. Grids get the numbers 1, 2, 3 …")),
		levelChoice(seen, levels, answers, changed));
}

/**
 * @param {any} seen
 * @param {string} column
 * @param {string} hint
 */
function sampleText(seen, column, hint) {
	const found = seen.columns.find((/** @type {any} */ each) => each.name === column);
	return found ? found.samples.join(t(", ")) : hint;
}

/**
 * @param {any} seen
 * @param {[string, string][]} levels
 * @param {any} answers
 * @param {() => void} changed
 */
function levelChoice(seen, levels, answers, changed) {
	if (!seen.asks_level) return null;
	const input = select("level", levels, String(answers.level || seen.levels[0].level));
	input.addEventListener("change", changed);
	return el("label.field.short", null, el("span", null, t("These boundaries are")), input);
}
