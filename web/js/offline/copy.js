/** A copy as `/api/v1/offline` writes it, made ready to be asked. */
import { makeLocator } from "./locator.js";

/** Copies of other formats are of another release. */
export const FORMAT = 2;

/**
 * @typedef {{code: string, name: string, level: number, kind: string, parent: string, at: number}} Grid
 */

/**
 * @param {{unit: number, coordinates: number[]}} shapes
 * @returns {Float64Array} x, y in turn, the doubles that the server has
 */
function decode({ unit, coordinates }) {
	if (!unit) return Float64Array.from(coordinates);
	const found = new Float64Array(coordinates.length);
	let x = 0;
	let y = 0;
	for (let at = 0; at < coordinates.length; at += 2) {
		x += coordinates[at];
		y += coordinates[at + 1];
		found[at] = x / unit;
		found[at + 1] = y / unit;
	}
	return found;
}

/**
 * @param {Float64Array} ring
 * @returns {number[]} west, south, east, north
 */
function boxOf(ring) {
	const box = [Infinity, Infinity, -Infinity, -Infinity];
	for (let at = 0; at < ring.length; at += 2) {
		box[0] = Math.min(box[0], ring[at]);
		box[1] = Math.min(box[1], ring[at + 1]);
		box[2] = Math.max(box[2], ring[at]);
		box[3] = Math.max(box[3], ring[at + 1]);
	}
	return box;
}

/**
 * @param {any} shapes
 * @returns {{grid: number, rings: Float64Array[]}[]} the polygons of all grids
 */
function polygonsOf(shapes) {
	const all = decode(shapes);
	let ring = 0;
	let from = 0;
	return shapes.parts.map((/** @type {number} */ count, /** @type {number} */ at) => {
		const rings = [];
		for (let k = 0; k < count; k++, ring++) {
			rings.push(all.subarray(from, from + 2 * shapes.rings[ring]));
			from += 2 * shapes.rings[ring];
		}
		return { grid: shapes.owners[at], rings };
	});
}

/** @param {Float64Array} ring */
function pairs(ring) {
	const found = [];
	for (let at = 0; at < ring.length; at += 2) found.push([ring[at], ring[at + 1]]);
	return found;
}

/**
 * @param {any} data as the server wrote it
 */
export function openCopy(data) {
	/** @type {Grid[]} */
	const grids = data.grids.map((/** @type {any[]} */ [code, name, level, kind, parent], /** @type {number} */ at) =>
		({ code, name, level, kind, parent, at }));
	const byCode = new Map(grids.map((grid) => [grid.code, grid]));
	const own = new Set(data.own);
	const rank = new Map(data.leaves.map((/** @type {number} */ grid, /** @type {number} */ at) => [grid, at]));
	const polygons = polygonsOf(data.shapes);
	const parts = polygons.filter(({ grid }) => rank.has(grid))
		.map((each) => ({ ...each, rank: /** @type {number} */ (rank.get(each.grid)), box: boxOf(each.rings[0]) }));

	/**
	 * A grid and those above it, finest first.
	 * @param {Grid | undefined} grid
	 * @returns {Grid[]}
	 */
	function chainOf(grid) {
		/** @type {Grid[]} */
		const chain = [];
		for (let step = grid; step && !chain.includes(step); step = byCode.get(step.parent)) chain.push(step);
		return chain;
	}

	/** @param {number} level */
	function shownAt(level) {
		return grids.filter((grid) => own.has(grid.at) && (grid.level === level || (grid.level < level && rank.has(grid.at))));
	}

	/**
	 * The grids to draw for a level, as GeoJSON.
	 * @param {number} level
	 */
	function geojson(level) {
		const features = shownAt(level).map((grid) => ({
			type: "Feature",
			properties: { code: grid.code, name: grid.name, kind: grid.kind, label: data.shapes.places[grid.at] },
			geometry: { type: "MultiPolygon", coordinates: polygons.filter((each) => each.grid === grid.at)
				.map((each) => each.rings.map(pairs)) },
		}));
		return { type: "FeatureCollection", features };
	}

	/**
	 * Who answers at a grid and above it, in the order to ask.
	 * @param {Grid} grid
	 */
	function answersOf(grid) {
		const rows = chainOf(grid).flatMap((step) => data.answers[step.at].map((/** @type {any} */ row) =>
			({ name: "", vacant: false, ...row, grid: step.code, grid_name: step.name })));
		return rows.map((row, at) => ({ ...row, first: at === data.first[grid.at] }));
	}

	/**
	 * @param {Grid} grid
	 * @returns {number[]} west, south, east, north
	 */
	function boundsOf(grid) {
		const boxes = polygons.filter((each) => each.grid === grid.at).map((each) => boxOf(each.rings[0]));
		return boxes.length ? [0, 1, 2, 3].map((edge) => (edge < 2 ? Math.min : Math.max)(...boxes.map((box) => box[edge])))
			: data.plan.bounds;
	}

	return {
		data, grids, byCode, chainOf, geojson, answersOf, boundsOf,
		isOwn: (/** @type {Grid} */ grid) => own.has(grid.at),
		...makeLocator(parts),
	};
}
