/** Small changes that the server works out: a grid halved, some made alike, households given to a neighbour. */
import { AnswerError } from "../../lib/api.js";
import { el } from "../../lib/dom.js";
import { area, number } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { BAD, DRAWN, MARKS, markGrid } from "../drawing.js";
import { nearestOnPath, toWorld } from "../geometry.js";
import { Model } from "../model.js";
import { Tool } from "./tool.js";

/**
 * @typedef {import("../bench.js").At} At
 * @typedef {import("../chart.js").Pen} Pen
 * @typedef {"halve" | "balance" | "take" | ""} Kind none before one was chosen
 */

const MOST_GRIDS = 12;
const SAME_PLACE = 1e-7; // pixels of zoom 0: a few centimetres

/** Shows what would make grids alike, and does it as one operation. */
export class BalanceTool extends Tool {
	/** @param {import("../bench.js").Bench} bench */
	constructor(bench) {
		super(bench);
		this.has_finish = true;
		this.finds_borders = false;
		/** @type {Kind} */
		this.kind = "";
		this.households = 40;
		/** @type {Set<string>} ids, in the order in which they were clicked */
		this.picked = new Set();
		/** @type {any} what the server suggests */
		this.found = null;
		/** @type {Float64Array[]} borders that would be new */
		this.paths = [];
		this.asked = 0;
		this.is_waiting = false;
	}

	get is_under_way() {
		return this.picked.size > 0;
	}

	get is_complete() {
		return Boolean(this.found) && !this.is_waiting;
	}

	cancel() {
		this.asked += 1;
		this.is_waiting = false;
		this.picked.clear();
		this.forget();
		this.bench.ui.figures(null);
		this.bench.touch();
	}

	forget() {
		this.found = null;
		this.paths = [];
	}

	begin() {
		const { chosen, model, is_ready } = this.bench;
		if (!this.kind || !chosen || !model.grids.has(chosen) || !is_ready) return;
		this.picked.add(chosen);
		this.suggest();
	}

	/** @param {At | null} at */
	hint(at) {
		const { model } = this.bench;
		if (this.is_waiting) return t("Working out a proposal …");
		if (!this.kind) return t("Choose above what is to be done");
		if (this.kind === "take") return this.takeHint(at);
		if (this.found) {
			const how = this.found.measure === "area" ? this.areasReached() : t("Made alike by households");
			const ending = this.bench.byHand(t("Enter: do it · Esc: cancel"), t("“Finish” does it"));
			return `${how} · ${ending}`;
		}
		const name = at && at.grid ? model.nameOf(at.grid) : "";
		const [first] = this.picked;
		if (this.kind === "halve") return name ? t("Click: halve {name}", { name }) : t("Click the grid to halve");
		return this.picked.size ? t("Click the neighbours to make alike with {name}", { name: model.nameOf(first) }) : t("Click two or more neighbours to make them alike");
	}

	/** Say how large the grids would be that are made alike by area. */
	areasReached() {
		const { figures, grids } = this.found.change;
		const made = [...this.picked, ...grids.come.map((/** @type {any} */ each) => each.id)];
		const areas = [...new Set(made)].map((id) => figures[id] && figures[id].after).filter(Boolean).map((after) => after.area_m2);
		const [least, most] = [Math.min(...areas), Math.max(...areas)].map((each) => area(each));
		const reached = least === most ? t("{area} each", { area: least }) : t("{least} to {most}", { least, most });
		return [t("Made alike by area: nobody knows where households are"), reached].join(" · ");
	}

	/**
	 * What a click will do where households are given, and what Enter will.
	 * @param {At | null} at
	 */
	takeHint(at) {
		const { model } = this.bench;
		const [first] = this.picked;
		const here = at && at.grid ? model.nameOf(at.grid) : "";
		const n = number(this.households);
		if (!first) return here ? t("Click: {name} gives {n} households to a neighbour", { name: here, n }) : t("Click the grid that gives {n} households", { n });
		const name = model.nameOf(first);
		const click = at && at.grid === first ? t("Click: another grid gives")
			: here ? t("Click: {here} gets {n} households of {name}", { here, name, n })
				: t("Click the neighbour that gets {n} households of {name}", { name, n });
		if (!this.found) return click;
		const what = { name, n: number(this.given(first)) };
		const gives = this.bench.byHand(t("Enter: {name} gives {n} households · Esc: cancel", what), t("“Finish”: {name} gives {n} households", what));
		return `${click} · ${gives}`;
	}

	/**
	 * @param {string} id of the grid that gives
	 * @returns {number} how many households it has less in the end
	 */
	given(id) {
		const { before, after } = this.found.change.figures[id] || {};
		return before && after ? before.households - after.households : this.households;
	}

	/** @param {At} at */
	click(at) {
		if (!at.grid || at.is_second || !this.bench.is_ready) return;
		if (!this.kind) {
			this.bench.ui.notice(t("Choose above first: halve one grid, make neighbours alike, or give households."), "warn");
			return;
		}
		const [first] = this.picked;
		if (this.kind === "halve") this.picked = new Set([at.grid]);
		else if (this.picked.has(at.grid)) this.picked.delete(at.grid);
		else if (this.kind === "take" && first) this.picked = new Set([first, at.grid]);
		else if (this.picked.size < MOST_GRIDS) this.picked.add(at.grid);
		this.suggest();
	}

	/** Ask for a proposal, where enough is chosen. */
	async suggest() {
		const { bench } = this;
		this.forget();
		bench.clearWrong();
		bench.ui.figures(null);
		const asked = ++this.asked;
		const codes = [...this.picked].map((id) => bench.model.codeOf(id));
		this.is_waiting = codes.length >= (this.kind === "balance" ? 2 : 1);
		bench.ui.options();
		bench.touch();
		if (!this.is_waiting) return;
		const body = this.kind === "take" ? { kind: this.kind, codes: codes.slice(0, 1), households: this.households, ...(codes[1] ? { to: codes[1] } : {}) }
			: { kind: this.kind, codes };
		try {
			const found = await bench.session.suggest(body);
			if (asked !== this.asked) return;
			this.found = found;
			this.paths = this.newBorders(found.change);
			bench.ui.figures(found.change);
		} catch (error) {
			if (asked !== this.asked) return;
			bench.ui.notice(/** @type {Error} */ (error).message, error instanceof AnswerError && error.status < 500 ? "warn" : "bad");
		} finally {
			if (asked === this.asked) {
				this.is_waiting = false;
				bench.ui.options();
				bench.touch();
			}
		}
	}

	/**
	 * @param {any} change what would be done
	 * @returns {Float64Array[]} what would be borders of the level that is worked on, and are none now
	 */
	newBorders(change) {
		const { model, level } = this.bench;
		const after = new Model();
		for (const grid of [...model.grids.values(), ...change.grids.come]) {
			after.grids.set(grid.id, grid);
			after.ids.set(grid.code, grid.id);
		}
		const parts = (/** @type {Model} */ its, /** @type {any} */ arc) => its.atLevel(arc.left, level) !== its.atLevel(arc.right, level);
		const gone = new Set(change.arcs.gone);
		const old = [...model.arcs.values()].filter((arc) => gone.has(arc.id) && parts(model, arc)).map((arc) => arc.path);
		const kept = [...model.arcs.values()].filter((arc) => !gone.has(arc.id) && parts(after, arc) && !parts(model, arc)).map((arc) => arc.path);
		const come = change.arcs.come.filter((/** @type {any} */ arc) => parts(after, arc))
			.map((/** @type {any} */ arc) => Float64Array.from(arc.line.flatMap((/** @type {any} */ lonlat) => toWorld(lonlat))))
			.filter((/** @type {Float64Array} */ path) => !old.some((each) => nearestOnPath(each, middle(path)).far < SAME_PLACE));
		return [...kept, ...come];
	}

	async finish() {
		const { found, bench } = this;
		if (!found || this.is_waiting) return;
		this.is_waiting = true;
		bench.ui.options();
		const done = await bench.perform(found.operation, found.parameters);
		this.is_waiting = false;
		if (done) {
			this.picked.clear();
			this.forget();
		}
		bench.ui.options();
		bench.touch();
	}

	options() {
		const button = (/** @type {Kind} */ kind, /** @type {string} */ text) => el("button", {
			type: "button", "aria-pressed": String(this.kind === kind), "data-small": kind, onclick: () => {
				this.cancel();
				this.kind = kind;
				this.bench.clearWrong();
				this.bench.ui.options();
				this.begin();
			},
		}, text);
		const kinds = el("div.segmented", { role: "group", "aria-label": t("What is made alike") },
			button("halve", t("Halve")), button("balance", t("Balance")), button("take", t("Give households")));
		if (!this.kind) return [el("span.tool-ask", null, t("What is to be done?")), kinds];
		if (this.kind !== "take") return [kinds];
		const input = /** @type {HTMLInputElement} */ (el("input", { type: "text", inputmode: "numeric", size: 5, maxlength: 6, value: String(this.households), "aria-label": t("How many households") }));
		input.addEventListener("change", () => {
			const given = Number(input.value);
			if (!(given > 0)) {
				input.value = String(this.households);
				return;
			}
			this.households = Math.round(given);
			if (this.picked.size) this.suggest();
		});
		return [kinds, el("label.tool-amount", null, input, el("span", null, t("households")))];
	}

	/** @param {Pen} pen */
	paint(pen) {
		const { at, model, wrong } = this.bench;
		const [first] = this.picked;
		for (const id of this.picked) if (model.grids.has(id)) markGrid(pen, model, id, id === first ? MARKS.left : MARKS.taken);
		if (at && at.grid && !this.picked.has(at.grid) && model.grids.has(at.grid)) markGrid(pen, model, at.grid, MARKS.right);
		pen.stroke(this.paths, { colour: "rgba(255,255,255,0.9)", width: 7 });
		pen.stroke(this.paths, { colour: wrong ? BAD : DRAWN, width: 3.5, dash: [9, 5] });
	}
}

/**
 * @param {Float64Array} path
 * @returns {import("../geometry.js").Pair} the middle of one of its edges
 */
function middle(path) {
	const at = Math.floor((path.length / 2 - 1) / 2) * 2;
	return [(path[at] + path[at + 2]) / 2, (path[at + 1] + path[at + 3]) / 2];
}
