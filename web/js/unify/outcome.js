/** What came out of unified layers: figures, and where each two of them agree. */
import { length } from "../check/defect-size.js";
import { el } from "../lib/dom.js";
import { number } from "../lib/format.js";
import { t } from "../lib/i18n.js";

/** @param {any} data */
export function figuresBox({ counts }) {
	const figure = (/** @type {string} */ words, /** @type {number} */ count) => el("div", null, el("dt", null, words), el("dd", null, number(count)));
	return el("dl.figures.unified", null,
		figure(t("Borders through grids of another layer"), counts.crossing),
		figure(t("Places that a layer leaves out"), counts.hole),
		figure(t("Changes of a layer"), counts.moved));
}

/** @param {any[]} pairs */
export function agreementTable(pairs) {
	return el("section.stack", { id: "agree" }, el("h2", null, t("Where they agree")),
		el("div.table-box", null, el("table.data.agreement", null,
			el("thead", null, el("tr", null, el("th", { scope: "col" }, t("Layers")), el("th.number", { scope: "col" }, t("Common border")),
				el("th.number", { scope: "col" }, t("Identical as drawn")), el("th.number", { scope: "col" }, t("Same grids")))),
			el("tbody", null, ...pairs.map((pair) => el("tr", null,
				el("td", null, t("{one} and {other}", { one: pair.one, other: pair.other })),
				el("td.number", null, length(pair.length_m)), el("td.number", null, length(pair.identical_m)), el("td.number", null, number(pair.same))))))));
}

/** @param {any[]} layers */
export function aloneBox(layers) {
	const wrong = layers.filter(({ seamless }) => !seamless).length;
	return el("details.sums", { open: false }, el("summary", null, t("Each layer by itself"), " ", wrong ? el("small", null, t("{n} with problems", { n: number(wrong) })) : null),
		el("ul.bullets", null, ...layers.map(({ name, text }) => el("li", null, el("b", null, name), t(": "), text))));
}
