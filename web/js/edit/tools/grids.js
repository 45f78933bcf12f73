/** Tools that work on whole grids: merging, names, numbers, kinds, parents, locks. */
import { t } from "../../lib/i18n.js";
import { MARKS, markGrid } from "../drawing.js";
import { Tool } from "./tool.js";

/**
 * @typedef {import("../bench.js").At} At
 * @typedef {import("../chart.js").Pen} Pen
 */

/** Makes neighbours one. */
export class MergeTool extends Tool {
	/** @param {import("../bench.js").Bench} bench */
	constructor(bench) {
		super(bench);
		this.has_finish = true;
		this.finds_borders = false;
		/** @type {Set<string>} the first keeps its code */
		this.picked = new Set();
	}

	get is_under_way() {
		return this.picked.size > 0;
	}

	get is_complete() {
		return this.picked.size > 1;
	}

	cancel() {
		this.picked.clear();
		this.bench.forget();
		this.bench.touch();
	}

	/** @param {At | null} at */
	hint(at) {
		const { model } = this.bench;
		const [first] = this.picked;
		const here = at && at.grid;
		if (!first) return here ? t("Click: {name} keeps its code and gets its neighbours", { name: model.nameOf(here) }) : t("Click the grid that keeps its code");
		if (here && this.picked.has(here)) return t("Click to leave {name} out", { name: model.nameOf(here) });
		const onward = here ? t("Click to merge {name} into {first}", { name: model.nameOf(here), first: model.nameOf(first) })
			: t("Click the neighbours that {first} gets", { first: model.nameOf(first) });
		const ending = this.bench.byHand(t("Enter: merge · Esc: cancel"), t("“Finish” merges them"));
		return this.is_complete ? `${onward} · ${ending}` : onward;
	}

	/** @param {At} at */
	click(at) {
		if (!at.grid || at.is_second || !this.bench.is_ready) return;
		if (!this.picked.delete(at.grid)) this.picked.add(at.grid);
		if (this.is_complete) this.bench.trial("merge", this.parameters());
		this.bench.ui.options();
		this.bench.touch();
	}

	parameters() {
		return { codes: [...this.picked].map((id) => this.bench.model.codeOf(id)) };
	}

	async finish() {
		if (!this.is_complete) return;
		const [first] = this.picked;
		if (await this.bench.perform("merge", this.parameters())) {
			this.picked.clear();
			this.bench.choose(first);
		}
		this.bench.ui.options();
	}

	/** @param {Pen} pen */
	paint(pen) {
		const { model, at } = this.bench;
		const [first] = this.picked;
		for (const id of this.picked) if (model.grids.has(id)) markGrid(pen, model, id, id === first ? MARKS.left : MARKS.taken);
		if (at && at.grid && !this.picked.has(at.grid)) markGrid(pen, model, at.grid, MARKS.right);
	}
}

/** Asks something about the chosen grid, or the one that is clicked, and does it. */
export class FactTool extends Tool {
	/**
	 * @param {import("../bench.js").Bench} bench
	 * @param {"rename" | "renumber" | "kind" | "parent" | "lock"} what
	 */
	constructor(bench, what) {
		super(bench);
		this.what = what;
		this.finds_borders = false;
	}

	begin() {
		if (this.bench.chosen && this.bench.model.grids.has(this.bench.chosen)) this.ask(this.bench.chosen);
	}

	/** @param {At | null} at */
	hint(at) {
		const { model } = this.bench;
		const name = at && at.grid ? model.nameOf(at.grid) : "";
		if (!name) return t("Click a grid");
		const grid = model.grids.get(at ? at.grid : "");
		return {
			rename: t("Click to rename {name}", { name }),
			renumber: t("Click to give the grids beside {name} new numbers", { name }),
			kind: t("Click to change the kind of {name}", { name }),
			parent: t("Click to put {name} below another grid", { name }),
			lock: grid && grid.locked ? t("Click to unlock {name}", { name }) : t("Click to lock {name}: its border stays", { name }),
		}[this.what];
	}

	/** @param {At} at */
	click(at) {
		if (!at.grid || at.is_second || !this.bench.may_edit) return;
		this.bench.choose(at.grid);
		this.ask(at.grid);
	}

	/** @param {string} id */
	async ask(id) {
		const { bench } = this;
		const grid = bench.model.grids.get(id);
		if (!grid || !bench.may_edit) return;
		const codes = [grid.code];
		if (this.what === "lock") {
			await bench.session.lock(codes, !grid.locked).catch((error) => bench.ui.notice(error.message, "bad"));
			return;
		}
		const form = this.form(grid);
		const given = form && await bench.ui.ask(form);
		if (!given) return;
		if (this.what === "rename") await bench.perform("rename", { code: grid.code, name: given.name });
		else if (this.what === "kind") await bench.perform("change_kind", { codes, kind: given.kind });
		else if (this.what === "parent") await bench.perform("change_parent", { codes, parent: given.parent });
		else await bench.perform("renumber", grid.parent ? { parent: grid.parent } : {});
	}

	/** @param {import("../model.js").Grid} grid */
	form(grid) {
		const { model, kinds } = this.bench;
		const name = model.nameOf(grid.id);
		if (this.what === "rename")
			return { title: t("Rename {name}", { name }), fields: [{ name: "name", label: t("Name"), value: grid.name, required: true }] };
		if (this.what === "kind")
			return { title: t("Kind of {name}", { name }), fields: [{ name: "kind", label: t("Kind"), value: grid.kind,
				choices: kinds.map((each) => ({ value: each.kind, text: each.label })) }] };
		if (this.what === "parent") {
			const above = model.grids.get(model.above(grid.id));
			const choices = [...model.grids.values()].filter((each) => above && each.level === above.level)
				.sort((a, b) => (a.code < b.code ? -1 : 1)).map((each) => ({ value: each.code, text: model.nameOf(each.id) }));
			if (!choices.length) {
				this.bench.ui.notice(t("{name} is at the top: there is no grid above it.", { name }), "warn");
				return null;
			}
			return { title: t("Grid above {name}", { name }), fields: [{ name: "parent", label: t("Upper grid"), value: grid.parent, choices }] };
		}
		const upper = model.above(grid.id);
		return { title: t("New numbers"), text: upper
			? t("All grids directly below {name} get new numbers, from west to east, then north to south. Codes once used are not used again.", { name: model.nameOf(upper) })
			: t("All grids at the top get new numbers, from west to east, then north to south. Codes once used are not used again."), fields: [] };
	}

	/** @param {Pen} pen */
	paint(pen) {
		const { model, at } = this.bench;
		if (at && at.grid) markGrid(pen, model, at.grid, MARKS.chosen);
	}
}
