/** Control points: clicked in the picture and on the map in turn, with what each misses. */
import { postForm } from "../lib/api.js";
import { el, fill, icon } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { notice } from "../lib/notice.js";
import { mark } from "./viewer.js";

/** @typedef {{picture: number[] | null, ground: number[] | null}} Pair */

const NEED = /** @type {Record<string, number>} */ ({ similarity: 2, affine: 3, projective: 4 });

/** The list of points and the placement that they give. */
export class ControlPoints {
	/**
	 * @param {any} map
	 * @param {any} page
	 * @param {{list: HTMLElement, said: HTMLElement, kind: HTMLSelectElement}} parts
	 * @param {{marks: (pairs: Pair[], worst: number) => void, placed: (data: any) => void, look: (pair: Pair) => void}} told
	 */
	constructor(map, page, parts, told) {
		this.L = /** @type {any} */ (window).L;
		this.page = page;
		this.parts = parts;
		this.told = told;
		/** @type {Pair[]} */
		this.pairs = page.placement.points.map((/** @type {number[]} */ [x, y, lon, lat]) => ({ picture: [x, y], ground: [lon, lat] }));
		this.marks = this.L.layerGroup().addTo(map);
		/** @type {any} */
		this.data = null;
		this.round = 0;
		parts.kind.value = page.placement.kind;
		parts.kind.addEventListener("change", () => this.changed());
	}

	/** Rows of x, y, longitude, latitude of the points that are whole. */
	rows() {
		return this.pairs.flatMap(({ picture, ground }) => (picture && ground ? [[...picture, ...ground]] : []));
	}

	/** @param {FormData} form */
	addTo(form) {
		form.set("kind", this.parts.kind.value);
		form.set("points", JSON.stringify(this.rows()));
	}

	/**
	 * Take a click: it completes the point that lacks it, or begins another.
	 * @param {"picture" | "ground"} where
	 * @param {number[]} place
	 */
	take(where, place) {
		const open = this.pairs.find((pair) => !pair.picture || !pair.ground);
		if (open) open[where] = place;
		else {
			/** @type {Pair} */
			const fresh = { picture: null, ground: null };
			fresh[where] = place;
			this.pairs.push(fresh);
		}
		this.changed();
	}

	/** @param {number} at */
	remove(at) {
		this.pairs.splice(at, 1);
		this.changed();
	}

	/** Ask the server where it lies now. */
	async changed() {
		this.round += 1;
		const mine = this.round;
		this.data = null;
		this.show("");
		const need = NEED[this.parts.kind.value];
		if (this.rows().length < need) {
			this.told.placed(null);
			return;
		}
		const form = new FormData();
		this.addTo(form);
		try {
			const data = await postForm(this.page.urls.placing, form);
			if (mine !== this.round) return;
			this.data = data.refused ? null : data;
			this.show(data.refused || "");
			this.told.placed(this.data);
		} catch (error) {
			if (mine !== this.round) return;
			this.show(/** @type {Error} */ (error).message);
			this.told.placed(null);
		}
	}

	/** @param {string} problem */
	show(problem) {
		const worst = this.data && this.rows().length > NEED[this.parts.kind.value] + 1 ? this.data.worst : -1;
		let whole = -1;
		const rows = this.pairs.map((pair, at) => {
			if (pair.picture && pair.ground) whole += 1;
			const miss = this.data && pair.picture && pair.ground ? this.data.misses_m[whole] : null;
			return this.row(pair, at, miss, whole === worst && miss !== null);
		});
		fill(this.parts.list, ...rows);
		this.parts.list.hidden = !rows.length;
		fill(this.parts.said, ...this.sentences(problem));
		this.marks.clearLayers();
		this.pairs.forEach(({ ground }, at) => {
			if (ground) this.L.marker([ground[1], ground[0]], { icon: mark(at + 1, at === worst), interactive: false }).addTo(this.marks);
		});
		this.told.marks(this.pairs, worst);
	}

	/**
	 * @param {Pair} pair
	 * @param {number} at
	 * @param {number | null} miss
	 * @param {boolean} isWorst
	 */
	row(pair, at, miss, isWorst) {
		const missing = pair.ground ? t("click it in the picture") : t("click it on the map");
		const whole = pair.picture && pair.ground;
		const words = whole ? (miss === null ? "" : t("misses by {metres} m", { metres: miss.toFixed(2) })) : missing;
		return el(`li${isWorst ? ".worst" : ""}`, null,
			el("button.link", { type: "button", onclick: () => this.told.look(pair) }, t("Point {number}", { number: at + 1 })),
			el("span", null, words, isWorst ? " · " : null, isWorst ? t("fits worst") : null),
			el("button.button.small", { type: "button", "aria-label": t("Remove point {number}", { number: at + 1 }), onclick: () => this.remove(at) }, icon("x")));
	}

	/** @param {string} problem */
	sentences(problem) {
		const have = this.rows().length;
		const need = NEED[this.parts.kind.value];
		if (problem) return [el("p.notice.bad", { role: "alert" }, icon("circle-x"), el("span", null, problem))];
		if (have < need) return [el("p.hint", null, t("{have} of at least {need} points. More points show what is wrong.", { have, need }))];
		if (!this.data) return [];
		const notes = this.data.notes.map((/** @type {string} */ note) => notice("warn", note));
		return [el("p", null, el("b", null, t("Misses by {rms} m on average (RMS)", { rms: this.data.rms_m.toFixed(2) }))), ...notes];
	}
}
