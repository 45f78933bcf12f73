/** Areas drawn corner by corner: new grids, gaps, what is given to another grid. */
import { el } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { MARKS, markGrid } from "../drawing.js";
import { toDegrees } from "../geometry.js";
import { LineTool } from "./lines.js";

/**
 * @typedef {import("../bench.js").At} At
 * @typedef {import("../chart.js").Pen} Pen
 */

/** Makes a new grid of a drawn area. */
export class NewGridTool extends LineTool {
	/** @param {import("../bench.js").Bench} bench */
	constructor(bench) {
		super(bench);
		this.is_ring = true;
	}

	/** @param {At | null} _at */
	hint(_at) {
		return this.drawn.length ? this.finishing : t("Click the corners of the new grid, one after the other");
	}

	asOperation() {
		return /** @type {[string, object]} */ (["new_grid", { area: this.line(), name: t("New grid") }]);
	}

	async finish() {
		if (!this.is_complete) return;
		const { model } = this.bench;
		const uppers = [...model.grids.values()].filter((grid) => !grid.is_finest && [...model.grids.values()].some((each) => each.is_finest && each.parent === grid.code));
		const choices = [{ value: "", text: t("As where it lies") }, ...uppers.map((grid) => ({ value: grid.code, text: model.nameOf(grid.id) }))];
		const given = await this.bench.ui.ask({ title: t("New grid"), fields: [
			{ name: "name", label: t("Name"), value: "", required: true },
			{ name: "parent", label: t("Upper grid"), value: "", choices }] });
		if (!given) return;
		this.asOperation = () => ["new_grid", { area: this.line(), name: given.name, ...(given.parent ? { parent: given.parent } : {}) }];
		await super.finish();
		this.asOperation = NewGridTool.prototype.asOperation;
	}
}

/** Says why a place belongs to no grid. */
export class GapTool extends LineTool {
	/** @param {import("../bench.js").Bench} bench */
	constructor(bench) {
		super(bench);
		this.is_ring = true;
	}

	/** @param {At | null} at */
	hint(at) {
		if (this.drawn.length) return this.finishing;
		return at && this.bench.model.gaps.has(at.leaf) ? t("Click to say why this gap belongs to no grid")
			: t("Click a gap, or draw what belongs to no grid: a lake, a barracks");
	}

	/** @param {At} at */
	click(at) {
		if (!this.drawn.length && this.bench.is_ready && this.bench.model.gaps.has(at.leaf)) this.approve({ at: toDegrees(at.place) });
		else super.click(at);
	}

	/** @param {object} where */
	async approve(where) {
		const given = await this.bench.ui.ask({ title: t("Approve a gap"), fields: [{ name: "note", label: t("Why it belongs to no grid"), value: "", required: true }] });
		return given && this.bench.perform("approve_gap", { note: given.note, ...where });
	}

	async finish() {
		if (this.is_complete && await this.approve({ area: this.line() })) this.cancel();
		this.bench.ui.options();
	}
}

/** Gives a drawn area to a grid. */
export class GiveTool extends LineTool {
	/** @param {import("../bench.js").Bench} bench */
	constructor(bench) {
		super(bench);
		this.to = "";
		this.is_area = false;
		/** @type {Set<string>} */
		this.given = new Set();
	}

	begin() {
		this.to = "";
	}

	cancel() {
		this.given.clear();
		if (!this.drawn.length) this.to = "";
		super.cancel();
	}

	get is_under_way() {
		return Boolean(this.to) || this.drawn.length > 0;
	}

	get is_complete() {
		return this.is_area ? this.drawn.length > 2 : this.given.size > 0;
	}

	/** @returns {number} the level at which the receiver is chosen: above, where grids come below it */
	get receiving() {
		const { level, levels } = this.bench;
		const above = levels.map((each) => each.level).filter((each) => each < level);
		return this.is_area || !above.length ? level : Math.max(...above);
	}

	/**
	 * @param {At} at
	 * @returns {string}
	 */
	receiver(at) {
		const { model } = this.bench;
		if (!model.grids.has(at.leaf)) return "";
		return this.is_area ? at.leaf : model.atLevel(at.leaf, this.receiving);
	}

	/** @param {At | null} at */
	hint(at) {
		const { model } = this.bench;
		const name = model.nameOf(this.to);
		if (!this.to) {
			const here = at && this.receiver(at);
			return here ? t("Click: {name} receives", { name: model.nameOf(here) }) : t("Click the grid that receives");
		}
		if (this.is_area) return this.drawn.length ? this.finishing : t("Draw around what {name} gets", { name });
		if (this.given.size) return t("Click more grids for {name}, or Enter: give them", { name });
		return at && at.grid ? t("Click to give {grid} to {name}", { grid: model.nameOf(at.grid), name }) : t("Click the grids that {name} gets", { name });
	}

	/** @param {At} at */
	click(at) {
		const { bench } = this;
		if (!bench.is_ready) return;
		if (!this.to) {
			this.to = this.receiver(at);
			this.is_ring = this.is_area;
		} else if (this.is_area) super.click(at);
		else if (at.grid && at.grid !== this.to) {
			if (!this.given.delete(at.grid)) this.given.add(at.grid);
			const operation = this.is_complete ? this.asOperation() : null;
			if (operation) bench.trial(...operation);
		}
		bench.ui.options();
		bench.touch();
	}

	asOperation() {
		const { model } = this.bench;
		const to = model.codeOf(this.to);
		return /** @type {[string, object]} */ (this.is_area ? ["give_area", { area: this.line(), to }]
			: ["give_grids", { codes: [...this.given].map((id) => model.codeOf(id)), to }]);
	}

	async finish() {
		if (!this.is_complete) return;
		if (this.is_area) {
			await super.finish();
			return;
		}
		const operation = this.asOperation();
		if (await this.bench.perform(...operation)) this.given.clear();
		this.bench.ui.options();
		this.bench.touch();
	}

	options() {
		const button = (/** @type {boolean} */ is_area, /** @type {string} */ text) => el("button", {
			type: "button", "aria-pressed": String(this.is_area === is_area), onclick: () => {
				this.drawn = [];
				this.cancel();
				this.is_area = is_area;
				this.bench.ui.options();
			},
		}, text);
		return [el("div.segmented", { role: "group", "aria-label": t("What is given") },
			button(false, t("Whole grids")), button(true, t("A drawn area")))];
	}

	/** @param {Pen} pen */
	paint(pen) {
		const { at, model } = this.bench;
		const mark = (/** @type {string} */ id, /** @type {any} */ how) => model.grids.has(id) && markGrid(pen, model, id, how);
		mark(this.to || (at ? this.receiver(at) : ""), MARKS.left);
		for (const id of this.given) mark(id, MARKS.taken);
		if (!this.to) return;
		if (this.is_area) super.paint(pen);
		else if (at && at.grid !== this.to) mark(at.grid, MARKS.right);
	}
}
