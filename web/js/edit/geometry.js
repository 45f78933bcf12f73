/** Places in pixels of zoom 0: nearest points, right angles, and back to degrees. */
import { project } from "../map/basemap.js";

const WORLD = 256;
/** Coordinates of plans are whole numbers of this many to a degree. */
const UNITS = 1e9;

/** @typedef {[number, number]} Pair x, y in pixels of zoom 0, or longitude and latitude */

/**
 * @param {number[]} lonlat
 * @returns {Pair}
 */
export function toWorld([lon, lat]) {
	return project(lon, lat);
}

/**
 * @param {number} degrees
 * @returns {number} as plans keep it
 */
function kept(degrees) {
	return Math.round(degrees * UNITS) / UNITS;
}

/**
 * @param {Pair} place in pixels of zoom 0
 * @returns {Pair} longitude and latitude
 */
export function toDegrees([x, y]) {
	const lat = Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / WORLD))) * (180 / Math.PI);
	return [kept((x / WORLD - 0.5) * 360), kept(lat)];
}

/**
 * A place between two of degrees, on the straight line that plans mean.
 * @param {number[]} a
 * @param {number[]} b
 * @param {number} share
 * @returns {Pair}
 */
export function between(a, b, share) {
	return [kept(a[0] + (b[0] - a[0]) * share), kept(a[1] + (b[1] - a[1]) * share)];
}

/**
 * @param {number[]} box
 * @param {Pair} place
 * @param {number} reach
 * @returns {boolean} whether a place is in a box or that near
 */
export function isBy(box, [x, y], reach) {
	return x >= box[0] - reach && x <= box[2] + reach && y >= box[1] - reach && y <= box[3] + reach;
}

/**
 * The nearest place on a path.
 * @param {Float64Array} path x, y, x, y …
 * @param {Pair} place
 * @returns {{far: number, step: number, share: number, place: Pair}} `step` of the edge, and how
 *   far along it
 */
export function nearestOnPath(path, [px, py]) {
	let best = Infinity;
	let step = 0;
	let share = 0;
	/** @type {Pair} */
	let place = [path[0], path[1]];
	for (let i = 0; i + 3 < path.length; i += 2) {
		const dx = path[i + 2] - path[i];
		const dy = path[i + 3] - path[i + 1];
		const long = dx * dx + dy * dy;
		const along = long ? Math.min(Math.max(((px - path[i]) * dx + (py - path[i + 1]) * dy) / long, 0), 1) : 0;
		const x = path[i] + dx * along;
		const y = path[i + 1] + dy * along;
		const far = (px - x) ** 2 + (py - y) ** 2;
		if (far < best) {
			best = far;
			step = i / 2;
			share = along;
			place = [x, y];
		}
	}
	return { far: Math.sqrt(best), step, share, place };
}

/**
 * The nearest corner of a path.
 * @param {Float64Array} path
 * @param {Pair} place
 * @returns {{far: number, at: number}}
 */
export function nearestCorner(path, [px, py]) {
	let best = Infinity;
	let at = 0;
	for (let i = 0; i < path.length; i += 2) {
		const far = (px - path[i]) ** 2 + (py - path[i + 1]) ** 2;
		if (far < best) {
			best = far;
			at = i / 2;
		}
	}
	return { far: Math.sqrt(best), at };
}

/**
 * @param {Pair} place
 * @param {{from: Pair, along: Pair}} line through a place in a direction
 * @returns {Pair} its foot on the line
 */
function foot([x, y], { from, along }) {
	const long = along[0] ** 2 + along[1] ** 2 || 1;
	const share = ((x - from[0]) * along[0] + (y - from[1]) * along[1]) / long;
	return [from[0] + along[0] * share, from[1] + along[1] * share];
}

/**
 * @param {{from: Pair, along: Pair}} one
 * @param {{from: Pair, along: Pair}} other
 * @returns {Pair | null} where two lines cross
 */
function crossing(one, other) {
	const turn = one.along[0] * other.along[1] - one.along[1] * other.along[0];
	const size = Math.hypot(...one.along) * Math.hypot(...other.along);
	if (Math.abs(turn) < 0.05 * size) return null;
	const share = ((other.from[0] - one.from[0]) * other.along[1] - (other.from[1] - one.from[1]) * other.along[0]) / turn;
	return [one.from[0] + one.along[0] * share, one.from[1] + one.along[1] * share];
}

/**
 * Lines on which a corner makes a right angle, or goes straight on, at its neighbours.
 * @param {{at: Pair, before: Pair}[]} neighbours each with the corner beyond it
 * @returns {{from: Pair, along: Pair}[]}
 */
export function squareLines(neighbours) {
	return neighbours.flatMap(({ at, before }) => {
		/** @type {Pair} */
		const along = [at[0] - before[0], at[1] - before[1]];
		if (!along[0] && !along[1]) return [];
		return [{ from: at, along }, { from: at, along: /** @type {Pair} */ ([-along[1], along[0]]) }];
	});
}

/**
 * The place on such lines that is near enough, where two cross before one alone.
 * @param {Pair} place
 * @param {{from: Pair, along: Pair}[]} lines
 * @param {number} reach
 * @returns {{place: Pair, lines: {from: Pair, along: Pair}[]} | null}
 */
export function onSquare(place, lines, reach) {
	const near = lines.map((line) => ({ line, at: foot(place, line) }))
		.filter(({ at }) => Math.hypot(at[0] - place[0], at[1] - place[1]) < reach)
		.sort((a, b) => Math.hypot(a.at[0] - place[0], a.at[1] - place[1]) - Math.hypot(b.at[0] - place[0], b.at[1] - place[1]));
	if (!near.length) return null;
	for (const other of near.slice(1)) {
		const at = crossing(near[0].line, other.line);
		if (at && Math.hypot(at[0] - place[0], at[1] - place[1]) < reach * 1.5)
			return { place: at, lines: [near[0].line, other.line] };
	}
	return { place: near[0].at, lines: [near[0].line] };
}
