/** The table of defects: filtered by kind or grid, one by one or by neighbours; a row flies the map. */
import { el, fill } from "../lib/dom.js";
import { area, number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { MINOR, countKinds, countMinor, isCut } from "./defect-counts.js";
import { CHANGE_WORDS, KIND_WORDS, UNJUDGED, gravity, kindColour } from "./defect-words.js";
import { length, living, size } from "./defect-size.js";

const STEP = 100;

/**
 * @typedef {object} Listeners
 * @property {(id: string) => void} chosen a row was picked
 * @property {(ids: Set<string>) => void} filtered the rows that stay
 * @property {(ids: string[]) => void} flown a pair of neighbours was picked
 * @property {() => void} everything the list is about all grids again
 */

/**
 * The rows of a check, and those that were fixed since an earlier one.
 * @param {any} data
 * @returns {any[]}
 */
export const allRows = ({ rows, comparison }) => (comparison ? [...rows, ...comparison.fixed] : rows);

/** The table and what a page may ask of it. */
export class DefectList {
	/**
	 * @param {HTMLElement} box
	 * @param {any} data what the check found
	 * @param {Listeners} listeners
	 */
	constructor(box, data, listeners) {
		this.title = data.rows.some((/** @type {any} */ { kind }) => UNJUDGED.includes(kind)) ? t("What") : t("Problem");
		this.data = data;
		this.listeners = listeners;
		this.kind = "";
		this.change = "";
		this.view = "list";
		this.room = STEP;
		this.minor = false;
		/** @type {{code: string, name: string} | null} */
		this.grid = null;
		this.chips = el("div.chips", { role: "group", "aria-label": t("Show only") });
		this.body = el("div.stack");
		this.changes = el("div.chips", { role: "group", "aria-label": t("Since the earlier check") });
		fill(box, el("div.stack.list-bar", null, data.neighbours.length ? this.switch() : null, this.changes, this.chips), this.body);
		this.refilter();
	}

	/**
	 * Whether a row is about the grid chosen, and not too small to bother anybody.
	 * @param {any} row
	 */
	matters(row) {
		return (this.minor || !MINOR.includes(row.severity)) && (!this.grid || row.codes.includes(this.grid.code));
	}

	/**
	 * What was fixed is listed only when asked for.
	 * @param {any} row
	 */
	changed(row) {
		return this.change ? row.change === this.change : row.change !== "fixed";
	}

	get rows() {
		return allRows(this.data).filter((row) => (!this.kind || row.kind === this.kind) && this.changed(row) && this.matters(row));
	}

	switch() {
		const toggle = (/** @type {string} */ view, /** @type {string} */ words) =>
			el("button", { type: "button", "aria-pressed": String(this.view === view), "data-view": view, onclick: () => this.look(view) }, words);
		this.toggle = el("div.segmented", { role: "group", "aria-label": t("How to list them") },
			toggle("list", t("One by one")), toggle("neighbours", t("By neighbours")));
		return el("div", null, this.toggle);
	}

	/** Whether all defects count, of whatever grid and since whenever, and not the listed rows only. */
	get is_whole() {
		return isCut(this.data) && !this.grid && !this.change && !this.data.comparison;
	}

	/** @returns {Map<string, number>} */
	get counts() {
		if (this.is_whole) return countKinds(this.data, this.minor);
		const counts = new Map();
		for (const row of allRows(this.data)) if (this.changed(row) && this.matters(row)) counts.set(row.kind, (counts.get(row.kind) || 0) + 1);
		return counts;
	}

	writeChips() {
		const { counts } = this;
		const kinds = Object.keys(KIND_WORDS).filter((kind) => counts.has(kind));
		const chip = (/** @type {string} */ kind, /** @type {any[]} */ ...words) =>
			el("button.chip", { type: "button", "aria-pressed": String(this.kind === kind), "data-kind": kind, onclick: () => this.choose(kind) }, ...words);
		const all = Array.from(counts.values()).reduce((sum, count) => sum + count, 0);
		fill(this.chips,
			this.grid ? el("button.chip", { type: "button", "aria-pressed": "true", onclick: () => this.only("", "") }, this.grid.name, " ×") : null,
			kinds.length > 1 ? chip("", t("All {count}", { count: number(all) })) : null,
			...(kinds.length > 1 ? kinds.map((kind) => chip(kind, dot(kind), `${KIND_WORDS[kind]} ${number(counts.get(kind))}`)) : []));
	}

	writeChanges() {
		if (!this.data.comparison) return;
		const chip = (/** @type {string} */ change, /** @type {string} */ words) =>
			el("button.chip", { type: "button", "aria-pressed": String(this.change === change), "data-change": change, onclick: () => this.since(change) }, words);
		const count = (/** @type {string} */ change) => allRows(this.data).filter((row) => row.change === change && this.matters(row)).length;
		const now = allRows(this.data).filter((row) => row.change !== "fixed" && this.matters(row)).length;
		fill(this.changes, chip("", t("There now {count}", { count: number(now) })),
			...["new", "remaining", "fixed"].map((change) => chip(change, `${CHANGE_WORDS[change]} ${number(count(change))}`)));
	}

	/**
	 * List what is new, remains or was fixed; all that is there now for "".
	 * @param {string} change
	 */
	since(change) {
		this.change = change;
		this.kind = "";
		if (this.view !== "list") this.look("list");
		this.refilter();
	}

	/** @param {string} kind */
	choose(kind) {
		this.kind = kind;
		this.refilter();
	}

	/**
	 * List one grid's defects; all again for "".
	 * @param {string} code
	 * @param {string} name
	 */
	only(code, name) {
		this.grid = code ? { code, name } : null;
		this.kind = "";
		if (!code) this.listeners.everything();
		this.refilter();
	}

	refilter() {
		this.room = STEP;
		this.listeners.filtered(new Set(this.rows.map((/** @type {any} */ row) => row.id)));
		this.write();
	}

	/** @param {string} view */
	look(view) {
		this.view = view;
		this.room = STEP;
		if (this.toggle) for (const button of this.toggle.children) button.setAttribute("aria-pressed", String(button.getAttribute("data-view") === view));
		this.write();
	}

	write() {
		this.writeChanges();
		this.writeChips();
		const isList = this.view === "list";
		const all = isList ? this.rows : this.pairs();
		const shown = all.slice(0, this.room);
		const head = isList ? [this.title, t("Grids"), t("Size"), t("Living there")] : [t("Between"), t("Problem"), t("Length"), t("Living there")];
		fill(this.body,
			all.length ? el("div.table-box", null, el("table.data.defects", null,
				el("thead", null, el("tr", null, ...head.map((words, at) => el(at > 1 ? "th.number" : "th", null, words)))),
				el("tbody", null, ...shown.map((/** @type {any} */ row) => (isList ? this.line(row) : this.pair(row))))))
				: el("p.empty.slim", null, this.grid || this.kind || this.change ? t("No problems here.") : t("Nothing to fix.")),
			this.minorLine(),
			all.length > shown.length ? el("button.button.small", { type: "button", onclick: () => { this.room += STEP * 5; this.write(); } },
				t("Show more ({count} left)", { count: number(all.length - shown.length) })) : null,
			this.cutLine());
	}

	/** That the list leaves some out, where it does. */
	cutLine() {
		const { data } = this;
		if (!isCut(data)) return null;
		if (!this.is_whole) return el("p.hint", null, t("The {shown} gravest of {total} are listed here; all of them are in the download.",
			{ shown: number(data.rows.length), total: number(data.total) }));
		const total = Array.from(this.counts).reduce((sum, [kind, count]) => sum + (!this.kind || kind === this.kind ? count : 0), 0);
		const shown = this.rows.length;
		return shown < total ? el("p.hint", null, t("{shown} of {total} are listed here, the gravest; all of them are in the download.",
			{ shown: number(shown), total: number(total) })) : null;
	}

	/** What is too small to bother anybody, shown when asked for. */
	minorLine() {
		const count = this.is_whole ? countMinor(this.data) : allRows(this.data).filter((row) => this.changed(row) && MINOR.includes(row.severity)).length;
		if (!count) return null;
		const words = this.minor ? t("Hide the tiny and approved ones") : t("Show {count} tiny or approved ones as well", { count: number(count) });
		return el("p.hint", null, el("button.link", { type: "button", onclick: () => {
			this.minor = !this.minor;
			this.kind = "";
			this.refilter();
		} }, words));
	}

	/** @param {any} row */
	line(row) {
		return pickable({ "data-id": row.id }, () => this.listeners.chosen(row.id),
			el("td", null, el("span.kind", null, dot(row.kind), KIND_WORDS[row.kind] || row.kind),
				gravity(row) ? el("small", null, gravity(row)) : null,
				row.change ? el(`small.change.${row.change}`, null, CHANGE_WORDS[row.change]) : null),
			el("td", null, row.label || "—"),
			el("td.number", null, ...size(row)),
			el("td.number", null, living(row)));
	}

	pairs() {
		return this.data.neighbours.filter((/** @type {any} */ pair) => (!this.kind || pair.kind === this.kind) && this.matters(pair));
	}

	/** @param {any} pair */
	pair(pair) {
		return pickable({}, () => this.listeners.flown(pair.ids),
			el("td", null, pair.label),
			el("td", null, el("span.kind", null, dot(pair.kind), KIND_WORDS[pair.kind] || pair.kind),
				el("small", null, t("{count} places", { count: number(pair.count) }))),
			el("td.number", null, length(pair.length_m), pair.area_m2 ? el("small", null, area(pair.area_m2)) : null),
			el("td.number", null, living(pair)));
	}

	/**
	 * Mark a row and bring it into view.
	 * @param {string} id
	 */
	mark(id) {
		if (this.view !== "list") this.look("list");
		if (!this.rows.some((/** @type {any} */ row) => row.id === id)) {
			this.change = "";
			this.only("", "");
		}
		const at = this.rows.findIndex((/** @type {any} */ row) => row.id === id);
		if (at >= this.room) {
			this.room = at + STEP;
			this.write();
		}
		for (const line of this.body.querySelectorAll("tr.pick")) {
			const on = line.getAttribute("data-id") === id;
			line.setAttribute("aria-selected", String(on));
			if (on) this.explain(line, this.rows[at]);
		}
	}

	/**
	 * Say below a row what is behind it.
	 * @param {Element} line
	 * @param {any} row
	 */
	explain(line, row) {
		for (const old of this.body.querySelectorAll("tr.said")) old.remove();
		if (row.detail) line.after(el("tr.said", null, el("td", { colspan: 4 }, row.detail)));
		const last = row.detail ? line.nextElementSibling : line;
		if (last) last.scrollIntoView({ block: "nearest" });
		line.scrollIntoView({ block: "nearest" });
	}
}

/**
 * A row that can be clicked, and chosen with the keyboard.
 * @param {Record<string, any>} attributes
 * @param {() => void} pick
 * @param {...HTMLElement} cells
 */
function pickable(attributes, pick, ...cells) {
	return el("tr.pick", { ...attributes, tabindex: 0, onclick: pick,
		onkeydown: (/** @type {KeyboardEvent} */ event) => {
			if (event.key !== "Enter" && event.key !== " ") return;
			event.preventDefault();
			pick();
		} }, ...cells);
}

/** @param {string} kind */
function dot(kind) {
	const node = el("i.dot");
	node.style.background = kindColour(kind);
	return node;
}
