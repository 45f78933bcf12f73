/** Grids chosen by name or code, in view or not, beside those that are clicked. */
import { latestOnly } from "../../lib/api.js";
import { el, fill, icon } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { searchBox } from "../../lib/search.js";

const SHOWN = 12;

/** A search box, who receives, and what is chosen so far. */
export class GridPicker {
	/**
	 * @param {import("../bench.js").Bench} bench
	 * @param {{level: () => number, pick: (id: string) => void, finish: () => void}} acts
	 */
	constructor(bench, { level, pick, finish }) {
		this.bench = bench;
		this.pick = pick;
		/** @type {Map<string, {code: string, name: string}>} what was found, by id; the view need not hold it */
		this.known = new Map();
		/** @type {string[]} ids that are chosen */
		this.chosen = [];
		this.input = /** @type {HTMLInputElement} */ (el("input", { type: "search", maxlength: 100 }));
		const list = el("div.options", { id: "pick-list", hidden: true });
		this.search = el("div.search", { role: "search" }, icon("search"), this.input, list);
		this.chips = el("div.chips");
		this.box = el("div.tool-picker", null, this.search, this.chips);
		const ask = latestOnly();
		this.input.addEventListener("keydown", (event) => {
			if (event.isComposing || this.input.value.trim()) return;
			if (event.key === "Enter") finish();
			else if (event.key === "Escape") bench.map.getContainer().focus({ preventScroll: true });
		});
		const forget = searchBox(this.input, list, (match) => {
			forget();
			this.input.value = "";
			if (bench.is_ready) pick(match.id);
			else bench.ui.notice(t("Zoom in to see all borders and to redraw them"), "warn");
		}, { find: async (text) => {
			const { items } = await ask(`${bench.session.api}/figures?sort=code&level=${level()}&limit=${SHOWN}&q=${encodeURIComponent(text)}`);
			for (const item of items) this.known.set(item.id, item);
			return items.filter((/** @type {any} */ item) => !this.chosen.includes(item.id))
				.map((/** @type {any} */ item) => ({ id: item.id, kind: "grid", label: item.name || item.code, detail: item.name ? item.code : "" }));
		} });
	}

	/**
	 * @param {string} id
	 * @returns {string}
	 */
	codeOf(id) {
		const { model } = this.bench;
		const found = this.known.get(id);
		return model.grids.has(id) || !found ? model.codeOf(id) : found.code;
	}

	/**
	 * @param {string} id
	 * @returns {string}
	 */
	nameOf(id) {
		const { model } = this.bench;
		const found = this.known.get(id);
		return model.grids.has(id) || !found ? model.nameOf(id) : found.name || found.code;
	}

	/**
	 * @param {{has_search: boolean, receives: string, given: string[], letGo: () => void}} now
	 */
	show({ has_search, receives, given, letGo }) {
		this.chosen = [receives, ...given];
		this.box.hidden = !has_search && !receives;
		this.search.hidden = !has_search;
		const words = receives ? t("Given: name or code") : t("Who receives: name or code");
		this.input.placeholder = words;
		this.input.setAttribute("aria-label", words);
		const to = this.nameOf(receives);
		const chip = (/** @type {string} */ tag, /** @type {string} */ text, /** @type {string} */ title, /** @type {() => void} */ onclick) =>
			el(tag, { type: "button", title, onclick }, el("span", null, text), icon("x"));
		fill(this.chips,
			receives && chip("button.chip.receives", t("Receives: {name}", { name: to }), t("{name} receives; click for another grid", { name: to }), letGo),
			given.map((id) => chip("button.chip", this.nameOf(id), t("Leave {name} out", { name: this.nameOf(id) }), () => this.pick(id))));
	}
}
