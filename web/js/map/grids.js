/** The grids of one level: outlines, names where there is room, hover, click. */
import { getJSON } from "../lib/api.js";
import { toast } from "../lib/dom.js";

/** Colour-blind safe (Okabe–Ito based), one per kind. */
export const KIND_COLOURS = { community: "#1f6f8b", village: "#5b8c3a", dedicated: "#b5651d" };
/** More shapes than this are drawn on a canvas: elements of their own would be slow. */
const MANY = 1500;
const SELECTED = "#d4380d";

/**
 * @param {any} feature
 * @returns {Record<string, any>}
 */
function plainStyle(feature) {
	const colour = /** @type {any} */ (KIND_COLOURS)[feature.properties.kind] || KIND_COLOURS.community;
	return { color: colour, weight: 1.6, opacity: 0.9, fillColor: colour, fillOpacity: 0.08 };
}

/** The layer and what a page may ask of it. */
export class GridsLayer {
	/**
	 * @param {any} map
	 * @param {{levels: {level: number, url: string}[]}} plan
	 * @param {(code: string) => void} chosen called when a grid is clicked
	 * @param {(url: string) => Promise<any>} [load] gives what stands at an address
	 */
	constructor(map, plan, chosen, load = getJSON) {
		this.load = load;
		this.L = /** @type {any} */ (window).L;
		this.map = map;
		this.plan = plan;
		this.chosen = chosen;
		/** @type {Map<string, any>} */
		this.byCode = new Map();
		this.level = 0;
		this.selected = "";
		this.shapes = null;
		this.names = this.L.layerGroup().addTo(map);
		map.on("moveend zoomend", () => this.writeNames());
	}

	/**
	 * Show a level.
	 * @param {number} level
	 */
	async show(level) {
		this.level = level;
		const entry = this.plan.levels.find((each) => each.level === level);
		if (!entry) return;
		let data;
		try {
			data = await this.load(entry.url);
		} catch (error) {
			toast(/** @type {Error} */ (error).message, "error");
			return;
		}
		if (this.level !== level) return;
		this.draw(data);
	}

	/**
	 * @param {string} code
	 * @returns {string} its name, or the code where there is none
	 */
	nameOf(code) {
		const shape = this.byCode.get(code);
		return (shape && shape.feature.properties.name) || code;
	}

	/** @param {any} data GeoJSON */
	draw(data) {
		if (this.shapes) this.shapes.remove();
		this.byCode.clear();
		const isMany = data.features.length > MANY;
		this.shapes = this.L.geoJSON(data, {
			...(isMany ? { renderer: this.L.canvas() } : {}),
			style: isMany ? (/** @type {any} */ feature) => ({ ...plainStyle(feature), weight: 0.7 }) : plainStyle,
			onEachFeature: (/** @type {any} */ feature, /** @type {any} */ shape) => {
				this.byCode.set(feature.properties.code, shape);
				shape.on({
					mouseover: () => this.hover(shape, true),
					mouseout: () => this.hover(shape, false),
					click: (/** @type {any} */ event) => {
						this.L.DomEvent.stopPropagation(event);
						this.map.fire("click", { latlng: event.latlng });
						this.chosen(feature.properties.code);
					},
				});
			},
		}).addTo(this.map);
		this.mark(this.selected);
		this.writeNames();
	}

	/**
	 * @param {any} shape
	 * @param {boolean} on
	 */
	hover(shape, on) {
		if (shape.feature.properties.code === this.selected) return;
		shape.setStyle(on ? { fillOpacity: 0.22, weight: 2.4 } : plainStyle(shape.feature));
	}

	/**
	 * Mark one grid, without calling anybody.
	 * @param {string} code
	 */
	mark(code) {
		const before = this.byCode.get(this.selected);
		if (before) before.setStyle(plainStyle(before.feature));
		this.selected = code;
		const shape = this.byCode.get(code);
		if (!shape) return;
		shape.setStyle({ color: SELECTED, weight: 3.4, opacity: 1, fillColor: SELECTED, fillOpacity: 0.14 });
		shape.bringToFront();
	}

	/** Write the names that fit into their grids as they are seen now. */
	writeNames() {
		this.names.clearLayers();
		if (!this.shapes) return;
		const view = this.map.getBounds();
		for (const shape of this.byCode.values()) {
			const { name, label } = shape.feature.properties;
			const place = this.L.latLng(label[1], label[0]);
			if (!name || !view.contains(place)) continue;
			const bounds = shape.getBounds();
			const a = this.map.latLngToContainerPoint(bounds.getNorthWest());
			const b = this.map.latLngToContainerPoint(bounds.getSouthEast());
			const need = Math.min(name.length, 14) * 13;
			if (b.x - a.x < need || b.y - a.y < 26) continue;
			const node = document.createElement("span");
			node.textContent = name;
			this.L.marker(place, {
				interactive: false,
				keyboard: false,
				icon: this.L.divIcon({ className: "grid-name", html: node, iconSize: [0, 0] }),
			}).addTo(this.names);
		}
	}
}
