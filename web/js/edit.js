/** `/plans/<draft>/edit`: the workbench. */
import { Bench } from "./edit/bench.js";
import { Chart } from "./edit/chart.js";
import { ask } from "./edit/ask.js";
import { makeHelp } from "./edit/help.js";
import { listenToKeys } from "./edit/keys.js";
import { Model } from "./edit/model.js";
import { paintAbove } from "./edit/painting.js";
import { Panel } from "./edit/panel.js";
import { Pictures } from "./edit/pictures.js";
import { Pointer } from "./edit/pointer.js";
import { Session } from "./edit/session.js";
import { Snapper } from "./edit/snapping.js";
import { makeToolbar } from "./edit/toolbar.js";
import { GapTool, NewGridTool } from "./edit/tools/areas.js";
import { BalanceTool } from "./edit/tools/balance.js";
import { DeleteTool, InsertTool, MoveTool } from "./edit/tools/corners.js";
import { GiveTool } from "./edit/tools/give.js";
import { FactTool, MergeTool } from "./edit/tools/grids.js";
import { ReshapeTool, SplitTool } from "./edit/tools/lines.js";
import { StreetTool } from "./edit/tools/street.js";
import { postForm } from "./lib/api.js";
import { byId, pageData, toast } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { showProblem } from "./lib/sending.js";
import { drawStreets } from "./map/basemap.js";
import { fitBounds, startMap } from "./map/layers.js";

const plan = pageData("plan");
const edit = pageData("edit");
const model = new Model();
const { map, layers } = startMap({
	streets: (queued) => drawStreets(queued, plan),
	editor: () => null,
});
map.options.closePopupOnClick = false;
map.doubleClickZoom.disable();

/** @type {Session} */
const session = new Session(edit.api, map, model, {
	own: () => panel.changed(),
	others: (entries, come) => {
		const last = entries[entries.length - 1];
		const somebody = t("Another planner");
		toast(`${last.by || somebody}: ${last.text}`);
		bench.flash(come);
		panel.changed();
	},
	steps: (steps) => {
		toolbar.steps(steps);
		if (steps.status !== edit.status) location.reload();
	},
	line: (is_there) => {
		const kept = edit.may_edit ? t("Every change is kept at once") : "";
		byId("saved").textContent = is_there ? kept : t("The server cannot be reached; nothing can be changed now");
		byId("saved").classList.toggle("bad", !is_there);
	},
});
const help = makeHelp();
/** @type {Bench} */
const bench = new Bench({
	map, model, session,
	snapper: new Snapper(model, () => layers.streets.loaded(), () => 2 ** map.getZoom()),
	level: edit.level,
	levels: edit.levels, kinds: edit.kinds, may_edit: edit.may_edit,
	ui: {
		figures: (answer) => panel.figures(answer),
		notice: help.notice,
		quiet: help.quiet,
		chosen: () => panel.figures(null),
		ask,
		options: () => {
			help.options(tool);
			help.say(tool, bench);
		},
	},
});
const panel = new Panel(bench, edit.api, ([lon, lat]) => map.setView([lat, lon], Math.max(map.getZoom(), 16)), (number) => step("redo", number));
/** @type {Record<string, () => import("./edit/tools/tool.js").Tool>} */
const TOOLS = {
	move: () => new MoveTool(bench),
	insert: () => new InsertTool(bench),
	delete: () => new DeleteTool(bench),
	reshape: () => new ReshapeTool(bench),
	street: () => new StreetTool(bench),
	split: () => new SplitTool(bench),
	balance: () => new BalanceTool(bench),
	merge: () => new MergeTool(bench),
	give: () => new GiveTool(bench),
	new: () => new NewGridTool(bench),
	gap: () => new GapTool(bench),
	rename: () => new FactTool(bench, "rename"),
	renumber: () => new FactTool(bench, "renumber"),
	kind: () => new FactTool(bench, "kind"),
	parent: () => new FactTool(bench, "parent"),
	lock: () => new FactTool(bench, "lock"),
};
let tool = TOOLS.move();
const chart = new Chart(map, model, (pen) => paintAbove(pen, bench, tool));
bench.chart = chart;
chart.level = bench.level;
model.changed = () => {
	chart.redraw();
	if (panel.tab === "grid") panel.refresh();
	help.say(tool, bench);
};

/** @param {string} id of a tool */
function use(id) {
	tool.cancel();
	bench.clearWrong();
	panel.figures(null);
	tool = TOOLS[id]();
	toolbar.show(id);
	help.options(tool);
	tool.begin();
	map.getContainer().style.cursor = tool.cursor;
	bench.touch();
	help.say(tool, bench);
}

/**
 * @param {"undo" | "redo"} which
 * @param {number} [number] of the operation, else one's last
 */
async function step(which, number) {
	tool.cancel();
	bench.clearWrong();
	const had = new Set(model.grids.keys());
	try {
		const answer = await session.step(which, number);
		toast(answer.entry.text);
		panel.figures({ ...answer, is_done: true, had });
	} catch (error) {
		bench.refuse(error, which, {});
	}
}

const toolbar = makeToolbar({ use, step, may_edit: edit.may_edit });
toolbar.steps({ undo: null, redo: null });
help.listen(() => tool);
new Pointer(bench, () => tool, (at) => {
	const is_handle = Boolean(at && (at.corner || at.border)) && tool instanceof MoveTool && bench.is_ready;
	map.getContainer().style.cursor = tool.cursor || (is_handle ? "move" : "");
	help.say(tool, bench);
});
listenToKeys(bench, { tool: () => tool, use, step, help });
for (const button of document.querySelectorAll("[data-level]"))
	button.addEventListener("click", () => setLevel(Number(button.getAttribute("data-level"))));

/** @returns {object} room that the tools take from the map */
function roomBeside() {
	const is_wide = matchMedia("(min-width: 721px)").matches;
	return { padding: null, paddingTopLeft: is_wide ? [160, 64] : [20, 64], paddingBottomRight: is_wide ? [60, 60] : [20, 150] };
}

/** @param {number} level that is worked on */
function setLevel(level) {
	bench.level = level;
	chart.level = level;
	for (const button of document.querySelectorAll("[data-level]"))
		button.setAttribute("aria-pressed", String(button.getAttribute("data-level") === String(level)));
	tool.cancel();
	if (bench.chosen && model.grids.has(bench.chosen)) bench.choose(model.atLevel(bench.chosen, level));
	panel.page = 0;
	if (panel.tab === "grids") panel.refresh();
	chart.redraw();
}

const begin = document.getElementById("begin");
if (begin) begin.addEventListener("click", async () => {
	begin.toggleAttribute("disabled", true);
	try {
		const { url } = await postForm(String(begin.dataset.url), new FormData());
		location.assign(url);
	} catch (error) {
		begin.toggleAttribute("disabled", false);
		showProblem(byId("problem"), /** @type {Error} */ (error).message);
	}
});

fitBounds(map, plan.bounds, { animate: false, ...roomBeside() });
chart.settle();
setLevel(bench.level);
use("move");
/** @type {ReturnType<typeof setTimeout> | undefined} */
let looking;
map.on("moveend", () => {
	clearTimeout(looking);
	looking = setTimeout(() => look(), 120);
});

async function look() {
	try {
		await session.look();
		help.say(tool, bench);
	} catch (error) {
		help.notice(/** @type {Error} */ (error).message, "bad");
	}
}

look().then(() => {
	document.body.dataset.ready = "true";
	if (edit.may_edit || edit.status === "review") session.listen();
	panel.showProblems().catch(() => {});
	new Pictures(map, edit).load().catch((error) => help.notice(error.message, "bad"));
});
