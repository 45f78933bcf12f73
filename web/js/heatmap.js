/** `/heatmap`: where cases are, as heat or as figures per grid. */
import { isAbort, latestOnly } from "./lib/api.js";
import { caseQuery, keepFilters, readFilters } from "./lib/case-filters.js";
import { byId, el, fill, icon, pageData, toast } from "./lib/dom.js";
import { figureText, gridRows } from "./lib/figures.js";
import { number } from "./lib/format.js";
import { t } from "./lib/i18n.js";
import { openPanel } from "./lib/panel.js";
import { drawStreets } from "./map/basemap.js";
import { ChoroplethLayer, classColours } from "./map/choropleth.js";
import { HeatLayer } from "./map/heat.js";
import { fitBounds, startMap } from "./map/layers.js";
import { showClasses, showHeatScale } from "./map/legend.js";

const TOP = 10;
const plan = pageData("plan");
const cases = pageData("cases");
const legend = byId("legend");
/** @type {Map<string, {name: string, text: string}>} */
const meanings = new Map(cases.definitions.map((/** @type {any} */ each) => [each.key, each]));
const filters = readFilters(location.search, {
	levels: plan.levels.map((/** @type {any} */ each) => each.level),
	level: plan.shown_level,
	figures: cases.figures,
	presets: cases.presets,
	statuses: cases.statuses.map((/** @type {any} */ each) => each.value),
	categories: cases.categories.map((/** @type {any} */ each) => each.value),
});
const askFigures = latestOnly();
/** @type {import("./lib/figures.js").GridFigures[]} */
let rows = [];

const { map, layers } = startMap({
	streets: (queued) => drawStreets(queued, plan),
	choropleth: (queued) => new ChoroplethLayer(queued.map, plan, (code) => choose(code)),
	heat: (queued) => new HeatLayer(/** @type {any} */ (queued), cases.heat_url, (heat) => showHeatScale(legend, heat)),
});
/** @type {ChoroplethLayer} */
const grids = layers.choropleth;
/** @type {HeatLayer} */
const heat = layers.heat;
fitBounds(map, plan.bounds, { animate: false });

/** Show what the filters say. */
async function refresh() {
	keepFilters(filters);
	reflect();
	if (!cases.count) {
		await grids.show(filters.level);
		return;
	}
	const query = caseQuery(filters);
	if (filters.show === "heat") heat.show(query);
	else heat.hide();
	query.set("level", String(filters.level));
	query.set("figure", filters.figure);
	byId("totals").setAttribute("aria-busy", "true");
	try {
		const [answer] = await Promise.all([askFigures(`${cases.figures_url}?${query}`), grids.show(filters.level)]);
		show(answer);
	} catch (error) {
		if (!isAbort(error)) toast(/** @type {Error} */ (error).message, "error");
	} finally {
		byId("totals").removeAttribute("aria-busy");
	}
}

/** Let the controls show the filters. */
function reflect() {
	press("show", filters.show);
	press("level", String(filters.level));
	press("days", filters.days || (filters.from || filters.to ? "other" : ""));
	byId("figure-field").hidden = filters.show !== "grids";
	input("figure").value = filters.figure;
	input("status").value = filters.status;
	input("from").value = filters.from;
	input("to").value = filters.to;
	const chosen = new Set(filters.categories);
	/** @type {string[]} */
	const names = [];
	for (const box of categoryBoxes()) {
		box.checked = chosen.has(box.value);
		if (box.checked && box.parentElement) names.push((box.parentElement.textContent || "").trim());
	}
	byId("category-said").textContent = names.join(t(", ")) || t("All");
	const said = [chosenText("[data-days][aria-pressed=true]"), filters.status && chosenText("#status option:checked"), ...names];
	byId("narrow-said").textContent = said.filter(Boolean).join(t(", "));
}

/**
 * @param {string} selector
 * @returns {string}
 */
function chosenText(selector) {
	const node = document.querySelector(selector);
	return node ? (node.textContent || "").trim() : `${filters.from}–${filters.to}`;
}

/**
 * @param {string} name
 * @param {string} value
 */
function press(name, value) {
	for (const button of document.querySelectorAll(`[data-${name}]`))
		button.setAttribute("aria-pressed", String(button.getAttribute(`data-${name}`) === value));
}

/**
 * @param {string} id
 * @returns {HTMLInputElement}
 */
function input(id) {
	return /** @type {HTMLInputElement} */ (byId(id));
}

/** @returns {HTMLInputElement[]} */
function categoryBoxes() {
	return Array.from(document.querySelectorAll("input[name=category]"));
}

/** @param {any} answer of `/api/v1/figures` */
function show(answer) {
	rows = gridRows(answer);
	const scale = filters.figure === "closing_rate" ? "success" : "burden";
	const colours = classColours(answer.classes, scale);
	const name = (meanings.get(answer.figure) || { name: answer.figure }).name;
	if (filters.show === "grids") {
		grids.paint(new Map(rows.map((row) => [row.code, {
			colour: row.class_of < 0 ? null : colours[row.class_of],
			label: `${name} ${figureText(answer.figure, row[answer.figure])}`,
		}])));
		const unknown = rows.filter((row) => row.class_of < 0).length;
		showClasses(legend, { title: name, figure: answer.figure, classes: answer.classes, colours, unknown });
	} else grids.paint(null);
	if (filters.days) {
		input("from").value = answer.first_day || "";
		input("to").value = answer.last_day || "";
	}
	showTotals(answer);
	showTop(answer.figure, name);
	showChosen();
}

/** @param {any} answer */
function showTotals({ totals, outside, no_position: lost, classes, figure }) {
	const keys = ["cases", "open", "overdue", "closing_rate", "on_time_rate", "per_1000_households"];
	fill(byId("totals"), totals.cases
		? el("dl.figures", null, ...keys.map((key) => figureBox(key, totals[key])))
		: null);
	const said = [];
	if (!totals.cases) said.push(nothingFound());
	else if (filters.show === "grids" && !classes.length) said.push(noValues(figure));
	if (outside) said.push(el("p.hint", null, t("{n} cases lie outside the plan and are in no grid.", { n: number(outside) })));
	if (lost) said.push(el("p.hint", null, t("{n} cases have no position and are not on the map.", { n: number(lost) })));
	fill(byId("said"), ...said);
	if (!totals.cases) legend.hidden = true;
}

/**
 * @param {string} key
 * @param {any} value
 */
function figureBox(key, value) {
	const meaning = meanings.get(key) || { name: key, text: "" };
	return el("div", { title: meaning.text }, el("dt", null, meaning.name), el("dd", null, figureText(key, value)));
}

function nothingFound() {
	return el("div.notice", null, icon("info"), el("div", null, el("p", null, t("No cases match these filters.")),
		el("button.link", { type: "button", onclick: clearFilters }, t("Show all cases"))));
}

/** @param {string} figure */
function noValues(figure) {
	const why = figure === "per_1000_households"
		? t("The grids have no households on record, so cases per 1,000 households cannot be worked out. Add a column “households” to the boundary file or to the list of buildings.")
		: t("This figure has no value in any grid for these filters.");
	return el("div.notice.warn", null, icon("triangle-alert"), el("p", null, why));
}

function clearFilters() {
	Object.assign(filters, { days: "", from: "", to: "", status: "", categories: [] });
	refresh();
}

/**
 * @param {string} figure
 * @param {string} name
 */
function showTop(figure, name) {
	// of a closing rate the lowest need attention, of everything else the highest
	const isRate = figure === "closing_rate";
	const sign = isRate ? -1 : 1;
	const best = rows.filter((row) => (isRate ? row[figure] !== null : row[figure]))
		.sort((a, b) => sign * (b[figure] - a[figure]) || b.cases - a.cases).slice(0, TOP);
	if (!best.length) {
		fill(byId("top"));
		return;
	}
	const second = figure === "cases" ? "open" : "cases";
	fill(byId("top"), el("h2.panel-head", null, isRate
		? t("{figure}: the lowest {n}", { n: best.length, figure: name })
		: t("{figure}: the highest {n}", { n: best.length, figure: name })),
		el("div.table-box", null, el("table.data.compact", null,
			el("thead", null, el("tr", null, el("th", null, t("Grid")), el("th.number", null, name),
				el("th.number", null, (meanings.get(second) || { name: second }).name))),
			el("tbody", null, ...best.map((row) => el("tr.pick", { "aria-selected": String(row.code === grids.selected),
				"data-code": row.code, onclick: () => choose(row.code, { fly: true }) },
				el("td", null, el("button.link", { type: "button" }, row.name || row.code)),
				el("td.number", null, figureText(figure, row[figure])),
				el("td.number", null, figureText(second, row[second]))))))));
}

/**
 * Choose a grid: mark it and show its figures; again, or "", to leave it.
 * @param {string} code
 * @param {{fly?: boolean}} [options]
 */
function choose(code, { fly = false } = {}) {
	grids.mark(code === grids.selected && !fly ? "" : code);
	if (fly) grids.fly(code);
	for (const row of document.querySelectorAll("#top tr[data-code]"))
		row.setAttribute("aria-selected", String(row.getAttribute("data-code") === grids.selected));
	showChosen();
	if (grids.selected) {
		openPanel();
		byId("chosen").scrollIntoView({ block: "nearest" });
	}
}

function showChosen() {
	const row = rows.find((each) => each.code === grids.selected);
	if (!row) {
		fill(byId("chosen"));
		return;
	}
	const keys = ["cases", "per_1000_households", "open", "overdue", "closing_rate", "on_time_rate", "reply_rate"];
	fill(byId("chosen"), el("article.box.chosen-grid", { "aria-label": row.name },
		el("button.close", { type: "button", "aria-label": t("Close"), onclick: () => choose("") }, "×"),
		el("h2", null, row.name || row.code), el("code", null, row.code),
		el("dl.figures", null, ...keys.map((key) => figureBox(key, row[key])),
			el("div", null, el("dt", null, t("Households")),
				el("dd", null, number(row.households), row.households_from ? el("small", null, " ", row.households_from) : null))),
		el("p", null, el("a", { href: `${cases.card_url}#${encodeURIComponent(row.code)}` }, t("Who answers here")))));
}

/**
 * @param {string} name
 * @param {(value: string) => void} change
 */
function onPress(name, change) {
	for (const button of document.querySelectorAll(`[data-${name}]`))
		button.addEventListener("click", () => {
			change(button.getAttribute(`data-${name}`) || "");
			refresh();
		});
}

onPress("show", (value) => { filters.show = value === "grids" ? "grids" : "heat"; });
onPress("level", (value) => {
	filters.level = Number(value);
	grids.mark("");
});
onPress("days", (value) => Object.assign(filters, { days: value, from: "", to: "" }));
for (const id of ["figure", "status"])
	byId(id).addEventListener("change", () => {
		Object.assign(filters, { [id]: input(id).value });
		refresh();
	});
for (const id of ["from", "to"])
	byId(id).addEventListener("change", () => {
		Object.assign(filters, { days: "", [id]: input(id).value });
		if (filters.from && filters.to && filters.from > filters.to)
			Object.assign(filters, { [id === "from" ? "to" : "from"]: input(id).value });
		refresh();
	});
for (const box of categoryBoxes())
	box.addEventListener("change", () => {
		filters.categories = categoryBoxes().filter((each) => each.checked).map((each) => each.value);
		refresh();
	});
if (matchMedia("(max-width: 720px)").matches) byId("narrow").removeAttribute("open");
byId("filters").addEventListener("submit", (event) => event.preventDefault());
refresh();
