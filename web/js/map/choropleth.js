/** Grids coloured by the class of a figure; outlines only while the heat is shown. */
import { getJSON } from "../lib/api.js";
import { el, toast } from "../lib/dom.js";

const SELECTED = "#12607a";
const OUTLINE = "#6b7a82";

/** ColorBrewer YlOrRd and YlGnBu: ordered by lightness, told apart by colour-blind people too. */
const SCALES = {
	burden: ["#ffffb2", "#fed976", "#feb24c", "#fd8d3c", "#f03b20", "#bd0026"],
	success: ["#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#2c7fb8", "#253494"],
};
export const ZERO = "#ffffff";
export const NO_VALUE = "#b9c2c7";

/**
 * Colours for classes, the lowest first.
 * @param {{low: number, high: number}[]} classes
 * @param {"burden" | "success"} scale
 * @returns {string[]}
 */
export function classColours(classes, scale) {
	const steps = SCALES[scale];
	const zeros = classes.filter((each) => each.high === 0).length;
	const above = classes.length - zeros;
	return classes.map((_, at) =>
		at < zeros ? ZERO : steps[Math.round(((at - zeros + 1) * steps.length) / above) - 1]);
}

/**
 * @typedef {{colour: string | null, label: string}} Shade colour null: no value
 */

/** The layer and what a page may ask of it. */
export class ChoroplethLayer {
	/**
	 * @param {any} map
	 * @param {{levels: {level: number, url: string}[]}} plan
	 * @param {(code: string) => void} chosen called when a grid is clicked
	 */
	constructor(map, plan, chosen) {
		this.L = /** @type {any} */ (window).L;
		this.map = map;
		this.plan = plan;
		this.chosen = chosen;
		/** @type {Map<string, any>} */
		this.byCode = new Map();
		/** @type {Map<string, Shade> | null} */
		this.shades = null;
		this.level = 0;
		this.selected = "";
		this.shapes = null;
	}

	/**
	 * Load and show a level.
	 * @param {number} level
	 */
	async show(level) {
		if (this.level === level && this.shapes) return;
		this.level = level;
		const entry = this.plan.levels.find((each) => each.level === level);
		if (!entry) return;
		try {
			const data = await getJSON(entry.url);
			if (this.level === level) this.draw(data);
		} catch (error) {
			this.level = 0;
			toast(/** @type {Error} */ (error).message, "error");
		}
	}

	/** @param {any} data GeoJSON */
	draw(data) {
		if (this.shapes) this.shapes.remove();
		this.byCode.clear();
		this.shapes = this.L.geoJSON(data, {
			style: (/** @type {any} */ feature) => this.styleOf(feature.properties.code),
			onEachFeature: (/** @type {any} */ feature, /** @type {any} */ shape) => {
				const { code } = feature.properties;
				this.byCode.set(code, shape);
				shape.bindTooltip(() => this.tooltip(feature.properties), { sticky: true, className: "grid-tip" });
				shape.on({
					mouseover: () => { if (code !== this.selected) shape.setStyle({ weight: 2.6 }); },
					mouseout: () => shape.setStyle(this.styleOf(code)),
					click: () => this.chosen(code),
				});
			},
		}).addTo(this.map);
		this.raise();
	}

	/**
	 * Colour the grids, or show outlines only.
	 * @param {Map<string, Shade> | null} shades by code
	 */
	paint(shades) {
		this.shades = shades;
		for (const [code, shape] of this.byCode) shape.setStyle(this.styleOf(code));
		this.raise();
	}

	/**
	 * @param {string} code
	 * @returns {Record<string, any>}
	 */
	styleOf(code) {
		const shade = this.shades && this.shades.get(code);
		const marked = code === this.selected;
		const line = marked ? { color: SELECTED, weight: 4, opacity: 1 } : { color: OUTLINE, weight: 1, opacity: 0.8 };
		if (!this.shades) return { ...line, fillColor: "#fff", fillOpacity: 0 };
		const known = shade && shade.colour !== null;
		return { ...line, fillColor: known ? shade.colour : NO_VALUE, fillOpacity: known ? 0.78 : 0.35 };
	}

	/**
	 * @param {{code: string, name: string}} grid
	 * @returns {HTMLElement}
	 */
	tooltip(grid) {
		const shade = this.shades && this.shades.get(grid.code);
		return el("span", null, el("b", null, grid.name || grid.code), shade ? el("span", null, shade.label) : null);
	}

	/** @param {string} code */
	mark(code) {
		const before = this.selected;
		this.selected = code;
		for (const each of [before, code]) {
			const shape = this.byCode.get(each);
			if (shape) shape.setStyle(this.styleOf(each));
		}
		this.raise();
	}

	raise() {
		const shape = this.byCode.get(this.selected);
		if (shape) shape.bringToFront();
	}

	/**
	 * @param {string} code
	 * @returns {string}
	 */
	nameOf(code) {
		const shape = this.byCode.get(code);
		return (shape && shape.feature.properties.name) || code;
	}

	/** @param {string} code */
	fly(code) {
		const shape = this.byCode.get(code);
		if (shape) this.map.fitBounds(shape.getBounds(), { padding: [60, 60], maxZoom: 16.5 });
	}
}
