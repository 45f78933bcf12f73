/** Corners: moved, put in and taken out. */
import { t } from "../../lib/i18n.js";
import { BAD, DRAWN, borderStyle } from "../drawing.js";
import { toDegrees, toWorld } from "../geometry.js";
import { paintSnap } from "./marks.js";
import { Tool } from "./tool.js";

/**
 * @typedef {import("../geometry.js").Pair} Pair
 * @typedef {import("../bench.js").At} At
 * @typedef {import("../chart.js").Pen} Pen
 */

const NUDGE_MS = 600;
/** @type {Record<string, Pair>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Drags corners, and borders by putting a corner in; arrow keys nudge the chosen one. */
export class MoveTool extends Tool {
	/** @param {import("../bench.js").Bench} bench */
	constructor(bench) {
		super(bench);
		/** @type {{from: Pair, to: Pair, snapped: any, is_new: boolean, pieces: {arc: any, path: Float64Array, at: number}[], is_sent?: boolean} | null} */
		this.dragged = null;
		/** @type {Pair | null} degrees of the corner that keys act on */
		this.held = null;
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.nudging = undefined;
	}

	/** @param {At | null} at */
	hint(at) {
		const { model, is_ready } = this.bench;
		if (this.dragged) return this.bench.byHand(t("Let go to put the corner here · Alt: no snapping · Esc: cancel"), t("Let go to put the corner here"));
		if (!at) return "";
		if (is_ready && at.corner) {
			const count = new Set(model.cornerArcs(at.corner.lonlat).flatMap(({ arc }) => [arc.left, arc.right])).size;
			return this.bench.byHand(t("Drag to move this corner of {n} grids · Del or long press: take it out", { n: count }),
				t("Drag to move this corner of {n} grids · long press: take it out", { n: count }));
		}
		if (is_ready && at.border) return t("Drag to bend the border here");
		return at.grid ? t("Click to choose {name}", { name: model.nameOf(at.grid) }) : "";
	}

	get is_under_way() {
		return Boolean(this.dragged || this.held);
	}

	cancel() {
		clearTimeout(this.nudging);
		this.bench.forget();
		this.held = null;
		this.drop();
	}

	/** Forget what is dragged: the plan shows as it is. */
	drop() {
		this.dragged = null;
		this.bench.chart.lift([]);
		this.bench.ui.options();
	}

	/** @param {At} at */
	press(at) {
		if (!this.bench.is_ready || (this.dragged && this.dragged.is_sent)) return false;
		if (at.corner) this.lift(at.corner.lonlat);
		else if (at.border) this.bend(at.border);
		else return false;
		return true;
	}

	/** @param {Pair} lonlat of a corner */
	lift(lonlat) {
		const pieces = this.bench.model.cornerArcs(lonlat).map(({ arc, at }) => ({ arc, path: arc.path.slice(), at }));
		this.take({ from: lonlat, to: lonlat, snapped: null, is_new: false, pieces });
	}

	/** @param {{arc: any, step: number, lonlat: Pair, place: Pair}} border */
	bend({ arc, step, lonlat, place }) {
		const path = new Float64Array(arc.path.length + 2);
		path.set(arc.path.subarray(0, step * 2 + 2));
		path.set(place, step * 2 + 2);
		path.set(arc.path.subarray(step * 2 + 2), step * 2 + 4);
		this.take({ from: lonlat, to: lonlat, snapped: null, is_new: true, pieces: [{ arc, path, at: step + 1 }] });
	}

	/** @param {NonNullable<MoveTool["dragged"]>} dragged */
	take(dragged) {
		this.bench.clearWrong();
		this.dragged = dragged;
		this.bench.chart.lift([...new Set(dragged.pieces.map(({ arc }) => arc.id))]);
	}

	/** @param {At} at */
	drag(at) {
		const { dragged, bench } = this;
		if (!dragged || dragged.is_sent) return;
		const snapped = bench.snapper.snap(at.place, { free: at.free, neighbours: this.neighbours() });
		this.put(snapped.lonlat, snapped.place);
		dragged.snapped = snapped;
		this.askFigures();
	}

	/** @returns {{at: Pair, before: Pair}[]} the corners beside the one that is dragged, with those beyond */
	neighbours() {
		const { dragged } = this;
		if (!dragged) return [];
		const corner = (/** @type {Float64Array} */ path, /** @type {number} */ at) => /** @type {Pair} */ ([path[at * 2], path[at * 2 + 1]]);
		const lifted = new Set(dragged.pieces.map(({ arc }) => arc.id));
		return dragged.pieces.flatMap(({ arc, path, at }) => [-1, 1].flatMap((way) => {
			const [next, beyond, end] = [at + way, at + 2 * way, path.length / 2 - 1];
			if (next < 0 || next > end) return [];
			if (beyond >= 0 && beyond <= end) return [{ at: corner(path, next), before: corner(path, beyond) }];
			return this.bench.model.cornerArcs(arc.line[way < 0 ? 0 : arc.line.length - 1]).filter((other) => !lifted.has(other.arc.id))
				.map((other) => ({ at: corner(path, next), before: corner(other.arc.path, other.at ? other.at - 1 : 1) }));
		}));
	}

	/**
	 * @param {Pair} lonlat
	 * @param {Pair} place
	 */
	put(lonlat, place) {
		const { dragged } = this;
		if (!dragged) return;
		dragged.to = lonlat;
		for (const piece of dragged.pieces) piece.path.set(place, piece.at * 2);
		this.bench.touch();
	}

	/** @returns {[string, object] | null} */
	asOperation() {
		const { dragged } = this;
		if (!dragged || (dragged.to[0] === dragged.from[0] && dragged.to[1] === dragged.from[1])) return null;
		return [dragged.is_new ? "insert_vertex" : "move_vertex", { at: dragged.from, to: dragged.to }];
	}

	askFigures() {
		const operation = this.asOperation();
		if (operation) this.bench.trial(...operation);
	}

	/** @param {At} _at */
	release(_at) {
		return this.settle();
	}

	/** Do what was dragged; what is refused snaps back. */
	async settle() {
		const { dragged, bench } = this;
		const operation = this.asOperation();
		if (!dragged || dragged.is_sent) return;
		if (!operation) {
			this.drop();
			return;
		}
		dragged.is_sent = true;
		const done = await bench.perform(...operation);
		if (this.held) this.held = done ? dragged.to : dragged.from;
		if (this.dragged === dragged) this.drop();
	}

	/** @param {At} at */
	click(at) {
		if (this.dragged && !this.dragged.is_sent) this.drop();
		if (this.bench.is_ready && at.corner) {
			this.held = at.corner.lonlat;
			this.bench.map.getContainer().focus({ preventScroll: true });
			this.bench.touch();
			return;
		}
		this.held = null;
		if (at.grid) this.bench.choose(at.grid);
	}

	/** @param {At} at */
	hold(at) {
		if (!this.bench.is_ready || !at.corner) return;
		this.drop();
		this.bench.perform("delete_vertex", { at: at.corner.lonlat });
	}

	/** @param {KeyboardEvent} event */
	key(event) {
		const way = ARROWS[event.key];
		if (way && this.held) this.nudge(way, event.shiftKey ? 10 : 1);
		else if (event.key === "Delete" || event.key === "Backspace") return this.remove();
		else if (event.key === "Enter" && this.dragged) this.settle();
		else if (event.key === "[" || event.key === "]") return this.next(event.key === "]" ? 1 : -1);
		else return false;
		return true;
	}

	/** Take out the held corner, or the one at the pointer. */
	remove() {
		const { at } = this.bench;
		const corner = this.held || (at && at.corner && at.corner.lonlat);
		if (!corner || !this.bench.is_ready) return false;
		this.held = null;
		this.bench.perform("delete_vertex", { at: corner });
		return true;
	}

	/**
	 * Move the held corner a little; it is done when the keys rest.
	 * @param {Pair} way
	 * @param {number} px
	 */
	nudge(way, px) {
		if (this.dragged && this.dragged.is_sent) return;
		if (!this.dragged) this.lift(/** @type {Pair} */ (this.held));
		const { dragged, bench } = this;
		if (!dragged) return;
		const [x, y] = toWorld(dragged.to);
		const place = /** @type {Pair} */ ([x + (way[0] * px) / bench.scale(), y + (way[1] * px) / bench.scale()]);
		dragged.snapped = null;
		this.put(toDegrees(place), place);
		this.askFigures();
		clearTimeout(this.nudging);
		this.nudging = setTimeout(() => this.settle(), NUDGE_MS);
	}

	/**
	 * Hold the next corner of the chosen grid.
	 * @param {1 | -1} way
	 */
	next(way) {
		const { bench } = this;
		const seen = new Set();
		const corners = bench.model.outline(bench.chosen).arcs.flatMap((arc) => arc.line)
			.filter((lonlat) => !seen.has(String(lonlat)) && seen.add(String(lonlat)));
		if (!corners.length || !bench.is_ready) return false;
		const at = this.held ? corners.findIndex((lonlat) => String(lonlat) === String(this.held)) : -1;
		this.held = corners[(at + way + corners.length) % corners.length];
		bench.map.panInside([this.held[1], this.held[0]], { padding: [60, 60] });
		bench.touch();
		return true;
	}

	/** @param {Pen} pen */
	paint(pen) {
		const { dragged, bench } = this;
		if (!dragged) {
			if (this.held) pen.dot(toWorld(this.held), { size: 7, colour: DRAWN, shape: "square" });
			return;
		}
		const style = borderStyle(Math.min(...dragged.pieces.map(({ arc }) => bench.model.levelOf(arc))));
		const paths = dragged.pieces.map(({ path }) => path);
		pen.stroke(dragged.pieces.map(({ arc }) => arc.path), { colour: "rgba(60,75,85,0.55)", width: 1.2, dash: [3, 4] });
		pen.stroke(paths, { colour: "rgba(255,255,255,0.85)", width: style.width + 4 });
		pen.stroke(paths, { colour: bench.wrong ? BAD : DRAWN, width: style.width + 0.8, dash: bench.wrong ? [7, 4] : [] });
		paintSnap(pen, dragged.snapped);
		pen.dot(toWorld(dragged.to), { size: 7, colour: bench.wrong ? BAD : DRAWN });
	}
}

/** Puts corners on borders. */
export class InsertTool extends MoveTool {
	/** @param {At | null} at */
	hint(at) {
		if (this.dragged) return super.hint(at);
		if (at && at.corner) return t("There is a corner here already; drag it to move it");
		return at && at.border ? t("Click to put a corner on the border between {a} and {b}", sides(this.bench, at.border.arc))
			: t("Point at a border to put a corner on it");
	}

	/** @param {At} at */
	click(at) {
		this.drop();
		if (this.bench.is_ready && at.border && !at.corner) this.bench.perform("insert_vertex", { at: at.border.lonlat });
	}
}

/** Takes corners out. */
export class DeleteTool extends Tool {
	/** @param {At | null} at */
	hint(at) {
		return at && at.corner ? t("Click to take this corner out") : t("Point at a corner to take it out");
	}

	/** @param {At} at */
	click(at) {
		if (this.bench.is_ready && at.corner && !at.is_second) this.bench.perform("delete_vertex", { at: at.corner.lonlat });
	}

	/** @param {Pen} pen */
	paint(pen) {
		const { at } = this.bench;
		if (at && at.corner) pen.dot(at.corner.place, { size: 8, colour: BAD, shape: "square" });
	}
}

/**
 * @param {import("../bench.js").Bench} bench
 * @param {any} arc
 * @returns {{a: string, b: string}} the names of both its sides
 */
export function sides({ model }, { left, right }) {
	const [a, b] = [left, right].map((id) => (id ? model.nameOf(id) : t("outside")));
	return { a, b };
}

