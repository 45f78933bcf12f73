/** `/unify/<token>`: what became one, where layers agree, cross or leave out, what moves. */
import { DefectList } from "./check/defect-list.js";
import { verdictBox } from "./check/result.js";
import { UsePlan } from "./check/use-plan.js";
import { getJSON } from "./lib/api.js";
import { byId, el, fill, pageData } from "./lib/dom.js";
import { openPanel } from "./lib/panel.js";
import { t } from "./lib/i18n.js";
import { showProblem } from "./lib/sending.js";
import { drawStreets } from "./map/basemap.js";
import { DefectsLayer } from "./map/defects.js";
import { GridsLayer } from "./map/grids.js";
import { fitBounds, levelSwitch, startMap } from "./map/layers.js";
import { agreementTable, aloneBox, figuresBox } from "./unify/outcome.js";

const AFTER = 0;
const page = pageData("page");
const plan = pageData("plan");
/** @type {DefectList | null} */
let list = null;

const { map, layers } = startMap({
	streets: (queued) => drawStreets(queued, plan),
	grids: (queued) => new GridsLayer(queued.map, plan, (code) => pick(code)),
	defects: (queued) => new DefectsLayer(queued.map, (id) => choose(id, false)),
});
fitBounds(map, plan.bounds, { animate: false });
levelSwitch(layers.grids, plan.shown_level);

/**
 * Mark a grid; of the unified ones list what concerns it.
 * @param {string} code
 */
function pick(code) {
	layers.grids.mark(code);
	if (list && layers.grids.level === AFTER) list.only(code, layers.grids.nameOf(code));
}

/**
 * @param {string} id
 * @param {boolean} fly
 */
function choose(id, fly) {
	layers.defects.mark(id, { fly });
	if (list) list.mark(id);
	openPanel();
}

async function start() {
	const [data, shapes] = await Promise.all([getJSON(page.data), getJSON(page.shapes)]);
	fill(byId("verdict"), verdictBox(data));
	fill(byId("agreement"), figuresBox(data), agreementTable(data.agreement), aloneBox(data.alone));
	layers.defects.draw(data.rows, shapes);
	if (!data.rows.length) {
		fill(byId("places"), el("p.empty.slim", null, t("The layers agree everywhere: nothing crosses, is left out or moves.")));
		return;
	}
	list = new DefectList(byId("places"), data, {
		chosen: (id) => choose(id, true),
		filtered: (ids) => layers.defects.filter(ids),
		flown: (ids) => layers.defects.flyTo(ids),
		everything: () => layers.grids.mark(""),
	});
}

new UsePlan(byId("use"), page);
start().catch((error) => showProblem(byId("verdict"), error.message));
