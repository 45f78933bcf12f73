/** Lines drawn corner by corner: a border drawn anew, a grid split. */
import { t } from "../../lib/i18n.js";
import { MARKS, markGrid } from "../drawing.js";
import { toDegrees } from "../geometry.js";
import { alongStreet } from "../snapping.js";
import { paintLine, paintSnap } from "./marks.js";
import { sides } from "./corners.js";
import { Tool } from "./tool.js";

/**
 * @typedef {import("../geometry.js").Pair} Pair
 * @typedef {import("../bench.js").At} At
 * @typedef {import("../chart.js").Pen} Pen
 * @typedef {import("../snapping.js").Snapped} Snapped
 */

const SAMPLES = 60;

/** Draws a line; click by click, along streets between two clicks on the same one. */
export class LineTool extends Tool {
	/** @param {import("../bench.js").Bench} bench */
	constructor(bench) {
		super(bench);
		this.has_finish = true;
		/** @type {Snapped[]} */
		this.drawn = [];
		this.is_ring = false;
		this.cursor = "crosshair";
	}

	get is_under_way() {
		return this.drawn.length > 0;
	}

	get is_complete() {
		return this.drawn.length >= (this.is_ring ? 3 : 2);
	}

	cancel() {
		this.drawn = [];
		this.bench.forget();
		this.bench.touch();
	}

	/**
	 * Where a click here would put a corner, and what leads there.
	 * @param {At | null} at
	 * @returns {Snapped[]}
	 */
	onward(at) {
		if (!at) return [];
		const { snapper } = this.bench;
		const last = this.drawn.slice(-2);
		const neighbours = last.length === 2 ? [{ at: last[1].place, before: last[0].place }] : [];
		const snapped = snapper.snap(at.place, { free: at.free, borders: true, neighbours });
		const from = this.drawn[this.drawn.length - 1];
		const way = from && !at.free ? alongStreet(this.asOnStreet(from), this.asOnStreet(snapped)) : [];
		return [...way.map((place) => ({ place, lonlat: toDegrees(place), kind: /** @type {""} */ ("") })), snapped];
	}

	/**
	 * A corner on a border may lie on a street as well.
	 * @param {Snapped} snapped
	 * @returns {Snapped}
	 */
	asOnStreet(snapped) {
		return snapped.street ? snapped : { ...snapped, ...(this.bench.snapper.street(snapped.place, 4) || {}) };
	}

	/** @param {At} at */
	click(at) {
		if (!this.bench.is_ready) return;
		if (!this.drawn.length) this.bench.clearWrong();
		const next = this.onward(at);
		const [last, now] = [this.drawn[this.drawn.length - 1], next[next.length - 1]];
		if (last && last.lonlat[0] === now.lonlat[0] && last.lonlat[1] === now.lonlat[1]) {
			if (this.is_complete) this.finish(); // the second click of a double one
			return;
		}
		if (this.is_ring && this.is_complete && this.isBeside(this.drawn[0].place, at.place)) {
			this.finish();
			return;
		}
		this.drawn.push(...next);
		this.added(now);
		this.bench.ui.options();
		this.bench.touch();
	}

	/**
	 * @param {Pair} one
	 * @param {Pair} other
	 */
	isBeside(one, other) {
		return Math.hypot(one[0] - other[0], one[1] - other[1]) * this.bench.scale() < 12;
	}

	/** @param {Snapped} _now the corner that was just drawn */
	added(_now) {
		const operation = this.is_complete ? this.asOperation() : null;
		if (operation) this.bench.trial(...operation);
	}

	/** @param {KeyboardEvent} event */
	key(event) {
		if (event.key !== "Backspace" || !this.drawn.length) return false;
		this.stepBack();
		return true;
	}

	get may_step_back() {
		return this.drawn.length > 0;
	}

	stepBack() {
		this.drawn.pop();
		this.bench.forget();
		this.bench.ui.options();
		this.bench.touch();
	}

	/** @returns {Pair[]} in degrees */
	line() {
		return this.drawn.map((each) => each.lonlat);
	}

	/** @returns {[string, object] | null} */
	asOperation() {
		return null;
	}

	async finish() {
		const operation = this.is_complete ? this.asOperation() : null;
		if (!operation) return;
		const { drawn } = this;
		this.drawn = [];
		this.bench.ui.options();
		if (await this.bench.perform(...operation)) return;
		if (!this.drawn.length) this.drawn = drawn; // refused: the line stays, to be put right
		this.bench.ui.options();
		this.bench.touch();
	}

	/** @returns {string} what to do with a line that has begun */
	get finishing() {
		return this.bench.byHand(t("Double click or Enter: finish · Backspace: one corner back · Esc: cancel"), t("Tap on; “Finish” ends it"));
	}

	/** @param {Pen} pen */
	paint(pen) {
		const next = this.onward(this.bench.at);
		const now = next[next.length - 1];
		if (now) paintSnap(pen, now);
		if (this.drawn.length) paintLine(pen, this.drawn.map((each) => each.place), next.map((each) => each.place), this.is_ring);
		else if (now) pen.dot(now.place, { size: 4.5, colour: "#9a1f6a" });
	}
}

/** Draws a stretch of border anew. */
export class ReshapeTool extends LineTool {
	/** @param {At | null} at */
	hint(at) {
		if (this.drawn.length) return this.bench.byHand(t("Draw on and end on the same border · Backspace: one corner back · Esc: cancel"), t("Draw on and end on the same border"));
		return at && at.border ? t("Click to begin the new line on the border between {a} and {b}", sides(this.bench, at.border.arc))
			: t("Click on the border where the new line begins");
	}

	/** @param {Snapped} now */
	added(now) {
		if (this.drawn.length === 1 && !now.arc) {
			this.drawn = [];
			this.bench.ui.notice(t("Begin on a border: the line replaces the stretch between its ends."), "warn");
		} else if (this.drawn.length > 1 && now.arc) this.finish();
		else super.added(now);
	}

	asOperation() {
		const last = this.drawn[this.drawn.length - 1];
		return last && last.arc ? /** @type {[string, object]} */ (["reshape", { line: this.line() }]) : null;
	}
}

/** Splits a grid of the level that is worked on. */
export class SplitTool extends LineTool {
	/** @param {At | null} at */
	hint(at) {
		const { model } = this.bench;
		const grid = this.drawn.length ? this.grid([...this.drawn, ...this.onward(at)]) : at && at.grid;
		if (this.drawn.length && grid) {
			const what = t("Splits {name}", { name: model.nameOf(grid) });
			return `${what} · ${this.finishing}`;
		}
		if (this.drawn.length) return this.finishing;
		return grid ? t("Click where the line through {name} begins: on its border or outside", { name: model.nameOf(grid) })
			: t("Click where the line begins: on the border of the grid or outside");
	}

	/** @param {Snapped} now */
	added(now) {
		const { model, level } = this.bench;
		const is_through = now.arc || model.atLevel(model.leafAt(now.place), level) !== this.grid(this.drawn);
		if (is_through) super.added(now);
		else this.bench.forget(); // the line has not come out yet
	}

	/**
	 * The grid in which most of the line lies; the chosen one if it crosses that.
	 * @param {Snapped[]} drawn
	 * @returns {string}
	 */
	grid(drawn) {
		const { model, level, chosen } = this.bench;
		/** @type {Map<string, number>} */
		const counts = new Map();
		for (let i = 0; i + 1 < drawn.length; i++)
			for (let part = 1; part < SAMPLES; part++) {
				const share = part / SAMPLES;
				const [[x, y], [u, v]] = [drawn[i].place, drawn[i + 1].place];
				const leaf = model.leafAt([x + (u - x) * share, y + (v - y) * share]);
				if (!model.grids.has(leaf)) continue;
				const id = model.atLevel(leaf, level);
				counts.set(id, (counts.get(id) || 0) + Math.hypot(u - x, v - y));
			}
		if (counts.has(chosen)) return chosen;
		let best = "";
		for (const [id, count] of counts) if (count > (counts.get(best) || 0)) best = id;
		return best;
	}

	asOperation() {
		const id = this.grid(this.drawn);
		return id ? /** @type {[string, object]} */ (["split", { code: this.bench.model.codeOf(id), line: this.line() }]) : null;
	}

	/** @param {Pen} pen */
	paint(pen) {
		const { at, model } = this.bench;
		const grid = this.drawn.length ? this.grid([...this.drawn, ...this.onward(at).slice(-1)]) : at && at.grid;
		if (grid && model.grids.has(grid)) markGrid(pen, model, grid, MARKS.chosen);
		super.paint(pen);
	}
}
