/** What lies above the borders: the chosen grid, what the pointer is near, what is wrong or new. */
import { BAD, FRESH, MARKS, markGrid, short } from "./drawing.js";
import { isBy, nearestOnPath } from "./geometry.js";
import { MoveTool } from "./tools/corners.js";

const NEAR_PX = 48;

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {import("./chart.js").Pen} Pen
 * @typedef {import("./tools/tool.js").Tool} Tool
 */

/**
 * @param {Pen} pen
 * @param {Bench} bench
 * @param {Tool} tool
 */
export function paintAbove(pen, bench, tool) {
	const { model, chosen, chart } = bench;
	if (bench.fresh && bench.fresh.until > Date.now()) {
		pen.stroke(bench.fresh.paths, { colour: "rgba(255,255,255,0.9)", width: 9 });
		pen.stroke(bench.fresh.paths, { colour: FRESH, width: 5, dash: [2, 7] });
	}
	if (chosen && model.grids.has(chosen)) markGrid(pen, model, chosen, MARKS.chosen, chart.lifted);
	if (tool.finds_borders && model.is_editable && !chart.lifted.size) paintNear(pen, bench, tool);
	tool.paint(pen);
	if (bench.wrong) cross(pen, bench.wrong.place);
}

/**
 * @param {Pen} pen
 * @param {Bench} bench
 * @param {Tool} tool
 */
function paintNear(pen, bench, tool) {
	const { at } = bench;
	if (!at) return;
	const near = at.border || at.corner;
	if (near && tool instanceof MoveTool) neighbours(pen, bench, near);
	corners(pen, bench.model, at.place);
	if (at.corner) pen.dot(at.corner.place, { size: 7.5, colour: "#fff", line: "#9a1f6a" });
	else if (at.border) pen.dot(at.border.place, { size: 5, colour: "#9a1f6a", shape: "diamond" });
}

/**
 * Mark the grids on both sides of a border, with their names.
 * @param {Pen} pen
 * @param {Bench} bench
 * @param {{arc: any, place: import("./geometry.js").Pair}} near
 */
function neighbours(pen, { model, level }, { arc, place }) {
	pen.stroke([arc.path], { colour: "rgba(255,255,255,0.9)", width: 8 });
	const sides = /** @type {["left" | "right", any][]} */ ([["left", MARKS.left], ["right", MARKS.right]]);
	const is_finer = model.atLevel(arc.left, level) === model.atLevel(arc.right, level);
	const shown = (/** @type {string} */ leaf) => (is_finer ? leaf : model.atLevel(leaf, level));
	for (const [side, mark] of sides) if (model.grids.has(arc[side])) markGrid(pen, model, shown(arc[side]), mark);
	pen.stroke([arc.path], { colour: "#111c22", width: 3.5 });
	const [nx, ny] = leftOf(arc.path, place);
	for (const [side, mark] of sides) {
		if (!model.grids.has(arc[side])) continue;
		const way = side === "left" ? 1 : -1;
		badge(pen, place, [nx * way, ny * way], short(model.nameOf(shown(arc[side]))), mark.colour);
	}
}

/**
 * @param {Float64Array} path
 * @param {import("./geometry.js").Pair} place near it
 * @returns {[number, number]} which way its left is there, on the screen
 */
function leftOf(path, place) {
	const at = Math.min(nearestOnPath(path, place).step * 2, path.length - 4);
	const [dx, dy] = [path[at + 2] - path[at], path[at + 3] - path[at + 1]];
	const long = Math.hypot(dx, dy) || 1;
	return [dy / long, -dx / long]; // y grows downwards
}

/**
 * Write a name beside a place, clear of the pointer and of what is on the other side.
 * @param {Pen} pen
 * @param {import("./geometry.js").Pair} place
 * @param {[number, number]} way
 * @param {string} text
 * @param {string} colour
 */
function badge(pen, place, way, text, colour) {
	const { context } = pen;
	context.font = '600 13px "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
	const wide = context.measureText(text).width + 16;
	const at = pen.at(place);
	const x = at[0] + way[0] * (wide / 2 + 26);
	const y = at[1] + way[1] * 38;
	context.fillStyle = colour;
	context.fillRect(x - wide / 2, y - 12, wide, 24);
	context.fillStyle = "#fff";
	context.textAlign = "center";
	context.textBaseline = "middle";
	context.fillText(text, x, y);
}

/**
 * Corners come into sight near the pointer: dark where borders meet.
 * @param {Pen} pen
 * @param {import("./model.js").Model} model
 * @param {import("./geometry.js").Pair} place
 */
function corners(pen, model, [px, py]) {
	const reach = NEAR_PX / pen.view.scale;
	for (const { path, box } of model.arcs.values()) {
		if (!isBy(box, [px, py], reach)) continue;
		for (let i = 0; i < path.length; i += 2) {
			if (Math.hypot(path[i] - px, path[i + 1] - py) > reach) continue;
			const is_end = i === 0 || i === path.length - 2;
			pen.dot([path[i], path[i + 1]], is_end ? { size: 5, colour: "#111c22" } : { size: 3.6, colour: "#fff", line: "#111c22" });
		}
	}
}

/**
 * @param {Pen} pen
 * @param {import("./geometry.js").Pair} place
 */
function cross(pen, place) {
	const { context } = pen;
	const [x, y] = pen.at(place);
	for (const [colour, width] of /** @type {[string, number][]} */ ([["#fff", 8], [BAD, 4]])) {
		context.beginPath();
		context.arc(x, y, 17, 0, 2 * Math.PI);
		for (const way of [1, -1]) {
			context.moveTo(x - 8, y - 8 * way);
			context.lineTo(x + 8, y + 8 * way);
		}
		context.strokeStyle = colour;
		context.lineWidth = width;
		context.stroke();
	}
}
