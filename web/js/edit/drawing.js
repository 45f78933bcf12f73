/** How borders, names and marked grids look: told apart by width, dash and hatching, not colour alone. */
import { cutName, widthOf } from "../lib/names.js";
import { toWorld } from "./geometry.js";

const LETTER = 12.5; // pixels
const ROOM = 15; // widths of a Chinese letter

/**
 * @typedef {import("./chart.js").Pen} Pen
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./geometry.js").Pair} Pair
 */

/** Drawn before the name of a locked grid: a padlock that every font has no need to know. */
export const LOCK_SIGN = "🔒";

/** Okabe and Ito's colours; each also has a hatching of its own. */
export const MARKS = {
	left: { colour: "#0072b2", wash: "rgba(0,114,178,0.16)", slope: 1 },
	right: { colour: "#c65a00", wash: "rgba(230,159,0,0.2)", slope: -1 },
	chosen: { colour: "#0b4558", wash: "rgba(18,96,122,0.14)", slope: 0 },
	taken: { colour: "#8a3d74", wash: "rgba(204,121,167,0.3)", slope: 1 },
};
export const BAD = "#b42318";
export const DRAWN = "#9a1f6a";
export const FRESH = "#e69f00";

/** Of borders by level: colour, width, dash. 0 is the edge of the region. */
const BORDERS = [
	{ colour: "#26343b", width: 3.4, dash: [] },
	{ colour: "#26343b", width: 3.4, dash: [] },
	{ colour: "#1d5c73", width: 2.6, dash: [] },
	{ colour: "#1f6f8b", width: 1.7, dash: [] },
	{ colour: "#4b8296", width: 1.1, dash: [5, 3] },
];

/**
 * @param {number} level
 * @returns {{colour: string, width: number, dash: number[]}}
 */
export function borderStyle(level) {
	return BORDERS[Math.min(Math.max(level, 0), BORDERS.length - 1)];
}

/**
 * @param {Pen} pen
 * @param {Model} model
 * @param {number} level that is worked on: finer borders are drawn faintly
 * @param {Set<string>} lifted
 */
export function drawBorders(pen, model, level, lifted) {
	const groups = grouped(pen, model, lifted);
	const levels = [...groups.keys()].sort((a, b) => b - a);
	for (const its of levels) {
		const style = borderStyle(its);
		if (its < 4) pen.stroke(groups.get(its) || [], { colour: "rgba(255,255,255,0.75)", width: style.width + 2.2 });
	}
	for (const its of levels) {
		pen.context.globalAlpha = its > level ? 0.55 : 1;
		pen.stroke(groups.get(its) || [], borderStyle(its));
	}
	pen.context.globalAlpha = 1;
}

/**
 * @param {Pen} pen
 * @param {Model} model
 * @param {Set<string>} lifted
 * @returns {Map<number, Float64Array[]>} the borders in sight by the coarsest level whose they are
 */
function grouped({ view }, model, lifted) {
	/** @type {Map<number, Float64Array[]>} */
	const groups = new Map();
	const { scale, left, top, width, height } = view;
	const sight = [left / scale, top / scale, (left + width) / scale, (top + height) / scale];
	for (const arc of model.arcs.values()) {
		if (lifted.has(arc.id) || !meets(arc.box, sight)) continue;
		const level = model.levelOf(arc);
		const group = groups.get(level);
		if (group) group.push(arc.path);
		else groups.set(level, [arc.path]);
	}
	return groups;
}

/**
 * @param {number[]} one
 * @param {number[]} other
 */
function meets(one, other) {
	return one[0] <= other[2] && one[2] >= other[0] && one[1] <= other[3] && one[3] >= other[1];
}

/**
 * Write the names of the grids of a level where they fit, none over another.
 * @param {Pen} pen
 * @param {Model} model
 * @param {number} level
 */
export function drawNames(pen, model, level) {
	/** @type {number[][]} */
	const taken = [];
	const rooms = roomsOf(model, level);
	for (const [id, place] of labelPlaces(model, level)) {
		const at = pen.at(place);
		if (at[0] < 0 || at[1] < 0 || at[0] > pen.view.width || at[1] > pen.view.height) continue;
		const grid = model.grids.get(id);
		const name = short(model.nameOf(id));
		const text = grid && grid.locked ? `${LOCK_SIGN} ${name}` : name;
		const half = widthOf(text) * LETTER / 2 + 3;
		const room = rooms.get(id);
		if (room && ((room[2] - room[0]) * pen.view.scale < half * 1.5 || (room[3] - room[1]) * pen.view.scale < 20)) continue;
		const box = [at[0] - half, at[1] - 9, at[0] + half, at[1] + 9];
		if (taken.some((other) => meets(box, other))) continue;
		taken.push(box);
		pen.write(text, place);
	}
}

/**
 * @param {Model} model
 * @param {number} level
 * @returns {Map<string, number[]>} the box around each grid of a level, as far as it is loaded
 */
function roomsOf(model, level) {
	/** @type {Map<string, number[]>} */
	const found = new Map();
	for (const { left, right, box } of model.arcs.values())
		for (const leaf of [left, right]) {
			const id = leaf && model.atLevel(leaf, level);
			if (!id) continue;
			const room = found.get(id);
			if (!room) found.set(id, box.slice());
			else for (const at of [0, 1]) {
				room[at] = Math.min(room[at], box[at]);
				room[at + 2] = Math.max(room[at + 2], box[at + 2]);
			}
		}
	return found;
}

/**
 * Where the names of the grids of a level stand: inside, by the place of a finest grid near the middle.
 * @param {Model} model
 * @param {number} level
 * @returns {Map<string, Pair>}
 */
function labelPlaces(model, level) {
	/** @type {Map<string, Pair[]>} */
	const inside = new Map();
	for (const grid of model.grids.values()) {
		if (!grid.label_at) continue;
		const id = model.atLevel(grid.id, level);
		const place = toWorld(grid.label_at);
		const places = inside.get(id);
		if (places) places.push(place);
		else inside.set(id, [place]);
	}
	/** @type {Map<string, Pair>} */
	const found = new Map();
	for (const [id, places] of inside) {
		const middle = [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
		const far = (/** @type {Pair} */ place) => Math.hypot(place[0] - middle[0], place[1] - middle[1]);
		found.set(id, places.reduce((best, place) => (far(place) < far(best) ? place : best)));
	}
	return found;
}

/**
 * @param {string} name
 * @returns {string}
 */
export function short(name) {
	return cutName(name, ROOM);
}

/** @type {Map<string, CanvasPattern>} */
const hatchings = new Map();

/**
 * @param {Pen} pen
 * @param {{colour: string, slope: number}} mark
 * @returns {CanvasPattern | string}
 */
function hatching({ context }, { colour, slope }) {
	const known = hatchings.get(colour);
	if (known) return known;
	const size = 10;
	const tile = document.createElement("canvas");
	tile.width = size;
	tile.height = size;
	const brush = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
	brush.strokeStyle = colour;
	brush.globalAlpha = 0.45;
	brush.lineWidth = 1.2;
	brush.beginPath();
	for (const shift of [-size, 0, size]) {
		brush.moveTo(shift, slope > 0 ? size : 0);
		brush.lineTo(shift + size, slope > 0 ? 0 : size);
	}
	brush.stroke();
	const made = /** @type {CanvasPattern} */ (context.createPattern(tile, "repeat"));
	hatchings.set(colour, made);
	return made;
}

/**
 * Mark a grid: wash, hatching and an edge.
 * @param {Pen} pen
 * @param {Model} model
 * @param {string} id
 * @param {{colour: string, wash: string, slope: number}} mark
 * @param {Set<string>} [lifted] borders that are drawn where they are dragged to
 */
export function markGrid(pen, model, id, mark, lifted = new Set()) {
	const { rings, is_whole, arcs } = model.outline(id);
	const still = arcs.filter((arc) => !lifted.has(arc.id)).map((arc) => arc.path);
	if (is_whole && still.length === arcs.length) {
		pen.fill(rings, mark.wash);
		if (mark.slope) pen.fill(rings, hatching(pen, mark));
	}
	pen.context.globalAlpha = 0.85;
	pen.stroke(still, { colour: mark.colour, width: 3.2 });
	pen.context.globalAlpha = 1;
}
