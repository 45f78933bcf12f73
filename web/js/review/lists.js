/** What changes hands, list by list, a page at a time, each to download. */
import { getJSON } from "../lib/api.js";
import { el, fill, icon } from "../lib/dom.js";
import { area, number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { showProblem } from "../lib/sending.js";

/**
 * @param {any} data of the page
 * @param {any} page
 * @param {(code: string) => void} fly to a grid
 */
export function lists(data, page, fly) {
	const body = el("div.stack", { "aria-live": "polite" });
	const choices = data.lists.map((/** @type {any[]} */ [what, words, total]) =>
		el("button", { type: "button", "data-list": what, "aria-pressed": "false", onclick: () => open(what, 1) }, words, " ", el("b", null, number(total))));
	let asked = 0;

	/**
	 * @param {string} what
	 * @param {number} at page
	 */
	async function open(what, at) {
		asked += 1;
		const mine = asked;
		for (const button of choices) button.setAttribute("aria-pressed", String(button.dataset.list === what));
		try {
			const found = await getJSON(`${page.list.replace("WHAT", what)}?page=${at}`);
			if (mine !== asked) return;
			fill(body, files(page, what), found.total ? found.rows.map((/** @type {any} */ row) => what === "grids" ? gridRow(row, fly) : thingRow(row))
				: el("p.hint", null, t("Nothing of this changes hands.")), pager(found, (next) => open(what, next)));
		} catch (error) {
			if (mine === asked) showProblem(body, /** @type {Error} */ (error).message);
		}
	}
	open("grids", 1);
	return el("div.stack.compare", null, el("div.list-choice", { role: "group", "aria-label": t("Lists") }, choices), body);
}

/**
 * @param {any} page
 * @param {string} what
 */
function files(page, what) {
	const link = (/** @type {string} */ kind, /** @type {string} */ words) =>
		el("a.button.small", { href: page.file.replace("WHAT", what).replace("KIND", kind), download: "" }, icon("download"), words);
	return el("p.row", null, link("xlsx", "Excel"), link("csv", "CSV"), el("small", null, t("all rows of this list")));
}

/**
 * @param {any} row
 * @param {(code: string) => void} fly
 */
function gridRow(row, fly) {
	const areas = row.areas_m2[0] !== row.areas_m2[1] ? row.areas_m2.map((/** @type {number | null} */ each) => each === null ? "–" : area(each)).join(" → ") : "";
	return el("button.compare-row", { type: "button", onclick: () => fly(row.code) },
		el("span.row-head", null, el(`span.tag.${row.kind}`, null, row.said), el("b", null, row.title)),
		areas ? el("small", null, areas) : null,
		row.counts.length ? el("table.counts", null, el("thead", null, el("tr", null,
			["", t("before"), t("after"), t("out"), t("in")].map((head) => el("th", { scope: "col" }, head)))),
		el("tbody", null, row.counts.map((/** @type {any[]} */ [name, ...values]) => el("tr", null, el("th", { scope: "row" }, name),
			values.map((value) => el("td", null, value === null ? "–" : number(value))))))) : null);
}

/** @param {any} row */
function thingRow(row) {
	return el("div.compare-row.plain", null,
		el("span", null, el("b", null, row.title), row.more ? ` ${row.more}` : null),
		el("span", null, row.from, el("b.arrow", null, " → "), row.to),
		row.counts.length ? el("small", null, row.counts.map((/** @type {any[]} */ [name, count]) => `${name} ${number(count)}`).join(t(", "))) : null);
}

/**
 * @param {any} found
 * @param {(page: number) => void} go
 */
function pager(found, go) {
	if (found.pages < 2) return null;
	const step = (/** @type {number} */ to, /** @type {string} */ words) => to >= 1 && to <= found.pages
		? el("button.button.small", { type: "button", onclick: () => go(to) }, words) : el("span");
	return el("nav.row.pager", { "aria-label": t("Pages") }, step(found.page - 1, t("Previous page")),
		el("span.hint", null, t("Page {page} of {pages}", { page: number(found.page), pages: number(found.pages) })), step(found.page + 1, t("Next page")));
}
