/** The list of proposed repairs: accepted or refused one by one, by group, or all at once. */
import { KIND_WORDS } from "../check/defect-words.js";
import { length, living } from "../check/defect-size.js";
import { el, fill, icon } from "../lib/dom.js";
import { area, number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { numbered, pictures } from "./picture.js";

/** @param {any} row */
const extent = (row) => [row.area_m2 ? area(row.area_m2) : "", row.width_m ? t("{width} wide", { width: length(row.width_m) }) : "",
	!row.area_m2 || (row.households === null && row.buildings === null) ? "" : living(row)].filter(Boolean).join(" · ");

/**
 * @param {any} row
 * @param {boolean} isOffered
 */
function wordsOf(row, isOffered) {
	const needs = !isOffered && row.kind === "duplicate";
	return [el("span", null, extent(row) || row.detail || "—"),
		el("small", null, isOffered ? row.action : row.reason || row.action),
		needs ? el("small", null, t("Only a person can say which of them counts: delete the other in the file, or name the one with priority above.")) : null];
}

/**
 * Who receives which piece, with the numbers of the pictures.
 * @param {any} row
 * @param {string[]} codes
 */
function receivers({ given }, codes) {
	if (!given.length) return null;
	return el("ul.receives", null, ...given.map((/** @type {any} */ piece) => el("li", null,
		codes.includes(piece.code) ? el("b", null, String(codes.indexOf(piece.code) + 1)) : null,
		t("{name} receives {area}", { name: piece.name, area: area(piece.area_m2) }))));
}

/** What a person accepts and refuses. */
export class Proposal {
	/**
	 * @param {HTMLElement} box
	 * @param {any} data
	 * @param {any} now
	 * @param {import("../map/defects.js").DefectsLayer} layer
	 * @param {{settings: HTMLElement, notice: HTMLElement | null, apply: (form: FormData) => Promise<void>}} parts
	 */
	constructor(box, data, now, layer, { settings, notice, apply }) {
		/** @type {[HTMLInputElement, any[]][]} */
		this.wholes = [];
		this.box = box;
		this.now = now;
		this.layer = layer;
		this.apply = apply;
		this.pictures = data.pictures;
		/** @type {Map<string, HTMLInputElement>} */
		this.boxes = new Map();
		/** @type {Map<string, HTMLElement>} */
		this.items = new Map();
		const answers = now.answers;
		this.refused = new Set(answers.refused);
		this.lines = new Set(answers.centre_lines);
		const mendable = data.rows.filter((/** @type {any} */ row) => row.fate === "repaired");
		const wide = data.rows.filter((/** @type {any} */ row) => row.wide);
		const left = data.rows.filter((/** @type {any} */ row) => row.fate !== "repaired" && !row.wide);
		this.count = el("p", { role: "status" });
		this.button = /** @type {HTMLButtonElement} */ (el("button.button.primary", { type: "button", onclick: () => this.send() }, icon("wrench"), t("Repair what is ticked")));
		const unlisted = data.total - data.rows.length;
		fill(box, notice, settings,
			mendable.length ? this.section(t("Proposed repairs"), null, mendable, this.refused, false) : el("p.notice", null, t("Nothing can be repaired within these limits.")),
			unlisted > 0 ? el("p.hint", null, t("{n} more small places are not listed; they are treated by the same rule and limits.", { n: number(unlisted) })) : null,
			wide.length ? this.section(t("Wide gaps: fill to the street's centre line"), t("Not filled unless you tick them. Each side receives the land up to the middle of the street. Not every wide gap is a street: look at who lives there."), wide, this.lines, true) : null,
			left.length ? el("section.stack", { id: "left" }, el("h2", null, t("Needs a person")),
				el("p.hint", null, t("These stay as they are. What is to be done is said at each; what is over a limit is proposed too once you empty the limit under “Rule and limits” and propose again.")), ...this.groups(left, null, false)) : null,
			el("div.repair-foot", null, this.count, el("div.row", null, this.button)));
		this.recount();
	}

	/**
	 * @param {string} title
	 * @param {string | null} hint
	 * @param {any[]} rows
	 * @param {Set<string>} marked ids that are not as the page proposes
	 * @param {boolean} isWide
	 */
	section(title, hint, rows, marked, isWide) {
		const all = el("div.row", null,
			el("button.button", { type: "button", onclick: () => this.set(rows, true) }, t("Accept all")),
			el("button.button", { type: "button", onclick: () => this.set(rows, false) }, t("Refuse all")));
		return el("section.stack", { id: isWide ? "wide" : "mendable" }, el("h2", null, title), hint ? el("p.hint", null, hint) : null, all, ...this.groups(rows, marked, isWide));
	}

	/**
	 * @param {any[]} rows
	 * @param {Set<string> | null} marked
	 * @param {boolean} isWide
	 */
	groups(rows, marked, isWide) {
		/** @type {Map<string, any[]>} */
		const found = new Map();
		for (const row of rows) {
			const key = JSON.stringify([row.kind, row.codes]);
			found.set(key, [...(found.get(key) || []), row]);
		}
		return Array.from(found.values(), (each) => this.group(each, marked, isWide));
	}

	/**
	 * @param {any[]} rows
	 * @param {Set<string> | null} marked
	 * @param {boolean} isWide
	 */
	group(rows, marked, isWide) {
		const [first] = rows;
		const words = [el("span", null, `${KIND_WORDS[first.kind] || first.kind} · ${first.label || "—"}`),
			rows.length > 1 ? el("small", null, t("{n} places", { n: number(rows.length) })) : null];
		const whole = marked && rows.length > 1 ? /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", onchange: () => this.set(rows, whole !== null && whole.checked) })) : null;
		const node = el("section.repair-group", null,
			el("header", null, whole ? el("label.radio", null, whole, el("span", null, ...words)) : el("label", null, ...words)),
			...rows.map((row) => this.item(row, marked, isWide)));
		if (whole) this.wholes.push([whole, rows]);
		return node;
	}

	/**
	 * @param {any} row
	 * @param {Set<string> | null} marked
	 * @param {boolean} isWide
	 */
	item(row, marked, isWide) {
		const words = wordsOf(row, marked !== null);
		const seek = el("button.button.icon-only", { type: "button", title: t("Show on the map"), "aria-label": t("Show on the map"), onclick: () => this.choose(row.id, false) }, icon("crosshair"));
		let said = el("div.said", null, ...words);
		if (marked) {
			const checked = isWide ? marked.has(row.id) : !marked.has(row.id);
			const input = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", checked, "data-id": row.id, onchange: () => this.recount() }));
			this.boxes.set(row.id, input);
			said = el("label.radio", null, input, el("span", null, ...words));
		}
		const picture = this.pictures[row.id];
		const codes = picture ? numbered(picture) : [];
		const node = el("div.repair-item", { "data-item": row.id },
			el("div.row", null, said, el("span.state", null), seek),
			picture && marked ? pictures(picture, row.kind) : null,
			marked ? receivers(row, codes) : null);
		if (isWide) node.dataset.wide = "1";
		this.items.set(row.id, node);
		return node;
	}

	/**
	 * @param {any[]} rows
	 * @param {boolean} accepted
	 */
	set(rows, accepted) {
		for (const { id } of rows) {
			const input = this.boxes.get(id);
			if (input) input.checked = accepted;
		}
		this.recount();
	}

	recount() {
		const ticked = { all: 0, accepted: 0 };
		const filled = { all: 0, accepted: 0 };
		for (const [id, input] of this.boxes) {
			const node = /** @type {HTMLElement} */ (this.items.get(id));
			const counted = node.dataset.wide ? filled : ticked;
			node.classList.toggle("refused", !input.checked);
			const state = /** @type {HTMLElement} */ (node.querySelector(".state"));
			fill(state, icon(input.checked ? "circle-check" : "circle-slash"), input.checked ? t("accepted") : t("left"));
			counted.all += 1;
			if (input.checked) counted.accepted += 1;
		}
		for (const [whole, rows] of this.wholes) {
			const some = rows.filter((/** @type {any} */ { id }) => { const input = this.boxes.get(id); return input && input.checked; }).length;
			whole.checked = some === rows.length;
			whole.indeterminate = some > 0 && some < rows.length;
		}
		fill(this.count, t("{n} of {all} ticked", { n: number(ticked.accepted), all: number(ticked.all) }), filled.all ? el("br", null) : null,
			filled.all ? el("small.hint", null, t("wide gaps: {n} of {all}", { n: number(filled.accepted), all: number(filled.all) })) : null);
		this.button.disabled = ticked.accepted + filled.accepted === 0;
	}

	/**
	 * @param {string} id
	 * @param {boolean} [scroll]
	 */
	choose(id, scroll = true) {
		for (const node of this.items.values()) node.classList.toggle("chosen", node.dataset.item === id);
		this.layer.mark(id);
		const node = this.items.get(id);
		if (scroll && node) node.scrollIntoView({ block: "center" });
	}

	send() {
		if (this.button.disabled) return;
		this.button.disabled = true;
		const refused = [];
		const lines = [];
		for (const [id, input] of this.boxes) {
			const isWide = /** @type {HTMLElement} */ (this.items.get(id)).dataset.wide;
			if (isWide && input.checked) lines.push(id);
			else if (!isWide && !input.checked) refused.push(id);
		}
		const form = new FormData();
		form.set("version", this.now.version);
		form.set("refused", refused.join(" "));
		form.set("centre_lines", lines.join(" "));
		this.apply(form).catch(() => { this.button.disabled = false; });
	}
}
