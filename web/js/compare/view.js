/** A comparison of two plans: the lists beside the map, tied to it. */
import { byId, el, fill } from "../lib/dom.js";
import { area, number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { localSearch } from "../lib/local-search.js";
import { openPanel } from "../lib/panel.js";
import { searchBox } from "../lib/search.js";
import { fitBounds } from "../map/layers.js";

/**
 * Show a comparison.
 * @param {any} map
 * @param {import("../map/swipe.js").SwipeLayer} layer
 * @param {any} data
 * @param {HTMLElement} card where the lists go
 * @param {HTMLElement | null} [head] what stands above them
 */
export function showComparison(map, layer, data, card, head = null) {
	let level = data.plan.shown_level;
	/** @type {Map<string, HTMLElement>} */
	const rows = new Map();

	/** @param {number} wanted */
	function show(wanted) {
		level = wanted;
		for (const button of document.querySelectorAll("[data-level]"))
			button.setAttribute("aria-pressed", String(button.getAttribute("data-level") === String(level)));
		layer.show(data.levels[level]);
		layer.filter((id) => data.moves[Number(id)].level === level, String(level));
	}

	/** @param {string} key */
	function press(key) {
		for (const [other, row] of rows) row.setAttribute("aria-pressed", String(other === key));
		const row = rows.get(key);
		if (row) row.scrollIntoView({ block: "nearest" });
	}

	/** @param {string} id */
	function choose(id) {
		const move = data.moves[Number(id)];
		if (move.level !== level) show(move.level);
		press(`move-${id}`);
		layer.mark(id, move.bounds);
		openPanel();
	}
	layer.chosen = choose;
	layer.name(data.names);

	/** @param {any} change */
	function look(change) {
		if (change.level !== level) show(change.level);
		press(`change-${change.number}`);
		layer.mark("", change.bounds);
	}

	/** @param {number} of */
	const labelOf = (of) => (data.plan.levels.find((/** @type {any} */ each) => each.level === of) || { label: "" }).label;
	const changes = data.changes.map((/** @type {any} */ change) => {
		const row = el("button.compare-row", { type: "button", "aria-pressed": "false", onclick: () => look(change) },
			el("span.row-head", null, el(`span.tag.${change.kind}`, null, change.said), el("small", null, labelOf(change.level)),
				change.told ? el("small", null, t("differs: {what}", { what: change.told })) : null),
			el("span", null, change.before, change.kind === "renamed" || change.before !== change.after ? [el("b.arrow", null, " → "), change.after] : null),
			change.areas_m2[0] !== change.areas_m2[1] && change.kind === "reshaped"
				? el("small", null, `${area(change.areas_m2[0])} → ${area(change.areas_m2[1])}`) : null);
		rows.set(`change-${change.number}`, row);
		return row;
	});
	const moves = data.moves.map((/** @type {any} */ move) => {
		const row = el("button.compare-row", { type: "button", "aria-pressed": "false", onclick: () => choose(move.id) },
			el("span", null, move.from, el("b.arrow", null, " → "), move.to),
			el("small", null, [move.area_m2 ? area(move.area_m2) : null, ...move.counts.map((/** @type {any[]} */ [name, count]) => `${name} ${number(count)}`)]
				.filter(Boolean).join(t(", "))));
		rows.set(`move-${move.id}`, row);
		return row;
	});
	fill(card, el("div.stack.compare", null, head,
		el("p.verdict-line", { role: "status" }, data.sentence),
		section(t("What becomes of each grid"), changes, data.left_out[0]),
		section(t("Who moves"), moves, data.left_out[1])));
	if (data.plan.levels.length > 1)
		fill(byId("levels"), ...data.plan.levels.map((/** @type {any} */ each) =>
			el("button", { type: "button", "data-level": each.level, "aria-pressed": "false", onclick: () => show(each.level) }, each.label)));
	else byId("levels").hidden = true;
	search(data, (grid) => {
		if (grid[2] !== level) show(grid[2]);
		if (grid[3]) layer.fly(grid[3]);
	});
	layer.drawMoves(data.shapes, data.more_ground);
	show(level);
	const first = data.moves.find((/** @type {any} */ move) => move.level === level && move.bounds);
	const seen = data.moves.filter((/** @type {any} */ move) => move.level === level && move.bounds).map((/** @type {any} */ move) => move.bounds);
	if (first) layer.fly(around(seen));
	else if (data.plan.bounds) fitBounds(map, data.plan.bounds, { animate: false });
}

/**
 * @param {string} title
 * @param {HTMLElement[]} list
 * @param {number} left
 */
function section(title, list, left) {
	if (!list.length) return null;
	return el("section.stack", null, el("h2", null, `${title} (${number(list.length + left)})`), ...list,
		left ? el("p.hint", null, t("{count} more are in the workbook.", { count: number(left) })) : null);
}

/**
 * The box around boxes.
 * @param {number[][]} boxes
 */
function around(boxes) {
	const [west, south, east, north] = [0, 1, 2, 3].map((at) => boxes.map((box) => box[at]));
	return [Math.min(...west), Math.min(...south), Math.max(...east), Math.max(...north)];
}

/**
 * @param {any} data
 * @param {(grid: any[]) => void} found
 */
function search(data, found) {
	/** @type {import("../lib/local-search.js").Entry[]} */
	const entries = data.grids.map((/** @type {any[]} */ [code, name]) => ({ label: name || code, detail: code, kind: "grid", grid: code, texts: [name, code] }));
	searchBox(/** @type {HTMLInputElement} */ (byId("search")), byId("results"), (match) => {
		const grid = data.grids.find((/** @type {any[]} */ row) => row[0] === match.grid);
		if (grid) found(grid);
	}, { find: localSearch(entries, data.rules) });
}
