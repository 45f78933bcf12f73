/** What the page holds of a draft: the borders near the view, each once, and the grids beside them. */
import { toWorld } from "./geometry.js";

/**
 * @typedef {import("./geometry.js").Pair} Pair
 * @typedef {{id: string, left: string, right: string, line: Pair[], path: Float64Array, box: number[]}} Arc
 * `path` and `box` (west, north, east, south) in pixels of zoom 0
 * @typedef {{id: string, code: string, name: string, level: number, kind: string, parent: string,
 *   is_finest: boolean, locked: boolean, label_at: Pair | null}} Grid
 * `parent` is a code; borders and everything here name grids by `id`, which stays when a code changes
 * @typedef {{gone: any[], come: any[]}} Exchange
 */

/**
 * @param {any} raw
 * @returns {Arc}
 */
function ready(raw) {
	const path = new Float64Array(raw.line.length * 2);
	const box = [Infinity, Infinity, -Infinity, -Infinity];
	raw.line.forEach((/** @type {Pair} */ lonlat, /** @type {number} */ at) => {
		const [x, y] = toWorld(lonlat);
		path[at * 2] = x;
		path[at * 2 + 1] = y;
		box[0] = Math.min(box[0], x);
		box[1] = Math.min(box[1], y);
		box[2] = Math.max(box[2], x);
		box[3] = Math.max(box[3], y);
	});
	return { ...raw, path, box };
}

/**
 * @param {Pair} lonlat
 * @returns {string}
 */
export function keyOf(lonlat) {
	return `${lonlat[0]},${lonlat[1]}`;
}

/** @typedef {{arc: Arc, is_forward: boolean, end: string, is_used: boolean}} Piece */

/**
 * Follow borders until they come back.
 * @param {Map<string, Piece[]>} from pieces by where they start
 * @param {string} start
 * @param {Piece} first
 * @returns {Float64Array | null} null where they leave what is loaded
 */
function ringFrom(from, start, first) {
	const ring = [];
	/** @type {Piece | undefined} */
	let next = first;
	while (next) {
		next.is_used = true;
		const { path } = next.arc;
		for (let i = 0; i < path.length; i += 2) {
			const at = next.is_forward ? i : path.length - 2 - i;
			ring.push(path[at], path[at + 1]);
		}
		if (next.end === start) return Float64Array.from(ring);
		next = (from.get(next.end) || []).find((each) => !each.is_used);
	}
	return null;
}

/** Borders and grids as the server last told them. */
export class Model {
	constructor() {
		this.version = 0;
		this.is_editable = true;
		/** @type {Map<string, Arc>} */
		this.arcs = new Map();
		/** @type {Map<string, Grid>} */
		this.grids = new Map();
		/** @type {string[]} ids of all locked grids, in view or not */
		this.locked = [];
		/** @type {Map<string, string>} */
		this.ids = new Map();
		/** @type {Map<string, {id: string, is_approved: boolean, note: string}>} */
		this.gaps = new Map();
		/** @type {Map<string, {rings: Float64Array[], is_whole: boolean, arcs: Arc[]}>} */
		this.outlines = new Map();
		/** @type {() => void} */
		this.changed = () => {};
	}

	/**
	 * Take what a view holds in place of what was there.
	 * @param {any} view
	 */
	replace(view) {
		this.version = view.version;
		this.is_editable = view.editable;
		this.arcs = new Map(view.arcs.map((/** @type {any} */ raw) => [raw.id, this.arcs.get(raw.id) || ready(raw)]));
		this.grids = new Map(view.grids.map((/** @type {Grid} */ grid) => [grid.id, grid]));
		this.gaps = new Map(view.gaps.map((/** @type {any} */ gap) => [gap.id, gap]));
		this.settled();
	}

	/**
	 * Take what changed.
	 * @param {{version: number, arcs: Exchange, grids: Exchange, gaps: Exchange}} answer
	 */
	exchange({ version, arcs, grids, gaps }) {
		if (version <= this.version) return;
		this.version = version;
		for (const id of arcs.gone) this.arcs.delete(id);
		for (const raw of arcs.come) this.arcs.set(raw.id, ready(raw));
		for (const id of grids.gone) this.grids.delete(id);
		for (const grid of grids.come) this.grids.set(grid.id, grid);
		for (const id of gaps.gone) this.gaps.delete(id);
		for (const gap of gaps.come) this.gaps.set(gap.id, gap);
		this.settled();
	}

	settled() {
		this.ids = new Map([...this.grids.values()].map((grid) => [grid.code, grid.id]));
		this.outlines.clear();
		this.changed();
	}

	/**
	 * @param {string[]} locked ids of all locked grids
	 * @returns {boolean} whether that was news
	 */
	lock(locked) {
		this.locked = locked;
		let is_new = false;
		for (const grid of this.grids.values()) {
			const is = locked.includes(grid.id);
			if (grid.locked === is) continue;
			grid.locked = is;
			is_new = true;
		}
		return is_new;
	}

	/**
	 * @param {string} id
	 * @returns {string} its code of now
	 */
	codeOf(id) {
		const grid = this.grids.get(id);
		return grid ? grid.code : id;
	}

	/**
	 * @param {string} id
	 * @returns {string} what people call it
	 */
	nameOf(id) {
		const grid = this.grids.get(id);
		return (grid && grid.name) || this.codeOf(id);
	}

	/**
	 * @param {string} id
	 * @returns {string} the id of the grid above, `""` for none that is known
	 */
	above(id) {
		const grid = this.grids.get(id);
		return (grid && this.ids.get(grid.parent)) || "";
	}

	/**
	 * @param {string} id
	 * @returns {string[]} the grid and those above it
	 */
	chain(id) {
		/** @type {string[]} */
		const found = [];
		let here = id;
		while (here && !found.includes(here)) {
			found.push(here);
			here = this.above(here);
		}
		return found;
	}

	/**
	 * @param {string} leaf id of a finest grid
	 * @param {number} level
	 * @returns {string} the grid of a level that it is in, itself where it is coarser
	 */
	atLevel(leaf, level) {
		for (const each of this.chain(leaf)) {
			const grid = this.grids.get(each);
			if (grid && grid.level <= level) return each;
		}
		return leaf;
	}

	/**
	 * @param {Arc} arc
	 * @returns {number} the coarsest level of which it is a border; 0 at the edge of the region
	 */
	levelOf(arc) {
		if (!arc.left || !arc.right) return 0;
		const right = new Set(this.chain(arc.right));
		let level = 9;
		for (const id of this.chain(arc.left)) {
			if (right.has(id)) break;
			level = (this.grids.get(id) || { level }).level;
		}
		return level;
	}

	/**
	 * The edge of a grid of any level, as far as it is loaded.
	 * @param {string} id
	 */
	outline(id) {
		let found = this.outlines.get(id);
		if (!found) {
			found = this.chained(id);
			this.outlines.set(id, found);
		}
		return found;
	}

	/** @param {string} id */
	chained(id) {
		const isIn = this.inside(id);
		const arcs = [];
		/** @type {Map<string, Piece[]>} */
		const from = new Map();
		for (const arc of this.arcs.values()) {
			const is_forward = isIn(arc.left);
			if (is_forward === isIn(arc.right)) continue;
			arcs.push(arc);
			const ends = [keyOf(arc.line[0]), keyOf(arc.line[arc.line.length - 1])];
			const [start, end] = is_forward ? ends : ends.reverse();
			const out = from.get(start) || [];
			out.push({ arc, is_forward, end, is_used: false });
			from.set(start, out);
		}
		const found = [...from].flatMap(([start, out]) => out.map((first) => (first.is_used ? undefined : ringFrom(from, start, first))))
			.filter((ring) => ring !== undefined);
		const rings = /** @type {Float64Array[]} */ (found.filter(Boolean));
		return { rings, is_whole: arcs.length > 0 && rings.length === found.length, arcs };
	}

	/**
	 * @param {string} id
	 * @returns {(leaf: string) => boolean} whether a finest grid is in a grid
	 */
	inside(id) {
		/** @type {Map<string, boolean>} */
		const known = new Map([["", false]]);
		return (leaf) => {
			let is = known.get(leaf);
			if (is === undefined) {
				is = this.chain(leaf).includes(id);
				known.set(leaf, is);
			}
			return is;
		};
	}

	/**
	 * What lies at a place: the side of the nearest border to its east or west, else north or south.
	 * @param {Pair} place
	 * @returns {string} id of a finest grid or a gap, `""` outside
	 */
	leafAt(place) {
		const across = this.sideAlong(place, 0) || this.sideAlong(place, 1);
		return across ? across.side : "";
	}

	/**
	 * @param {Pair} place
	 * @param {0 | 1} axis 0: look east and west, 1: look north and south
	 * @returns {{side: string} | null}
	 */
	sideAlong(place, axis) {
		const other = axis ? 0 : 1;
		const [u, v] = [place[axis], place[other]];
		let best = Infinity;
		/** @type {{side: string} | null} */
		let found = null;
		for (const arc of this.arcs.values()) {
			if (arc.box[other] > v || arc.box[other + 2] < v) continue;
			const { path } = arc;
			for (let i = 0; i + 3 < path.length; i += 2) {
				const v1 = path[i + other];
				const v2 = path[i + 2 + other];
				if (v1 <= v === v2 <= v) continue;
				const cut = path[i + axis] + ((v - v1) / (v2 - v1)) * (path[i + 2 + axis] - path[i + axis]);
				const far = Math.abs(cut - u);
				if (far >= best) continue;
				best = far;
				// y grows southwards: going south, what lies east is to the left
				const is_east = u > cut;
				const is_left = axis ? is_east === v2 < v1 : is_east === v2 > v1;
				found = { side: is_left ? arc.left : arc.right };
			}
		}
		return found;
	}

	/**
	 * Every border that has a corner, with where it stands in each.
	 * @param {Pair} lonlat
	 * @returns {{arc: Arc, at: number}[]}
	 */
	cornerArcs(lonlat) {
		const found = [];
		for (const arc of this.arcs.values())
			for (let at = 0; at < arc.line.length; at++)
				if (arc.line[at][0] === lonlat[0] && arc.line[at][1] === lonlat[1]) found.push({ arc, at });
		return found;
	}
}
