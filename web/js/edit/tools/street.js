/** Lays a border along a street: click the border, then the street. */
import { el } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { DRAWN } from "../drawing.js";
import { toDegrees } from "../geometry.js";
import { paintSnap } from "./marks.js";
import { sides } from "./corners.js";
import { Tool } from "./tool.js";

const STREET_PX = 16;

/**
 * @typedef {import("../bench.js").At} At
 * @typedef {import("../chart.js").Pen} Pen
 */

export class StreetTool extends Tool {
	/** @param {import("../bench.js").Bench} bench */
	constructor(bench) {
		super(bench);
		/** @type {{arc: any, lonlat: any} | null} */
		this.border = null;
		this.moves_junctions = true;
	}

	get is_under_way() {
		return Boolean(this.border);
	}

	cancel() {
		this.border = null;
		this.bench.forget();
		this.bench.touch();
	}

	/** @param {At | null} at */
	hint(at) {
		if (!this.border)
			return at && at.border ? t("Click: the border between {a} and {b} is to follow a street", sides(this.bench, at.border.arc))
				: t("Click the border that is to follow a street");
		const street = at && this.bench.snapper.street(at.place, STREET_PX);
		if (!street || !street.street) return this.bench.byHand(t("Click the street · Esc: another border"), t("Tap the street"));
		const name = street.street.name || t("this street");
		return t("Click to lay the border along {name}", { name });
	}

	/** @param {At} at */
	async click(at) {
		const { bench } = this;
		if (!bench.is_ready || at.is_second) return;
		if (!this.border) {
			if (at.border) this.border = at.border;
			bench.clearWrong();
			bench.ui.options();
			return;
		}
		const street = this.line(at);
		if (!street) return;
		const { lonlat } = this.border;
		if (await bench.perform("snap_to_line", { at: lonlat, line: street, moves_junctions: this.moves_junctions })) this.border = null;
		bench.ui.options();
		bench.touch();
	}

	/**
	 * @param {At} at
	 * @returns {any[] | null} the street there, in degrees
	 */
	line(at) {
		const found = this.bench.snapper.street(at.place, STREET_PX);
		if (!found || !found.street) return null;
		const { points } = found.street;
		const line = [];
		for (let i = 0; i < points.length; i += 2) line.push(toDegrees([points[i], points[i + 1]]));
		return line;
	}

	options() {
		const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", checked: this.moves_junctions }));
		box.addEventListener("change", () => { this.moves_junctions = box.checked; });
		return [el("label.tick", null, box, el("span", null, t("Move its junctions onto the street too")))];
	}

	/** @param {Pen} pen */
	paint(pen) {
		const { at } = this.bench;
		const shown = this.border || (at && at.border);
		if (shown) pen.stroke([shown.arc.path], { colour: DRAWN, width: 5 });
		if (this.border && at) paintSnap(pen, this.bench.snapper.street(at.place, STREET_PX));
	}
}
