/** `/cases/<list>/result`, step 3: where the rows are, and which could not be located. */
import { isAbort, latestOnly, postForm } from "./lib/api.js";
import { byId, el, fill, pageData } from "./lib/dom.js";
import { distance, number } from "./lib/format.js";
import { t } from "./lib/i18n.js";
import { notice } from "./lib/notice.js";
import { downloadResult, pager } from "./lib/list-steps.js";
import { showProblem, showProgress } from "./lib/sending.js";
import { drawStreets } from "./map/basemap.js";
import { CaseBins } from "./map/case-bins.js";
import { GridsLayer } from "./map/grids.js";
import { fitBounds, startMap } from "./map/layers.js";

const plan = pageData("plan");
const list = pageData("list");
const rows = byId("rows");
const problem = byId("problem");
const askRows = latestOnly();
let status = list.status;
let pageNumber = 1;

const { map, layers } = startMap({
	streets: (queued) => drawStreets(queued, plan),
	grids: (queued) => new GridsLayer(queued.map, plan, showGrid),
});
layers.grids.names.remove(); // the counts stand where the names would
fitBounds(map, list.bounds || plan.bounds, { animate: false });
const bins = new CaseBins(map, list.bins_url);

/**
 * Say which grid was clicked, with the way to its card.
 * @param {string} code
 */
function showGrid(code) {
	const L = /** @type {any} */ (window).L;
	const shape = layers.grids.byCode.get(code);
	layers.grids.mark(code);
	const link = el("a", { href: `/#${encodeURIComponent(code)}` }, t("Who answers here"));
	L.popup({ maxWidth: 240 }).setLatLng(shape.getBounds().getCenter())
		.setContent(el("div.wrap", null, el("b", null, shape.feature.properties.name || code), el("br"), link)).openOn(map);
}

/** @param {number} level */
function showLevel(level) {
	for (const button of document.querySelectorAll("[data-level]"))
		button.setAttribute("aria-pressed", String(button.getAttribute("data-level") === String(level)));
	layers.grids.show(level);
}

/** @param {number} page */
function turnTo(page) {
	pageNumber = page;
	showRows();
}

/** Show the rows of the status chosen. */
async function showRows() {
	for (const chip of document.querySelectorAll("[data-status]"))
		chip.setAttribute("aria-pressed", String(chip.getAttribute("data-status") === status));
	rows.setAttribute("aria-busy", "true");
	try {
		draw(await askRows(`${list.rows_url}?status=${encodeURIComponent(status)}&page=${pageNumber}`));
	} catch (error) {
		if (isAbort(error)) return; // rows that were asked for since are on their way
		showProblem(problem, /** @type {Error} */ (error).message);
	}
	rows.removeAttribute("aria-busy");
}

/** @param {any} answer */
function draw(answer) {
	if (!answer.rows.length) {
		fill(rows, notice("good", t("There are no such rows.")));
		return;
	}
	fill(rows,
		el("div.table-box", null, el("table.data.compact.case-rows", null,
			el("thead", null, el("tr", null, el("th.number", null, t("Row")), el("th", null, t("In the list")),
				el("th", null, t("Result")))),
			el("tbody", null, ...answer.rows.map(row)))),
		answer.pages > 1 ? pager(answer, turnTo) : null);
}

/** @param {any} each */
function row(each) {
	const place = each.lon === null ? null : () => map.setView([each.lat, each.lon], 18);
	return el("tr", place ? { class: "pick", onclick: place } : null,
		el("td.number", null, number(each.row)),
		el("td", null, ...each.said.map((/** @type {string} */ text) => el("div", null, text))),
		el("td", null, el("div", null, each.grid || each.status_label),
			each.reason ? el("small", null, each.reason) : null,
			each.boundary_m === null ? null : el("small", null, t("{distance} from the nearest boundary", { distance: distance(each.boundary_m) }))));
}

/**
 * @param {string} words
 * @param {string} url
 */
async function change(words, url) {
	problem.hidden = true;
	showProgress(byId("progress"), words, null);
	try {
		location.href = (await postForm(url, new FormData())).url;
	} catch (error) {
		byId("progress").hidden = true;
		showProblem(problem, /** @type {Error} */ (error).message);
	}
}

for (const chip of document.querySelectorAll("[data-status]"))
	chip.addEventListener("click", () => {
		status = chip.getAttribute("data-status") || "";
		pageNumber = 1;
		showRows();
		bins.show(status);
	});
for (const button of document.querySelectorAll("[data-level]"))
	button.addEventListener("click", () => showLevel(Number(button.getAttribute("data-level"))));
byId("download").addEventListener("click", (event) => {
	event.preventDefault();
	downloadResult(list);
});
byId("use").addEventListener("click", () => change(t("Making these the cases of the plan…"), list.use_url));
byId("discard").addEventListener("click", () => change(t("Deleting…"), list.discard_url));
showLevel(plan.shown_level);
bins.show("");
showRows();
