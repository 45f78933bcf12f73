/** The map of defects that carries its own data, opened without a server. */
import { showDefects, sumsBox, verdictBox } from "../check/result.js";
import { byId, el, fill, pageData } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { localSearch } from "../lib/local-search.js";
import { searchBox } from "../lib/search.js";
import { drawStreets } from "../map/basemap.js";
import { DefectsLayer } from "../map/defects.js";
import { GridsLayer } from "../map/grids.js";
import { fitBounds, startMap } from "../map/layers.js";

const data = pageData("data");
/** @type {ReturnType<typeof showDefects>} */
let table = { choose: () => {}, only: () => {} };

document.body.classList.add("wide-panel");
const { map, layers } = startMap({
	streets: (queued) => drawStreets(queued, data.plan),
	grids: (queued) => new GridsLayer(queued.map, data.plan, (code) => pick(code), async (url) => data.levels[url.slice(6)]),
	defects: (queued) => new DefectsLayer(queued.map, (id) => table.choose(id, { fly: false })),
});

/** @param {number} level */
async function showLevel(level) {
	for (const button of document.querySelectorAll("[data-level]"))
		button.setAttribute("aria-pressed", String(button.getAttribute("data-level") === String(level)));
	await layers.grids.show(level);
}

/**
 * Mark a grid and list only its defects.
 * @param {string} code
 */
function pick(code) {
	layers.grids.mark(code);
	const grid = data.grids.find((/** @type {any[]} */ row) => row[0] === code);
	table.only(code, grid ? grid[1] || code : code);
}

/** @type {import("../lib/local-search.js").Entry[]} */
const entries = data.grids.map((/** @type {any[]} */ [code, name]) => ({ label: name || code, detail: code, kind: "grid", grid: code, texts: [name, code] }));
const list = el("div.stack");
fill(byId("card"), el("div.stack", null, verdictBox(data.report), sumsBox(data.report), list));
if (data.plan.bounds) fitBounds(map, data.plan.bounds, { animate: false });
if (data.region) layers.defects.drawRegion(data.region);
layers.defects.draw(data.report.rows, data.shapes);
table = showDefects(list, data.report, layers.defects, () => layers.grids.mark(""));
if (data.plan.levels.length > 1)
	fill(byId("levels"), ...data.plan.levels.map((/** @type {any} */ each) =>
		el("button", { type: "button", "data-level": each.level, "aria-pressed": "false", onclick: () => showLevel(each.level) }, each.label)));
else byId("levels").hidden = true;
searchBox(/** @type {HTMLInputElement} */ (byId("search")), byId("results"), async (match) => {
	const grid = data.grids.find((/** @type {any[]} */ row) => row[0] === match.grid);
	if (!grid) return;
	if (grid[2] !== layers.grids.level) await showLevel(grid[2]);
	pick(match.grid);
	if (grid[3]) fitBounds(map, grid[3], { maxZoom: 18 });
}, { find: localSearch(entries, data.rules) });
showLevel(data.plan.shown_level);
byId("search").title = t("Find a grid and list its problems");
