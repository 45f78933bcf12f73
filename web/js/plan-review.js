/** `/plans/…/review`: what a plan would change, its proof, the rules, and the button. */
import { showComparison } from "./compare/view.js";
import { getJSON } from "./lib/api.js";
import { byId, el, fill, pageData } from "./lib/dom.js";
import { openPanel } from "./lib/panel.js";
import { showProblem } from "./lib/sending.js";
import { drawStreets } from "./map/basemap.js";
import { startMap } from "./map/layers.js";
import { SwipeLayer } from "./map/swipe.js";
import { lists } from "./review/lists.js";
import { overview, rules } from "./review/overview.js";
import { publishing } from "./review/publish.js";

const page = pageData("page");
const { map, layers } = startMap({
	streets: (queued) => drawStreets(queued, pageData("plan")),
	swipe: (queued) => new SwipeLayer(queued.map, () => {}),
});
const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-tab]")]);

/**
 * Show one tab.
 * @param {string} key
 * @param {boolean} [isAsked] whether somebody asked for it, who then reads on there
 */
function show(key, isAsked = false) {
	for (const tab of tabs) {
		const isShown = tab.dataset.tab === key;
		tab.setAttribute("aria-selected", String(isShown));
		tab.setAttribute("aria-pressed", String(isShown));
		tab.tabIndex = isShown ? 0 : -1;
		byId(`pane-${tab.dataset.tab}`).hidden = !isShown;
	}
	if (isAsked) openPanel();
}

for (const [at, tab] of tabs.entries()) {
	tab.addEventListener("click", () => show(String(tab.dataset.tab), true));
	tab.addEventListener("keydown", (event) => {
		const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
		if (!step) return;
		event.preventDefault();
		const next = tabs[(at + step + tabs.length) % tabs.length];
		show(String(next.dataset.tab));
		next.focus();
	});
}

/** @param {any} data */
function showAll(data) {
	page.tag = data.tag;
	fill(byId("pane-overview"), overview(data, page, show));
	fill(byId("pane-rules"), rules(data.advice));
	fill(byId("pane-publish"), publishing(data, page));
	layers.swipe.onlyNew = data.is_first;
	showComparison(map, layers.swipe, data, byId("pane-changes"));
	if (data.is_first) fill(byId("pane-changes"), el("p.hint", null, overview.first()));
	const fly = (/** @type {string} */ code) => {
		const grid = data.grids.find((/** @type {any[]} */ row) => row[0] === code);
		if (grid && grid[3]) layers.swipe.fly(grid[3]);
	};
	fill(byId("pane-lists"), lists(data, page, fly));
	byId("wait").hidden = true;
	byId("tabs").hidden = false;
	show(location.hash === "#publish" ? "publish" : "overview");
}

getJSON(page.data).then(showAll).catch((error) => showProblem(byId("wait"), error.message));
