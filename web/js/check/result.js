/** The result of a check: verdict, sums, table and map, together. */
import { el, fill, icon } from "../lib/dom.js";
import { area, number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { openPanel } from "../lib/panel.js";
import { UNJUDGED } from "./defect-words.js";
import { DefectList, allRows } from "./defect-list.js";

/**
 * @param {any} data
 * @param {string | null} [addRegion] where the outline can still be added
 * @returns {HTMLElement}
 */
export function verdictBox(data, addRegion = null) {
	const [style, symbol] = data.is_seamless ? ["good", "circle-check"] : ["bad", "triangle-alert"];
	const missing = !data.has_region && addRegion;
	return el("div.stack", null,
		el(`div.verdict.${style}`, { role: "status" }, icon(symbol), el("div", null,
			el("p.big", null, data.headline),
			...data.notes.map((/** @type {string} */ note) => el("p", null, note)),
			data.caveats.length ? el("p.caveat", null, data.caveats.join(t(", ")), " ",
				missing ? el("a", { href: addRegion }, t("Add the outline")) : null) : null)),
		data.remarks.length ? el("p.hint.remarks", null, data.remarks.join(t(", "))) : null);
}

/**
 * How the areas add up.
 * @param {any} data
 * @returns {HTMLElement}
 */
export function sumsBox({ sums, has_region: has, grids, edges, matched_edges: matched }) {
	const lines = [
		[t("The area to fill"), area(sums.region_m2)],
		[t("+ counted more than once"), area(sums.overlap_m2)],
		[t("+ beyond the outline"), area(sums.spill_m2)],
		[t("− left out"), area(sums.gap_m2)],
		[t("= all grids together"), area(sums.grids_m2)],
	].filter((_line, at) => has || at !== 2);
	if (!has) lines[0][0] = t("The area they enclose");
	return el("details.sums", null,
		el("summary", null, t("How the areas add up")),
		el("dl", null, ...lines.map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, value)))),
		el("p.hint", null, t("{grids} grids, {edges} boundary edges, {matched} of them shared exactly.",
			{ grids: number(grids), edges: number(edges), matched: number(matched) })));
}

/**
 * Tie the table and the map together.
 * @param {HTMLElement} box where the table goes
 * @param {any} data
 * @param {import("../map/defects.js").DefectsLayer} layer
 * @param {() => void} [everything] called when the list is no longer about one grid
 */
export function showDefects(box, data, layer, everything = () => {}) {
	if (!allRows(data).length) {
		fill(box, el("p.empty.slim", null, t("Nothing to fix.")));
		return { choose: () => {}, only: () => {} };
	}
	/**
	 * @param {string} id
	 * @param {{fly?: boolean}} [options]
	 */
	const choose = (id, { fly = true } = {}) => {
		layer.mark(id, { fly });
		const folded = box.querySelector("details.quiet");
		if (folded) /** @type {HTMLDetailsElement} */ (folded).open = true;
		list.mark(id);
		openPanel();
	};
	const quiet = !data.comparison && data.rows.every((/** @type {any} */ row) => row.severity !== "error" && !UNJUDGED.includes(row.kind));
	const table = quiet ? el("div.stack", null) : box;
	if (quiet) fill(box, el("details.sums.quiet", null, el("summary", null, t("What was noticed besides")), table));
	const list = new DefectList(table, data, { chosen: choose, filtered: (ids) => layer.filter(ids), flown: (ids) => layer.flyTo(ids), everything });
	return { choose, only: (/** @type {string} */ code, /** @type {string} */ name) => list.only(code, name) };
}
