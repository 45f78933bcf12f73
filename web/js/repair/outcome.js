/** What came of a repair: verdict, area gained and lost, what remains, files, use. */
import { KIND_WORDS } from "../check/defect-words.js";
import { UsePlan } from "../check/use-plan.js";
import { el, icon } from "../lib/dom.js";
import { area, number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { verdictBox } from "../check/result.js";

const MOST_LEFT = 200;

/**
 * @param {any} page
 * @param {any} data
 * @param {() => void} back
 * @returns {HTMLElement}
 */
export function outcomeBox(page, data, back) {
	const use = el("div.stack", { id: "use" });
	new UsePlan(use, page);
	const downloads = el("details.menu", null,
		el("summary.button", null, icon("download"), t("Download")),
		el("ul", null, ...page.downloads.map((/** @type {any} */ file) => el("li", null,
			el("a", { href: file.url, download: "" }, icon(file.icon), el("span", null, file.words, el("small", null, file.hint)))))));
	return el("div.stack", null,
		verdictBox(data.after),
		el("p", null, t("{n} places were repaired.", { n: number(data.repaired) })),
		el("div.row.with-menu", null, use, downloads,
			el("button.button", { type: "button", id: "back", onclick: back }, icon("arrow-left"), t("Back to the proposal"))),
		changes(data.changes),
		left(data.left));
}

/** @param {any[]} rows */
function changes(rows) {
	if (!rows.length) return el("p.hint", null, t("No grid has changed."));
	const m2 = (/** @type {number} */ value, /** @type {string} */ sign) => (value ? `${sign}${area(value)}` : "0");
	return el("section.stack", null, el("h2", null, t("Area gained and lost")),
		el("div.table-box", null, el("table.data", { id: "changes" },
			el("thead", null, el("tr", null, el("th", { scope: "col" }, t("Grid")), el("th.number", { scope: "col" }, t("Gained")), el("th.number", { scope: "col" }, t("Lost")))),
			el("tbody", null, ...rows.map((row) => el("tr", null,
				el("td", null, row.name, row.gained_m2 || row.lost_m2 ? null : el("small", null, t("only corners aligned with its neighbours"))), el("td.number", null, m2(row.gained_m2, "+")), el("td.number", null, m2(row.lost_m2, "−"))))))));
}

/** @param {any[]} rows */
function left(rows) {
	if (!rows.length) return null;
	return el("section.stack", { id: "remains" }, el("h2", null, t("What remains ({n})", { n: number(rows.length) })),
		el("section.repair-group", null, ...rows.slice(0, MOST_LEFT).map((row) => el("div.repair-item", null,
			el("span", null, `${KIND_WORDS[row.kind] || row.kind} · ${row.label || "—"}`, row.area_m2 ? ` · ${area(row.area_m2)}` : ""),
			el("small", null, row.reason || row.action)))),
		rows.length > MOST_LEFT ? el("p.hint", null, t("… and {n} more", { n: number(rows.length - MOST_LEFT) })) : null);
}
