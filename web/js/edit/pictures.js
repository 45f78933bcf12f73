/** Pictures placed under the draft, to trace over: each shown or not, all as clear as one wants. */
import { getJSON } from "../lib/api.js";
import { byId, el, fill, icon } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { Underlay } from "../trace/underlay.js";

/**
 * @typedef {{id: number, name: string, width: number, height: number, corners: number[][], url: string}} Picture
 * @typedef {{picture: Picture, underlay: Underlay | null}} Row
 */

const CLEAR = 0.6;
const key = (/** @type {number} */ draft) => `geogrid.pictures.${draft}`;

/**
 * @param {number} draft
 * @returns {number} how clear its pictures were on this device, 0 to 1
 */
function remembered(draft) {
	try {
		const kept = Number.parseFloat(localStorage.getItem(key(draft)) || "");
		return kept >= 0 && kept <= 1 ? kept : CLEAR;
	} catch {
		return CLEAR; // the browser keeps nothing
	}
}

/**
 * @param {number} draft
 * @param {number} opacity
 */
function remember(draft, opacity) {
	try {
		localStorage.setItem(key(draft), String(opacity));
	} catch {
		// the browser keeps nothing
	}
}

/** The box over the map that lists them. */
export class Pictures {
	/**
	 * @param {any} map
	 * @param {{id: number, may_edit: boolean, trace: string}} edit
	 */
	constructor(map, edit) {
		this.map = map;
		this.edit = edit;
		this.url = `/api/v1/plans/${edit.id}/underlays`;
		this.opacity = remembered(edit.id);
		/** @type {Row[]} */
		this.rows = [];
		this.box = byId("pictures");
	}

	/** Ask which there are and show the first. */
	async load() {
		const { items } = await getJSON(this.url);
		this.rows = items.map((/** @type {Picture} */ picture) => ({ picture, underlay: null }));
		if (!this.rows.length && !this.edit.may_edit) return;
		if (this.rows.length) this.show(this.rows[0], true);
		this.list();
		this.box.hidden = false;
	}

	/**
	 * @param {Row} row
	 * @param {boolean} is_shown
	 */
	show(row, is_shown) {
		const { width, height, corners, url, id } = row.picture;
		if (is_shown && !row.underlay)
			row.underlay = new Underlay(this.map, { kind: "picture", width, height, urls: { picture: url } }, `underlay-${id}`);
		if (!row.underlay) return;
		if (!is_shown) return row.underlay.clear();
		row.underlay.opacity = this.opacity;
		row.underlay.show(corners, null, new Set());
	}

	/** @param {number} opacity 0 to 1 */
	fade(opacity) {
		this.opacity = opacity;
		for (const { underlay } of this.rows) if (underlay) underlay.fade(opacity);
	}

	/** @param {Row} row */
	look({ picture }) {
		this.map.fitBounds(picture.corners.map(([lon, lat]) => [lat, lon]), { padding: [40, 40] });
	}

	/**
	 * Take one away for good.
	 * @param {Row} row
	 */
	async remove(row) {
		if (!confirm(t("Remove the picture “{name}” from this draft?", { name: row.picture.name }))) return;
		try {
			await getJSON(row.picture.url, { method: "DELETE" });
		} catch (error) {
			this.list(/** @type {Error} */ (error).message);
			return;
		}
		this.show(row, false);
		this.rows = this.rows.filter((each) => each !== row);
		this.list();
	}

	/** @param {string} [problem] what went wrong */
	list(problem = "") {
		const { rows, edit } = this;
		const slider = el("input", { onpointerup: () => slider.blur(), // keys are for the tools again
			onchange: () => remember(edit.id, this.opacity),
			type: "range", min: 0, max: 100, value: Math.round(this.opacity * 100),
			oninput: (/** @type {any} */ event) => this.fade(Number(event.target.value) / 100) });
		fill(this.box,
			el("summary", null, icon("image"), rows.length ? t("Pictures ({n})", { n: rows.length }) : t("Pictures")),
			el("div.pictures-body", null,
				problem ? el("p.notice.bad", null, problem) : null,
				rows.length ? el("label.field", null, el("span", null, t("Opacity")), slider)
					: el("p.hint", null, t("A scanned map or a screenshot can lie under the borders, to trace over.")),
				el("ul", null, rows.map((row) => this.line(row))),
				edit.may_edit ? el("a", { href: edit.trace }, t("Place a picture …")) : null));
	}

	/** @param {Row} row */
	line(row) {
		const { picture } = row;
		const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox",
			onchange: () => this.show(row, box.checked) }));
		box.checked = Boolean(row.underlay && row.underlay.corners);
		const look = t("Show where “{name}” lies", { name: picture.name });
		const remove = t("Remove “{name}”", { name: picture.name });
		return el("li", null, el("label.tick", null, box, el("span", null, picture.name)),
			el("button", { type: "button", title: look, "aria-label": look, onclick: () => this.look(row) }, icon("crosshair")),
			this.edit.may_edit ? el("button", { type: "button", title: remove, "aria-label": remove, onclick: () => this.remove(row) }, icon("x")) : null);
	}
}
