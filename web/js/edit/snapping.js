/** Where a drawn corner goes: onto corners, borders, streets and right angles that are near. */
import { between, isBy, nearestCorner, nearestOnPath, onSquare, squareLines, toDegrees } from "./geometry.js";

const CORNER_PX = 10;
const LINE_PX = 9;
const SQUARE_PX = 7;

/**
 * @typedef {import("./geometry.js").Pair} Pair
 * @typedef {import("./model.js").Arc} Arc
 * @typedef {{name: string, points: Float64Array, box: number[], kind: number}} Street
 * @typedef {{place: Pair, lonlat: Pair, kind: "" | "corner" | "border" | "street" | "square", street?: Street,
 *   step?: number, share?: number, arc?: Arc, lines?: {from: Pair, along: Pair}[]}} Snapped
 * `step` and `share` say where on the street
 */

/** Looks for what is near a place. */
export class Snapper {
	/**
	 * @param {import("./model.js").Model} model
	 * @param {() => Street[]} streets
	 * @param {() => number} scale pixels of the screen to one of zoom 0
	 */
	constructor(model, streets, scale) {
		this.model = model;
		this.streets = streets;
		this.scale = scale;
	}

	/**
	 * The nearest corner of a border.
	 * @param {Pair} place
	 * @param {number} [px]
	 * @returns {{arc: Arc, at: number, lonlat: Pair, place: Pair} | null}
	 */
	corner(place, px = CORNER_PX) {
		let reach = px / this.scale();
		let found = null;
		for (const arc of this.model.arcs.values()) {
			if (!isBy(arc.box, place, reach)) continue;
			const { far, at } = nearestCorner(arc.path, place);
			if (far >= reach) continue;
			reach = far;
			found = { arc, at, lonlat: arc.line[at], place: /** @type {Pair} */ ([arc.path[at * 2], arc.path[at * 2 + 1]]) };
		}
		return found;
	}

	/**
	 * The nearest place on a border, as plans mean it: straight in degrees.
	 * @param {Pair} place
	 * @param {number} [px]
	 * @returns {{arc: Arc, step: number, lonlat: Pair, place: Pair} | null}
	 */
	border(place, px = LINE_PX) {
		let reach = px / this.scale();
		let found = null;
		for (const arc of this.model.arcs.values()) {
			if (!isBy(arc.box, place, reach)) continue;
			const near = nearestOnPath(arc.path, place);
			if (near.far >= reach) continue;
			reach = near.far;
			const lonlat = between(arc.line[near.step], arc.line[near.step + 1], near.share);
			found = { arc, step: near.step, lonlat, place: near.place };
		}
		return found;
	}

	/**
	 * The nearest place on a street, its corners first.
	 * @param {Pair} place
	 * @param {number} [px]
	 * @returns {Snapped | null}
	 */
	street(place, px = LINE_PX) {
		const limit = px / this.scale();
		let reach = limit;
		/** @type {Snapped | null} */
		let found = null;
		for (const street of this.streets()) {
			if (!isBy(street.box, place, reach)) continue;
			const near = nearestOnPath(street.points, place);
			if (near.far >= reach) continue;
			reach = near.far;
			const corner = nearestCorner(street.points, place);
			const is_corner = corner.far < limit * 0.7;
			const at = /** @type {Pair} */ (is_corner ? [street.points[corner.at * 2], street.points[corner.at * 2 + 1]] : near.place);
			found = { place: at, lonlat: toDegrees(at), kind: "street", street,
				step: is_corner ? corner.at : near.step, share: is_corner ? 0 : near.share };
		}
		return found;
	}

	/**
	 * Where a corner that is drawn or dragged goes.
	 * @param {Pair} place
	 * @param {{free?: boolean, borders?: boolean, neighbours?: {at: Pair, before: Pair}[]}} [wish]
	 *   `free`: nowhere else; `borders`: also onto borders of the draft; `neighbours`: right angles there
	 * @returns {Snapped}
	 */
	snap(place, { free = false, borders = false, neighbours = [] } = {}) {
		/** @type {Snapped} */
		const plain = { place, lonlat: toDegrees(place), kind: "" };
		if (free) return plain;
		if (borders) {
			const corner = this.corner(place);
			if (corner) return { place: corner.place, lonlat: corner.lonlat, kind: "corner", arc: corner.arc };
			const border = this.border(place);
			if (border) return { place: border.place, lonlat: border.lonlat, kind: "border", arc: border.arc };
		}
		const street = this.street(place);
		if (street) return street;
		const square = onSquare(place, squareLines(neighbours), SQUARE_PX / this.scale());
		return square ? { ...square, lonlat: toDegrees(square.place), kind: "square" } : plain;
	}
}

/**
 * The corners of a street between two places on it.
 * @param {Snapped} from
 * @param {Snapped} to
 * @returns {Pair[]} in pixels of zoom 0, without the places themselves
 */
export function alongStreet(from, to) {
	const { street } = from;
	if (!street || street !== to.street) return [];
	const [a, b] = [(from.step || 0) + (from.share || 0), (to.step || 0) + (to.share || 0)];
	const between = [];
	for (let at = Math.floor(Math.min(a, b)) + 1; at < Math.max(a, b); at++)
		between.push(/** @type {Pair} */ ([street.points[at * 2], street.points[at * 2 + 1]]));
	return a < b ? between : between.reverse();
}
