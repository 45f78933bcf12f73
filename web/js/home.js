/** `/`: the map of the plan. */
import { getJSON } from "./lib/api.js";
import { byId, el, fill, pageData, toast } from "./lib/dom.js";
import { number } from "./lib/format.js";
import { t } from "./lib/i18n.js";
import { openPanel } from "./lib/panel.js";
import { searchBox } from "./lib/search.js";
import { drawStreets } from "./map/basemap.js";
import { cardLoading, gridCard } from "./map/grid-card.js";
import { GridsLayer } from "./map/grids.js";
import { fitBounds, startMap } from "./map/layers.js";

const plan = pageData("plan");
const card = byId("card");

const { map, layers } = startMap({
	streets: (queued) => drawStreets(queued, plan),
	grids: (queued) => new GridsLayer(queued.map, plan, (code) => choose(code)),
});
const grids = layers.grids;
fitBounds(map, plan.bounds, { animate: false });

/**
 * @param {number} level
 */
async function showLevel(level) {
	for (const button of document.querySelectorAll("[data-level]"))
		button.setAttribute("aria-pressed", String(button.getAttribute("data-level") === String(level)));
	await grids.show(level);
}

/**
 * Choose a grid: show its level, mark it, open its card.
 * @param {string} code
 * @param {{fly?: boolean}} [options]
 */
async function choose(code, { fly = false } = {}) {
	grids.mark(code);
	openPanel();
	cardLoading(card);
	let grid;
	try {
		grid = await getJSON(`/api/v1/grids/${encodeURIComponent(code)}`);
	} catch (error) {
		toast(/** @type {Error} */ (error).message, "error");
		showSummary();
		return;
	}
	if (grids.selected !== code) return;
	fill(card,
		el("button.close", { type: "button", "aria-label": t("Close"), onclick: clear }, "×"),
		gridCard(grid, (other) => choose(other, { fly: true })),
		grid.open_cases === null ? null : el("p", null, // outside one's limits there is no list either
			el("a", { href: `/contacts?grid=${encodeURIComponent(code)}` }, t("Contact lists"))));
	history.replaceState(null, "", `#${encodeURIComponent(code)}`);
	if (grid.level !== grids.level) {
		await showLevel(grid.level);
		grids.mark(code);
	}
	if (fly) fitBounds(map, grid.bounds, { maxZoom: 17 });
}

function clear() {
	grids.mark("");
	history.replaceState(null, "", location.pathname + location.search);
	showSummary();
}

function showSummary() {
	fill(card, el("dl.figures.big", null, ...plan.levels.map((/** @type {any} */ each) =>
		el("div", null, el("dt", null, each.label), el("dd", null, number(each.count))))),
	el("p.hint", null, t("Click a grid to see who answers for it.")));
}

for (const button of document.querySelectorAll("[data-level]"))
	button.addEventListener("click", () => showLevel(Number(button.getAttribute("data-level"))));
searchBox(/** @type {HTMLInputElement} */ (byId("search")), byId("results"), (match) => {
	if (match.kind === "grid") choose(match.grid, { fly: true });
	else location.href = `/lookup?q=${encodeURIComponent(match.label)}`;
});

showSummary();
showLevel(plan.shown_level);
if (location.hash.length > 1) choose(decodeURIComponent(location.hash.slice(1)), { fly: true });
