/** `/cases/<list>`, step 2: which column is what, and which datum the coordinates are in. */
import { byId, el, fill, pageData } from "./lib/dom.js";
import { number } from "./lib/format.js";
import { t } from "./lib/i18n.js";
import { confirmColumns } from "./lib/list-steps.js";

const page = pageData("list");
/**
 * @param {string} field
 * @returns {HTMLSelectElement}
 */
function column(field) {
	return /** @type {HTMLSelectElement} */ (document.querySelector(`[name="field-${field}"]`));
}

const MEANINGS = /** @type {Record<string, string>} */ ({
	closed: t("Closed"),
	open: t("Open"),
	"": t("unknown word: closed if the row has a closing time, open otherwise"),
});

/** Show how the words of the status column are understood. */
function showStatuses() {
	const chosen = column("status").value;
	const found = page.columns.find((/** @type {any} */ each) => each.name === chosen);
	const box = byId("statuses");
	box.hidden = !found;
	if (!found) return;
	if (!found.statuses.length) {
		fill(box, el("p.notice.warn", null, t("“{name}” holds no words of a status. Is it the right column?", { name: chosen })));
		return;
	}
	/** @param {string} meaning */
	const count = (meaning) => found.statuses.reduce((/** @type {number} */ sum, /** @type {any} */ each) =>
		sum + (each.meaning === meaning ? each.count : 0), 0);
	fill(box,
		el("p", null, t("How the status is understood: {closed} closed, {open} open, {unknown} unknown", {
			closed: number(count("closed")), open: number(count("open")), unknown: number(count("")) })),
		el("div.table-box", null, el("table.data", null,
			el("thead", null, el("tr", null, el("th", null, t("Word in the list")), el("th.number", null, t("Rows")), el("th", null, t("Counts as")))),
			el("tbody", null, ...found.statuses.map((/** @type {any} */ each) =>
				el("tr", { class: each.meaning ? null : "fate-warning" },
					el("td", null, each.word), el("td.number", null, number(each.count)), el("td", null, MEANINGS[each.meaning])))))));
}

/** Show examples of the columns chosen, and ask for the datum when there are coordinates. */
function show() {
	for (const box of document.querySelectorAll("[data-samples]")) {
		const chosen = column(box.getAttribute("data-samples") || "").value;
		const found = page.columns.find((/** @type {any} */ each) => each.name === chosen);
		box.textContent = found && found.samples.length ? t("For example: {samples}", { samples: found.samples.join(t(", ")) }) : "";
	}
	showStatuses();
	const hasPosition = Boolean(column("lon").value && column("lat").value);
	byId("datum").hidden = !hasPosition;
	for (const radio of document.querySelectorAll("[name=datum]"))
		Object.assign(radio, { required: hasPosition, disabled: !hasPosition });
}

confirmColumns(page, { reading: t("Reading the list…"), locating: t("Putting the rows into grids…") }, page.locate_url, show);
