/** The defects of a check on the map: their shapes, and a pin where a shape is too small to see. */
import { KIND_WORDS, UNJUDGED, kindColour } from "../check/defect-words.js";
import { el } from "../lib/dom.js";
import { fitBounds } from "./layers.js";

const SMALL_PX = 16;
const CLOSE_M = 110;
const AROUND = 0.6;
const CROWDED = 300;
const CHOSEN = "#d4380d";

/**
 * @typedef {{id: string, kind: string, severity: string, lon: number | null, lat: number | null,
 *   bounds: number[] | null, label: string}} Row
 */

/** @param {{kind: string, severity: string}} row */
const strength = ({ kind, severity }) => (UNJUDGED.includes(kind) ? 0.18 : severity === "error" ? 0.6 : severity === "approved" ? 0.15 : 0.3);

/** The layer and what a page may ask of it. */
export class DefectsLayer {
	/**
	 * @param {any} map
	 * @param {(id: string) => void} chosen called when a defect is clicked
	 */
	constructor(map, chosen) {
		this.L = /** @type {any} */ (window).L;
		this.map = map;
		this.chosen = chosen;
		/** @type {Map<string, {row: Row, shape: any, pin: any}>} */
		this.byId = new Map();
		this.selected = "";
		map.createPane("defects").style.zIndex = "450";
		map.createPane("pins").style.zIndex = "460";
		this.canvas = this.L.canvas({ pane: "pins", padding: 0.3, tolerance: 6 });
		this.ring = null;
		/** @type {Set<string> | null} ids that are shown, null for all */
		this.wanted = null;
		this.radius = 6;
		map.on("zoomend", () => this.placePins());
	}

	/**
	 * @param {Row[]} rows
	 * @param {any} shapes GeoJSON with the id of the row in each feature
	 */
	draw(rows, shapes) {
		const { L } = this;
		this.radius = rows.length > CROWDED ? 4 : 6;
		for (const row of rows) this.byId.set(row.id, { row, shape: null, pin: this.pin(row) });
		L.geoJSON(shapes, {
			pane: "defects",
			style: (/** @type {any} */ feature) => this.style(this.rowOf(feature)),
			pointToLayer: (/** @type {any} */ _feature, /** @type {any} */ place) => L.circleMarker(place, { pane: "defects", radius: 3 }),
			onEachFeature: (/** @type {any} */ feature, /** @type {any} */ shape) => {
				const entry = this.byId.get(feature.properties.id);
				if (!entry) return;
				entry.shape = shape;
				this.listen(shape, entry.row);
			},
		}).addTo(this.map);
		this.placePins();
	}

	/** @param {any} feature */
	rowOf(feature) {
		const entry = this.byId.get(feature.properties.id);
		return entry ? entry.row : { kind: "", severity: "noise" };
	}

	/** @param {{kind: string, severity: string}} row */
	style(row) {
		const colour = kindColour(row.kind);
		return { color: colour, weight: 1.5, opacity: 0.95, fillColor: colour, fillOpacity: strength(row),
			dashArray: row.severity === "approved" ? "4 4" : null };
	}

	/** @param {Row} row */
	pin(row) {
		if (row.lon === null || row.lat === null) return null;
		const colour = kindColour(row.kind);
		const pin = this.L.circleMarker([row.lat, row.lon], { renderer: this.canvas, radius: row.severity === "error" ? this.radius : 4,
			color: "#fff", weight: 1.5, fillColor: colour, fillOpacity: row.severity === "error" ? 0.95 : 0.6 });
		this.listen(pin, row);
		return pin;
	}

	/**
	 * @param {any} layer
	 * @param {Row} row
	 */
	listen(layer, row) {
		layer.bindTooltip(() => el("span", null, KIND_WORDS[row.kind] || row.kind, row.label ? ` · ${row.label}` : ""), { sticky: true });
		layer.on("click", (/** @type {any} */ event) => {
			this.L.DomEvent.stopPropagation(event);
			this.chosen(row.id);
		});
	}

	/** Show pins for what is too small to see now. */
	placePins() {
		for (const [id, { row, pin }] of this.byId) {
			if (!pin) continue;
			const shown = this.isSmall(row) && (!this.wanted || this.wanted.has(id));
			if (shown && !this.map.hasLayer(pin)) pin.addTo(this.map);
			else if (!shown && this.map.hasLayer(pin)) pin.remove();
		}
	}

	/** @param {Row} row */
	isSmall({ bounds }) {
		if (!bounds) return true;
		const a = this.map.latLngToLayerPoint([bounds[3], bounds[0]]);
		const b = this.map.latLngToLayerPoint([bounds[1], bounds[2]]);
		return b.x - a.x < SMALL_PX && b.y - a.y < SMALL_PX;
	}

	/**
	 * Show only some rows.
	 * @param {Set<string>} ids
	 */
	filter(ids) {
		this.wanted = ids;
		for (const [id, { shape }] of this.byId) {
			if (!shape) continue;
			if (ids.has(id)) shape.addTo(this.map);
			else shape.remove();
		}
		this.placePins();
	}

	/**
	 * Mark a defect and fly to it.
	 * @param {string} id
	 * @param {{fly?: boolean}} [options]
	 */
	mark(id, { fly = true } = {}) {
		this.unmark();
		this.selected = id;
		const entry = this.byId.get(id);
		if (!entry) return;
		const { row, shape } = entry;
		if (shape && shape.setStyle) shape.setStyle({ color: CHOSEN, weight: 3, fillOpacity: 0.5 });
		if (row.lon === null || row.lat === null) return;
		this.ring = this.L.circleMarker([row.lat, row.lon], { pane: "pins", radius: 17, color: CHOSEN, weight: 3, fill: false, interactive: false }).addTo(this.map);
		if (fly) this.fly(row);
	}

	unmark() {
		const before = this.byId.get(this.selected);
		if (before && before.shape && before.shape.setStyle) before.shape.setStyle(this.style(before.row));
		if (this.ring) this.ring.remove();
		this.ring = null;
	}

	/**
	 * Show several defects at once.
	 * @param {string[]} ids
	 */
	flyTo(ids) {
		const boxes = ids.map((id) => (this.byId.get(id) || { row: { bounds: null } }).row.bounds).filter(Boolean);
		if (!boxes.length) return;
		const edge = (/** @type {number} */ at, /** @type {(...values: number[]) => number} */ pick) => pick(...boxes.map((box) => /** @type {number[]} */ (box)[at]));
		const box = [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)];
		this.fly({ lon: box[0], lat: box[1], bounds: box });
	}

	/** @param {{lon: number | null, lat: number | null, bounds: number[] | null}} row */
	fly({ lon, lat, bounds }) {
		const [west, south, east, north] = /** @type {number[]} */ (bounds || [lon, lat, lon, lat]);
		const squeeze = Math.max(Math.cos((south * Math.PI) / 180), 0.01);
		const room = Math.max(CLOSE_M / 111_000, (north - south) * AROUND, (east - west) * squeeze * AROUND);
		fitBounds(this.map, [west - room / squeeze, south - room, east + room / squeeze, north + room], { maxZoom: 19 });
	}

	/**
	 * Show the outline that the grids must fill.
	 * @param {any} shape GeoJSON
	 */
	drawRegion(shape) {
		this.L.geoJSON(shape, { pane: "defects", interactive: false,
			style: { color: "#1c2b33", weight: 2, dashArray: "7 5", fill: false } }).addTo(this.map);
	}
}
