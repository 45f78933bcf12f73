/** `/check`, step 3: what the check found. */
import { showAdvice } from "./check/advice.js";
import { showComparison } from "./check/compare.js";
import { allRows } from "./check/defect-list.js";
import { UsePlan } from "./check/use-plan.js";
import { showDefects, sumsBox, verdictBox } from "./check/result.js";
import { getJSON } from "./lib/api.js";
import { byId, fill, pageData } from "./lib/dom.js";
import { showProblem } from "./lib/sending.js";
import { drawStreets } from "./map/basemap.js";
import { DefectsLayer } from "./map/defects.js";
import { GridsLayer } from "./map/grids.js";
import { fitBounds, levelSwitch, startMap } from "./map/layers.js";

const page = pageData("check");
const plan = pageData("plan");

/** @type {ReturnType<typeof showDefects>} */
let table = { choose: () => {}, only: () => {} };
const { map, layers } = startMap({
	streets: (queued) => drawStreets(queued, plan),
	grids: (queued) => new GridsLayer(queued.map, plan, (code) => pick(code)),
	defects: (queued) => new DefectsLayer(queued.map, (id) => table.choose(id, { fly: false })),
});
fitBounds(map, plan.bounds, { animate: false });

const showLevel = levelSwitch(layers.grids, plan.shown_level);

/**
 * Mark a grid and list only its defects.
 * @param {string} code
 */
function pick(code) {
	layers.grids.mark(code);
	table.only(code, layers.grids.nameOf(code));
}

/**
 * Show the grid that advice is about, on its level.
 * @param {any} row
 */
async function showGrid(row) {
	if (layers.grids.level !== row.level && plan.levels.some((/** @type {any} */ each) => each.level === row.level))
		await showLevel(row.level);
	layers.grids.mark(row.grids[0]);
	if (row.bounds) fitBounds(map, row.bounds, { maxZoom: 16 });
}

async function start() {
	const [data, shapes] = await Promise.all([getJSON(page.data), getJSON(page.shapes)]);
	if (page.region) getJSON(page.region).then((shape) => layers.defects.drawRegion(shape), () => {});
	fill(byId("verdict"), verdictBox(data, page.add_region));
	fill(byId("sums"), sumsBox(data));
	const repair = document.getElementById("repair");
	if (repair && !data.is_seamless) {
		repair.classList.add("primary");
		use.button.classList.remove("primary");
	}
	showAdvice(byId("advice"), page.advice, showGrid);
	if (page.compare) showComparison(byId("compare"), page.compare, data.comparison || null);
	if (data.comparison) shapes.features.push(...(await getJSON(page.compare.fixed)).features);
	layers.defects.draw(allRows(data), shapes);
	table = showDefects(byId("defects"), data, layers.defects, () => layers.grids.mark(""));
}

const use = new UsePlan(byId("use"), page);
start().catch((error) => showProblem(byId("verdict"), error.message));
