/** Gives whole grids, clicked or found by name, or a drawn area to a grid. */
import { el } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { MARKS, markGrid } from "../drawing.js";
import { GridPicker } from "./grid-picker.js";
import { LineTool } from "./lines.js";

/**
 * @typedef {import("../bench.js").At} At
 * @typedef {import("../chart.js").Pen} Pen
 */

export class GiveTool extends LineTool {
	/** @param {import("../bench.js").Bench} bench */
	constructor(bench) {
		super(bench);
		this.to = "";
		this.is_area = false;
		/** @type {Set<string>} */
		this.given = new Set();
		this.kinds = el("div.segmented", { role: "group", "aria-label": t("What is given") },
			this.switch(false, t("Whole grids")), this.switch(true, t("A drawn area")));
		this.picker = new GridPicker(bench, { level: () => (this.to ? bench.level : this.receiving), pick: (id) => this.pick(id), finish: () => this.finish() });
	}

	begin() {
		this.to = "";
	}

	cancel() {
		this.given.clear();
		if (!this.drawn.length) this.to = "";
		super.cancel();
		this.bench.ui.options();
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

	/** @returns {boolean} whether a click could choose the grid that receives now */
	get may_receive() {
		const grid = this.bench.model.grids.get(this.to);
		if (!grid) return !this.is_area;
		return this.is_area ? grid.is_finest : this.bench.model.atLevel(this.to, this.receiving) === this.to;
	}

	/** @param {At | null} at */
	hint(at) {
		const { model } = this.bench;
		const name = this.picker.nameOf(this.to);
		if (!this.to) {
			const here = at && this.receiver(at);
			return here ? t("Click: {name} receives", { name: model.nameOf(here) }) : t("Click the grid that receives");
		}
		if (this.is_area) return this.drawn.length ? this.finishing : t("Draw around what {name} gets", { name });
		if (at && this.given.has(at.grid)) return t("Click: {name} is not given", { name: model.nameOf(at.grid) });
		if (this.given.size) return this.bench.byHand(t("Click more grids for {name}, or Enter: give them", { name }), t("Tap more grids for {name}, or “Finish”", { name }));
		return at && at.grid && at.grid !== this.to ? t("Click to give {grid} to {name}", { grid: model.nameOf(at.grid), name }) : t("Click the grids that {name} gets", { name });
	}

	/** @param {At} at */
	click(at) {
		if (!this.bench.is_ready) return;
		if (this.is_area && this.to) {
			super.click(at);
			return;
		}
		if (at.is_second) return;
		const id = this.to ? at.grid : this.receiver(at);
		if (id) this.pick(id);
	}

	/** @param {string} id of a grid that receives, or is given or no more given */
	pick(id) {
		const { bench } = this;
		if (!this.to) {
			this.to = id;
			bench.clearWrong();
		} else if (id !== this.to) {
			bench.clearWrong();
			if (!this.given.delete(id)) this.given.add(id);
			bench.forget();
			bench.ui.figures(null);
			if (this.given.size) bench.trial(...this.asOperation());
		}
		bench.ui.options();
		bench.touch();
	}

	asOperation() {
		const to = this.picker.codeOf(this.to);
		return /** @type {[string, object]} */ (this.is_area ? ["give_area", { area: this.line(), to }]
			: ["give_grids", { codes: [...this.given].map((id) => this.picker.codeOf(id)), to }]);
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

	/**
	 * @param {boolean} is_area
	 * @param {string} text
	 */
	switch(is_area, text) {
		return el("button", { type: "button", "data-area": is_area, onclick: () => this.giveAreas(is_area) }, text);
	}

	/**
	 * Give areas from now on, or whole grids; who receives stays if it may.
	 * @param {boolean} is_area
	 */
	giveAreas(is_area) {
		if (is_area === this.is_area) return;
		const { bench } = this;
		const { to } = this;
		this.drawn = [];
		this.cancel();
		this.is_area = is_area;
		this.is_ring = is_area;
		this.to = to;
		bench.clearWrong();
		bench.ui.figures(null);
		if (to && !this.may_receive) {
			this.to = "";
			const words = is_area ? t("A drawn area goes to one grid that is not divided; {name} is. Choose who receives.", { name: this.picker.nameOf(to) })
				: t("Choose who receives the whole grids.");
			bench.ui.notice(words, "warn");
		}
		bench.ui.options();
		bench.touch();
	}

	options() {
		for (const [at, button] of [...this.kinds.children].entries()) button.setAttribute("aria-pressed", String(this.is_area === Boolean(at)));
		this.picker.show({ has_search: !this.is_area, receives: this.to, given: [...this.given], letGo: () => this.cancel() });
		return [this.kinds, this.picker.box];
	}

	/** @param {KeyboardEvent} event */
	key(event) {
		if (event.key !== "/" || this.is_area) return super.key(event);
		this.picker.input.focus();
		return true;
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
