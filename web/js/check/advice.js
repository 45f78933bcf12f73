/** 规模建议: what a built-in profile says of the grids, folded away below the verdict. */
import { getJSON } from "../lib/api.js";
import { el, fill } from "../lib/dom.js";
import { number } from "../lib/format.js";
import { t } from "../lib/i18n.js";

/**
 * @param {HTMLElement} box
 * @param {string} url
 * @param {(row: any) => void} pick shows the grids of a row on the map
 */
export async function showAdvice(box, url, pick) {
	const count = el("span");
	const body = el("div.stack");
	fill(box, el("details.sums.advice", null, el("summary", null, t("Advice on size"), " ", count), body));

	/** @param {string} profile "" for the one chosen before */
	async function load(profile) {
		const data = await getJSON(profile ? `${url}?profile=${encodeURIComponent(profile)}` : url);
		count.textContent = data.total ? `(${number(data.total)})` : "";
		const choice = el("select", { onchange: (/** @type {Event} */ event) => {
			load(/** @type {HTMLSelectElement} */ (event.target).value).catch(failed);
		} }, ...data.profiles.map((/** @type {string[]} */ [value, words]) =>
			el("option", { value, selected: value === data.profile }, words)));
		fill(body,
			el("p.hint", null, t("What is usual elsewhere. It is advice and no error.")),
			el("label.field.short", null, el("span", null, t("Compare with")), choice),
			data.hint ? el("p.hint", null, data.hint) : null,
			data.total ? el("ul.bullets", { "data-scrolls": "" }, ...data.rows.map(line)) : el("p.hint", null, t("Nothing to advise.")),
			data.total > data.rows.length ? el("p.hint", null,
				t("The {shown} furthest off of {total} are listed.", { shown: number(data.rows.length), total: number(data.total) })) : null);
	}

	/** @param {any} row */
	function line(row) {
		return el("li", null, el("button.link", { type: "button", onclick: () => pick(row) }, row.text));
	}

	/** @param {Error} error */
	function failed(error) {
		fill(body, el("p.hint", { role: "alert" }, error.message));
	}

	await load("").catch(failed);
}
