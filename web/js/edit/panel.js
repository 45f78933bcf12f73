/** The panel beside the map: figures of the grid under work, all grids, problems, what was done. */
import { getJSON } from "../lib/api.js";
import { byId, el, fill, icon } from "../lib/dom.js";
import { area, number } from "../lib/format.js";
import { locale, t } from "../lib/i18n.js";
import { notice } from "../lib/notice.js";

const ROWS = 50;

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {{households: number | null, people: number | null, area_m2: number, compactness: number, staff: number,
 *   open_cases: number, off: number | null}} Figures
 */

/** @returns {[keyof Figures, string, (value: any) => string][]} */
function shownFigures() {
	return [
		["households", t("Households"), number],
		["people", t("People"), number],
		["area_m2", t("Area"), (value) => (value === null ? "—" : area(value))],
		["compactness", t("Compactness"), (value) => (value === null ? "—" : value.toFixed(2))],
		["staff", t("Staff"), number],
		["open_cases", t("Open cases"), number],
	];
}

/**
 * How far a grid is from its right size, in words and with a sign.
 * @param {number | null | undefined} off
 */
export function sizeTag(off) {
	if (off === null || off === undefined) return el("span", null, "—");
	if (!off) return el("span.tag.good", null, icon("check"), t("right size"));
	return off > 0 ? el("span.tag.warn", null, icon("arrow-up"), t("{n} too many", { n: number(off) }))
		: el("span.tag.warn", null, icon("arrow-down"), t("{n} too few", { n: number(-off) }));
}

/** What the panel shows. */
export class Panel {
	/**
	 * @param {Bench} bench
	 * @param {string} api
	 * @param {(place: number[]) => void} go
	 * @param {(number: number) => void} redo do an operation again that was taken back
	 */
	constructor(bench, api, go, redo) {
		this.redo = redo;
		this.bench = bench;
		this.api = api;
		this.go = go;
		this.sort = "off";
		this.page = 0;
		this.tab = "grid";
		/** @type {Map<string, Figures>} figures that are known, by id */
		this.known = new Map();
		/** @type {any} */
		this.answer = null;
		for (const tab of document.querySelectorAll("[data-tab]"))
			tab.addEventListener("click", () => this.open(tab.getAttribute("data-tab") || "grid"));
		this.showGrid();
	}

	/** @param {string} tab */
	open(tab) {
		this.tab = tab;
		for (const each of document.querySelectorAll("[data-tab]"))
			each.setAttribute("aria-selected", String(each.getAttribute("data-tab") === tab));
		for (const each of document.querySelectorAll("[data-panel]"))
			each.toggleAttribute("hidden", each.getAttribute("data-panel") !== tab);
		this.refresh();
	}

	/** Ask again for what is open. */
	refresh() {
		const work = { grids: () => this.showGrids(), problems: () => this.showProblems(), log: () => this.showLog(), grid: () => this.showGrid() }[this.tab];
		Promise.resolve(work && work()).catch((error) => {
			const box = document.querySelector(`[data-panel=${this.tab}]`);
			if (box) fill(box, notice("bad", error.message));
		});
	}

	/** Something was done: figures may be others. */
	changed() {
		this.known.clear();
		clearTimeout(this.waiting);
		this.waiting = setTimeout(() => this.refresh(), 400);
	}

	/**
	 * Show what an operation does or would do.
	 * @param {any} answer null to forget it
	 */
	figures(answer) {
		this.answer = answer;
		if (answer) for (const [id, { after }] of Object.entries(answer.figures)) {
			if (!answer.is_done) continue;
			if (after) this.known.set(id, after);
			else this.known.delete(id);
		}
		if (this.tab === "grid") this.showGrid();
	}

	async showGrid() {
		const { model, chosen } = this.bench;
		const grid = model.grids.get(chosen);
		const box = byId("grid");
		const changes = this.changes();
		if (!grid && !changes) {
			const words = this.bench.may_edit ? t("Choose a grid to see its figures, or take up a tool.") : t("Choose a grid to see its figures.");
			fill(box, el("div.empty.small", null, el("p", null, words)));
			return;
		}
		const own = this.known.get(chosen);
		fill(box, grid ? this.card(grid, own) : null, changes);
		if (grid && !own) await this.learn(grid);
	}

	/**
	 * Ask for the figures of a grid by those of its page of the table.
	 * @param {import("./model.js").Grid} grid
	 */
	async learn(grid) {
		const { items } = await getJSON(`${this.api}/figures?code=${encodeURIComponent(grid.code)}&limit=1`);
		if (!items.length) return;
		this.known.set(items[0].id, items[0]);
		if (this.tab === "grid" && this.bench.chosen === items[0].id) this.showGrid();
	}

	/**
	 * @param {import("./model.js").Grid} grid
	 * @param {Figures | undefined} own
	 */
	card(grid, own) {
		const { model, levels, kinds } = this.bench;
		const words = [levels.find((each) => each.level === grid.level), kinds.find((each) => each.kind === grid.kind)];
		const upper = model.above(grid.id);
		return el("article.grid-figures", { "aria-label": grid.name },
			el("h2.card-title", null, grid.locked ? icon("lock") : null, grid.name || grid.code),
			el("p.card-sub", null, el("code", null, grid.code), words.map((each) => (each ? el("span.tag.quiet", null, each.label) : null)),
				own && own.off !== null ? sizeTag(own.off) : null, grid.locked ? el("span.tag.warn", null, t("Locked")) : null),
			upper ? el("p.hint", null, t("Below {name}", { name: model.nameOf(upper) })) : null,
			own ? el("dl.figures", null, shownFigures().map(([key, name, text]) =>
				el("div", null, el("dt", null, name), el("dd", null, text(own[key]))))) : el("div.bone", null));
	}

	/** What the operation under way changes, grid by grid. */
	changes() {
		const { answer, bench } = this;
		if (!answer) return null;
		const differ = Object.entries(answer.figures).filter(([, change]) => isOther(change));
		const below = differ.filter(([id]) => {
			const grid = bench.model.grids.get(id) || answer.grids.come.find((/** @type {any} */ each) => each.id === id);
			return !grid || grid.level >= bench.level;
		});
		const rows = below.length ? below : differ; // whole grids given to others change only those above
		if (!rows.length) return null;
		/** @type {Set<string>} */
		const had = answer.had || new Set(bench.model.grids.keys());
		const nameOf = (/** @type {string} */ id) => {
			const come = answer.grids.come.find((/** @type {any} */ each) => each.id === id);
			return (come && (come.name || come.code)) || bench.model.nameOf(id);
		};
		return el("section.changes", { "aria-live": "polite" },
			el("h3", null, icon(answer.is_done ? "check" : "eye"), answer.is_done ? t("What the last operation changed") : t("What this would change")),
			rows.slice(0, 6).map(([id, { before, after }]) => el("div.change-card", null,
				el("p.change-name", null, el("b", null, nameOf(id)), !before && !had.has(id) ? el("span.tag", null, t("new grid")) : null,
					after && after.off === null ? null : after ? sizeTag(after.off) : el("span.tag.bad", null, t("no more there"))),
				after ? el("dl.figures.small", null, shownFigures().map(([key, name, text]) => changed(name, text, before && before[key], after[key]))) : null)),
			rows.length > 6 ? el("p.hint", null, t("and {n} more", { n: rows.length - 6 })) : null,
			(answer.problems || []).slice(0, 4).map((/** @type {any} */ each) => notice("warn", each.text)));
	}

	async showGrids() {
		const { bench } = this;
		const { items, total } = await getJSON(`${this.api}/figures?sort=${this.sort}&level=${bench.level}&page=${this.page}&limit=${ROWS}`);
		for (const item of items) this.known.set(item.id, item);
		const pages = Math.max(1, Math.ceil(total / ROWS));
		if (this.page >= pages) this.page = 0;
		const knowsHomes = items.some((/** @type {any} */ row) => row.households !== null);
		/** @type {[string, string, (value: any) => any][]} what is known: areas, where nobody knows of households */
		const columns = knowsHomes
			? [["off", t("Against right size"), sizeTag], ["households", t("Households"), number], ["open_cases", t("Open cases"), number]]
			: [["area_m2", t("Area"), area], ["compactness", t("Compactness"), (value) => value.toFixed(2)], ["open_cases", t("Open cases"), number]];
		const head = (/** @type {string} */ key, /** @type {string} */ name, isNumber = true) => el(isNumber ? "th.number" : "th", {
			"aria-sort": this.sort.replace("-", "") === key ? (this.sort.startsWith("-") ? "ascending" : "descending") : null },
		el("button.link", { type: "button", onclick: () => {
			this.sort = this.sort === key ? `-${key}` : key;
			this.page = 0;
			this.refresh();
		} }, name, this.sort.replace("-", "") === key ? icon(this.sort.startsWith("-") ? "arrow-up" : "arrow-down") : null));
		const counted = { n: number(total) };
		fill(byId("grids"), this.lockedGrids(), el("p.hint", null, knowsHomes ? t("{n} grids of this level; those furthest from their right size first. Choose a heading to sort.", counted)
			: t("{n} grids of this level. Choose a heading to sort.", counted)),
			el("div.table-box", null, el("table.data.compact", null,
				el("thead", null, el("tr", null, head("name", t("Grid"), false), columns.map(([key, name]) => head(key, name)))),
				el("tbody", null, items.map((/** @type {any} */ row) => el("tr.pick", { "data-code": row.code, "aria-selected": String(row.id === bench.chosen), onclick: () => this.fly(row) },
					el("td", null, el("button.link", { type: "button" }, row.locked ? icon("lock") : null, row.name || row.code)),
					columns.map(([key, , show]) => el("td.number", null, show(row[key])))))))),
			pages > 1 ? el("div.row.pager", null,
				this.turner("chevron-left", t("Back"), this.page > 0, -1), el("span", null, t("Page {n} of {of}", { n: this.page + 1, of: pages })),
				this.turner("chevron-right", t("Next"), this.page + 1 < pages, 1)) : null);
	}

	/** The locked grids, each to be unlocked by a click. */
	lockedGrids() {
		const { model, session, may_edit } = this.bench;
		if (!model.locked.length) return null;
		return el("section.locked-grids", null, el("h3", null, icon("lock"), t("Locked grids")), el("div.chips", null, model.locked.map((id) =>
			el("button.chip", { type: "button", disabled: !may_edit, title: t("Unlock {name}", { name: model.nameOf(id) }), onclick: () =>
				session.lock([model.codeOf(id)], false).then(() => this.refresh(), (error) => this.bench.ui.notice(error.message, "bad")) },
			model.nameOf(id), " ×"))));
	}

	/**
	 * @param {string} sign
	 * @param {string} words
	 * @param {boolean} can
	 * @param {number} by
	 */
	turner(sign, words, can, by) {
		return el("button.button.small", { type: "button", disabled: !can, onclick: () => {
			this.page += by;
			this.refresh();
		} }, icon(sign), words);
	}

	/** @param {any} row of the table */
	fly(row) {
		this.bench.choose(row.id);
		const known = this.bench.model.grids.get(row.id);
		const place = row.label_at || (known && known.label_at);
		if (place) this.go(place);
		this.open("grid");
	}

	async showProblems() {
		const { items, total } = await getJSON(`${this.api}/problems?limit=${ROWS}`);
		byId("problem-count").textContent = total ? String(total) : "";
		fill(byId("problems"),
			notice("good", t("No gap and no overlap: every place belongs to exactly one grid.")),
			items.length ? el("p.hint", null, t("{n} things are not as the place expects:", { n: number(total) })) : el("p.hint", null, t("Nothing is otherwise than the place expects.")),
			el("ul.todo-list", null, items.map((/** @type {any} */ each) => el("li", null, icon("triangle-alert"),
				each.place ? el("button.link", { type: "button", onclick: () => this.see(each) }, each.text) : el("span", null, each.text)))),
			total > items.length ? el("p.hint", null, t("and {n} more", { n: total - items.length })) : null);
	}

	/** @param {any} problem */
	see(problem) {
		this.go(problem.place);
		if (this.bench.model.grids.has(problem.grid)) this.bench.choose(problem.grid);
	}

	async showLog() {
		const { items } = await getJSON(`${this.api}/log?limit=${ROWS}`);
		const time = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" });
		fill(byId("log"), items.length ? null : el("p.hint", null, t("Nothing was changed yet.")),
			el("ol.log", null, items.map((/** @type {any} */ each) => el(`li${each.is_undone ? ".undone" : ""}`, null,
				icon(each.action === "undo" ? "undo-2" : each.action === "redo" ? "redo-2" : "pencil-ruler"),
				el("span", null, each.text, el("small", null, [each.by, time.format(new Date(each.at)), each.is_undone ? t("taken back") : ""].filter(Boolean).join(" · "))),
				each.is_undone && this.bench.may_edit ? el("button.button.small.redo", { type: "button", onclick: () => this.redo(each.number) }, t("Do again")) : null))));
	}
}

/**
 * @param {{before?: any, after: any}} change
 * @returns {boolean} whether a grid is new, gone or has other figures
 */
function isOther({ before, after }) {
	return !before || !after || shownFigures().some(([key, , text]) => text(before[key]) !== text(after[key]));
}

/**
 * @param {string} name
 * @param {(value: any) => string} text
 * @param {number | null} before
 * @param {number | null} after
 */
function changed(name, text, before, after) {
	const is_known = typeof before === "number" && typeof after === "number";
	const is_same = before === after || (is_known && text(before) === text(after));
	const sign = is_known && !is_same ? icon(Number(after) > Number(before) ? "arrow-up" : "arrow-down") : null;
	return el(`div${is_same ? "" : ".differs"}`, null, el("dt", null, name),
		el("dd", null, is_same || before === null || before === undefined ? null : el("s", null, text(before)), sign, text(after)));
}
