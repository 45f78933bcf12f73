/** Areas drawn corner by corner: new grids and gaps. */
import { t } from "../../lib/i18n.js";
import { toDegrees } from "../geometry.js";
import { LineTool } from "./lines.js";

/**
 * @typedef {import("../bench.js").At} At
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
		if (!this.drawn.length && this.bench.is_ready && this.bench.model.gaps.has(at.leaf)) {
			if (!at.is_second) this.approve({ at: toDegrees(at.place) });
		} else super.click(at);
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
