/** 网格一张图: the map that carries its own data, opened without a server. */
import { byId, el, fill, pageData } from "../lib/dom.js";
import { number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { localSearch } from "../lib/local-search.js";
import { openPanel } from "../lib/panel.js";
import { searchBox } from "../lib/search.js";
import { drawStreets } from "../map/basemap.js";
import { gridCard } from "../map/grid-card.js";
import { GridsLayer } from "../map/grids.js";
import { fitBounds, startMap } from "../map/layers.js";
import { PlaceMark } from "../map/lookup.js";

const data = pageData("data");
const card = byId("card");
const MILLION = 1e6;

/**
 * @param {any[]} row
 */
function gridOf([code, name, level, kind, parent, households, people, m2, buildings, bounds, beside, householdsFrom, peopleFrom]) {
	return { code, name, level, kind, parent, households, people, area_m2: m2, buildings, bounds, beside,
		households_from: householdsFrom, people_from: peopleFrom };
}

/** @type {any[]} */
const grids = data.grids.map(gridOf);
grids.forEach((grid, position) => {
	grid.first = data.first[position];
});
/** @type {Map<string, any>} */
const byCode = new Map(grids.map((grid) => [grid.code, grid]));

/**
 * The grid and those above it, finest first.
 * @param {string} code
 */
function chainOf(code) {
	/** @type {any[]} */
	const chain = [];
	for (let grid = byCode.get(code); grid && !chain.includes(grid); grid = byCode.get(grid.parent))
		chain.push(grid);
	return chain;
}

/**
 * What `gridCard` shows, as `/api/v1/grids/<code>` would say it.
 * @param {any} grid
 */
function cardOf(grid) {
	const chain = chainOf(grid.code);
	const answers = chain.flatMap((step) => (data.answers[step.code] || []).map((/** @type {string[]} */ row) => ({
		post_label: row[0], name: row[1], deputy: row[2], note: row[3], vacant: Boolean(row[3]),
		grid: step.code, grid_name: step.name })));
	return {
		...grid,
		kind_label: data.labels.kind[grid.kind] || grid.kind,
		chain,
		answers: answers.map((each, position) => ({ ...each, first: position === grid.first })),
		neighbours: grid.beside.map((/** @type {number} */ position) => grids[position]),
	};
}

/** @returns {import("../lib/local-search.js").Entry[]} */
function entries() {
	const { kind, name, address, lon, lat, grid } = data.units;
	const units = kind.map((/** @type {string} */ each, /** @type {number} */ i) => ({
		label: address[i] || name[i],
		detail: [address[i] ? name[i] : "", (grids[grid[i]] || {}).name].filter(Boolean).join(" · "),
		kind: each,
		grid: (grids[grid[i]] || {}).code || "",
		texts: [name[i], address[i]],
		lon: lon[i] === null ? undefined : lon[i] / MILLION,
		lat: lat[i] === null ? undefined : lat[i] / MILLION,
	}));
	return grids.map((each) => ({
		label: each.name || each.code,
		detail: [data.labels.level[each.level], ...chainOf(each.code).slice(1).map((step) => step.name).reverse()]
			.filter(Boolean).join(" · "),
		kind: "grid",
		grid: each.code,
		texts: [each.name, each.code],
	})).concat(units);
}

/** @param {string} url */
async function load(url) {
	if (url.startsWith("level:")) return data.levels[url.slice(6)];
	return data.streets[url.endsWith("minor") ? "minor" : "major"];
}

const { map, layers } = startMap({
	streets: (queued) => drawStreets(queued, data.plan, load),
	grids: (queued) => new GridsLayer(queued.map, data.plan, (code) => choose(code), load),
	lookup: (queued) => new PlaceMark(queued.map),
});

/** @param {number} level */
async function showLevel(level) {
	for (const button of document.querySelectorAll("[data-level]"))
		button.setAttribute("aria-pressed", String(button.getAttribute("data-level") === String(level)));
	await layers.grids.show(level);
}

/**
 * Choose a grid, or a building in it.
 * @param {string} code
 * @param {{fly?: boolean, unit?: any}} [options]
 */
async function choose(code, { fly = false, unit } = {}) {
	const grid = byCode.get(code);
	openPanel();
	const hasPlace = unit && unit.lon !== undefined;
	if (hasPlace) layers.lookup.show(unit.lon, unit.lat, { zoom: 17 });
	else layers.lookup.clear();
	fill(card,
		el("button.close", { type: "button", "aria-label": t("Close"), onclick: showSummary }, "×"),
		unit ? unitHead(unit) : null,
		grid ? gridCard(cardOf(grid), (other) => choose(other, { fly: true }))
			: el("p.notice.warn", null, t("This address lies in none of the grids.")));
	layers.grids.mark(code);
	if (!grid) return;
	if (grid.level !== layers.grids.level) {
		await showLevel(grid.level);
		layers.grids.mark(code);
	}
	if (fly || (unit && !hasPlace)) fitBounds(map, grid.bounds, { maxZoom: 17 });
}

/** @param {any} unit */
function unitHead(unit) {
	return el("div.unit-head", null,
		el("h2.card-title", null, unit.label),
		el("p.card-sub", null, el("span.tag.quiet", null, data.labels.unit[unit.kind] || unit.kind),
			unit.texts[0] !== unit.label ? unit.texts[0] : null));
}

function showSummary() {
	layers.grids.mark("");
	layers.lookup.clear();
	fill(card, el("dl.figures.big", null, ...data.plan.levels.map((/** @type {any} */ each) =>
		el("div", null, el("dt", null, each.label), el("dd", null, number(each.count))))),
	el("p.hint", null, t("Click a grid to see who answers for it, or search for a building.")));
}

fill(byId("levels"), ...data.plan.levels.map((/** @type {any} */ each) =>
	el("button", { type: "button", "data-level": each.level, "aria-pressed": "false",
		onclick: () => showLevel(each.level) }, each.label)));
searchBox(/** @type {HTMLInputElement} */ (byId("search")), byId("results"), (match) => {
	if (match.kind === "grid") choose(match.grid, { fly: true });
	else choose(match.grid, { unit: match });
}, { find: localSearch(entries(), data.rules) });
fitBounds(map, data.plan.bounds, { animate: false });
showSummary();
showLevel(data.plan.shown_level);
