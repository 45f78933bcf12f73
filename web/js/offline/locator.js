/**
 * Which grid a point is in and how far its boundary is, as `geogrid.locate` answers, for the
 * few thousand grids of a copy: every polygon whose bounds hold the point is asked.
 */
import { compareDirections, direction, sideOfEdge } from "./exact.js";

/**
 * @typedef {{grid: number, rank: number, rings: Float64Array[], box: number[]}} Part a polygon of a
 *   grid, its shell first; rings as x, y in turn
 */

const DEGREE = Math.PI / 180;
const RADIUS_M = 6378137;
const FLATTENING = 1 / 298.257223563;
const SQUARED = FLATTENING * (2 - FLATTENING);
/** Borders closer together than this are one border, drawn twice. */
const SAME_M = 0.01;

/**
 * @param {Float64Array} ring
 * @param {number} x
 * @param {number} y
 * @returns {{isOdd: boolean, touches: boolean}} whether an odd number of edges pass west of the
 *   point once it is moved by (+ε, +ε²), and whether it is on one
 */
function examine(ring, x, y) {
	let isOdd = false;
	let touches = false;
	for (let at = 0; at + 3 < ring.length; at += 2) {
		const [ax, ay, bx, by] = [ring[at], ring[at + 1], ring[at + 2], ring[at + 3]];
		if (Math.min(ay, by) > y || Math.max(ay, by) < y || (ax === bx && ay === by)) continue;
		const side = sideOfEdge(ax, ay, bx, by, x, y);
		if (side === 0 && Math.min(ax, bx) <= x && x <= Math.max(ax, bx)) touches = true;
		if (isWest(ay, by, y, side)) isOdd = !isOdd;
	}
	return { isOdd, touches };
}

/**
 * Whether an edge passes at or west of a point: half-open in y, closed in x.
 * @param {number} ay
 * @param {number} by
 * @param {number} y
 * @param {number} side of the point
 */
function isWest(ay, by, y, side) {
	if (by > ay) return side <= 0 && y < by;
	return by < ay && side >= 0 && y < ay;
}

/**
 * @param {Part} part
 * @param {number} x
 * @param {number} y
 */
function ask(part, x, y) {
	const found = part.rings.map((ring) => examine(ring, x, y));
	return {
		holds: found[0].isOdd && found.filter((each) => each.isOdd).length === 1,
		touches: found.some((each) => each.touches),
	};
}

/**
 * Of polygons that touch a point, the one met first, counter-clockwise from just north of east.
 * @param {Part[]} parts
 * @param {number} x
 * @param {number} y
 * @returns {Part}
 */
function firstTouching(parts, x, y) {
	/** @type {{part: Part, way: ReturnType<typeof direction>} | null} */
	let best = null;
	for (const part of parts)
		for (const ring of part.rings)
			for (const to of endsAt(ring, x, y)) {
				const way = direction(x, y, to);
				const order = best ? compareDirections(way, best.way) || part.rank - best.part.rank : -1;
				if (order < 0) best = { part, way };
			}
	return best ? best.part : parts.reduce((one, other) => (other.rank < one.rank ? other : one));
}

/**
 * The other ends of the edges that a point lies on.
 * @param {Float64Array} ring
 * @param {number} x
 * @param {number} y
 */
function endsAt(ring, x, y) {
	const found = [];
	for (let at = 0; at + 3 < ring.length; at += 2) {
		const [ax, ay, bx, by] = ring.subarray(at, at + 4);
		const isNear = Math.min(ax, bx) <= x && x <= Math.max(ax, bx) && Math.min(ay, by) <= y && y <= Math.max(ay, by);
		if (isNear && sideOfEdge(ax, ay, bx, by, x, y) === 0) found.push([ax, ay], [bx, by]);
	}
	return found.filter(([ex, ey]) => ex !== x || ey !== y);
}

/**
 * Metres of a degree at a latitude, and how they change (`local_measure` of the server).
 * @param {number} y
 */
function measureAt(y) {
	const sine = Math.sin(y * DEGREE);
	const cosine = Math.cos(y * DEGREE);
	const bulge = 1 - SQUARED * sine * sine;
	const east = (DEGREE * RADIUS_M * cosine) / Math.sqrt(bulge);
	const north = (DEGREE * RADIUS_M * (1 - SQUARED)) / bulge ** 1.5;
	return { east, north, narrows: (DEGREE / 2) * sine * north,
		grows: ((DEGREE / 2) * north * 3 * SQUARED * sine * cosine) / bulge };
}

/**
 * The square of the metres from a point to a ring.
 * @param {Float64Array} ring
 * @param {number} x
 * @param {number} y
 * @param {ReturnType<typeof measureAt>} measure
 */
function squareTo(ring, x, y, { east, north, narrows, grows }) {
	let best = Infinity;
	for (let at = 0; at + 3 < ring.length; at += 2) {
		const [ax, ay, bx, by] = [ring[at], ring[at + 1], ring[at + 2], ring[at + 3]];
		const alongX = (bx - ax) * east;
		const alongY = (by - ay) * north;
		const length = alongX * alongX + alongY * alongY || 1;
		const share = Math.min(Math.max(((x - ax) * east * alongX + (y - ay) * north * alongY) / length, 0), 1);
		const toX = ax + share * (bx - ax) - x;
		const toY = ay + share * (by - ay) - y;
		const metresX = toX * (east - narrows * toY);
		const metresY = toY * (north + grows * toY);
		best = Math.min(best, metresX * metresX + metresY * metresY);
	}
	return best;
}

/**
 * @param {Part[]} parts of the finest grids
 */
export function makeLocator(parts) {
	/**
	 * @param {number} x longitude
	 * @param {number} y latitude
	 * @returns {number} the grid, -1 outside all
	 */
	function locate(x, y) {
		const near = parts.filter(({ box }) => box[0] <= x && x <= box[2] && box[1] <= y && y <= box[3]);
		const found = near.map((part) => ({ part, ...ask(part, x, y) }));
		const holders = found.filter((each) => each.holds).map((each) => each.part);
		if (holders.length) return holders.reduce((one, other) => (other.rank < one.rank ? other : one)).grid;
		const touching = found.filter((each) => each.touches).map((each) => each.part);
		return touching.length ? firstTouching(touching, x, y).grid : -1;
	}

	/**
	 * @param {number} x longitude
	 * @param {number} y latitude
	 * @returns {number[]} metres to the boundary of each part
	 */
	function metresTo(x, y) {
		const measure = measureAt(y);
		return parts.map((part) => Math.sqrt(Math.min(...part.rings.map((ring) => squareTo(ring, x, y, measure)))));
	}

	/**
	 * @param {number} x longitude
	 * @param {number} y latitude
	 * @param {number} own grid of the point
	 * @returns {{metres: number, across: number}} how far the nearest boundary is, and the grid
	 *   across it, -1 for none
	 */
	function nearest(x, y, own) {
		const each = metresTo(x, y);
		const metres = each.reduce((one, other) => Math.min(one, other), Infinity);
		let across = -1;
		let lowest = Infinity;
		parts.forEach(({ grid, rank }, at) => {
			if (grid === own || rank >= lowest || each[at] > metres + SAME_M) return;
			[across, lowest] = [grid, rank];
		});
		return { metres, across };
	}

	/**
	 * @param {number} x longitude
	 * @param {number} y latitude
	 * @param {number} own grid of the point
	 * @param {number} metres
	 * @returns {number[]} the grids within so many metres, its own first, then the nearest
	 */
	function within(x, y, own, metres) {
		const each = metresTo(x, y);
		const near = parts.map((part, at) => ({ grid: part.grid, metres: each[at] })).filter((part) => part.metres < metres);
		near.sort((one, other) => one.metres - other.metres);
		return Array.from(new Set([own, ...near.map((part) => part.grid)]));
	}

	return { locate, nearest, within };
}
