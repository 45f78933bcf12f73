/** The heat: bins that the server counts for the view, drawn by Leaflet.heat. */
import { isAbort, latestOnly } from "../lib/api.js";
import { toast } from "../lib/dom.js";

/** ColorBrewer YlOrRd from the second colour on: fewer is light, more is dark. */
export const GRADIENT = { 0.15: "#fed976", 0.4: "#feb24c", 0.6: "#fd8d3c", 0.8: "#f03b20", 1: "#bd0026" };
/** The darkest colour stands for what this share of the bins stays below. */
const HOT_SHARE = 0.96;
/** A spot reaches over the next bins: how much of a neighbour adds up in one place. */
const REACH = [1, 0.5, 0.25];
/** The darkest colour means at least so many cases, so that lone cases do not glow. */
const FEWEST = 2;

/**
 * @typedef {{bins: number[][], size_px: number, size_m: number, shown: number}} Heat
 */

/**
 * @param {number[]} values
 * @returns {number}
 */
function nearTop(values) {
	const sorted = values.slice().sort((a, b) => a - b);
	return sorted.length ? sorted[Math.floor((sorted.length - 1) * HOT_SHARE)] : 0;
}

/** The layer and what a page may ask of it. */
export class HeatLayer {
	/**
	 * @param {{map: any, layer: any}} queued
	 * @param {string} url
	 * @param {(heat: Heat & {hot: number}) => void} drawn called with what was drawn
	 */
	constructor({ map, layer }, url, drawn) {
		this.map = map;
		this.layer = layer;
		this.url = url;
		this.drawn = drawn;
		this.ask = latestOnly();
		/** @type {URLSearchParams | null} */
		this.filters = null;
		Object.assign(layer.options, { gradient: GRADIENT, minOpacity: 0.01 });
		map.on("moveend", () => this.refresh());
	}

	/**
	 * Show the cases that a filter lets through.
	 * @param {URLSearchParams} filters
	 */
	async show(filters) {
		this.filters = filters;
		this.layer.addTo(this.map);
		await this.refresh();
	}

	hide() {
		this.filters = null;
		if (this.layer._frame) {
			// a redraw on its way would look for the map it is no longer on
			/** @type {any} */ (window).L.Util.cancelAnimFrame(this.layer._frame);
			this.layer._frame = null;
		}
		this.layer.remove();
	}

	async refresh() {
		if (!this.filters) return;
		const query = new URLSearchParams(this.filters);
		const view = this.map.getBounds().pad(0.05);
		const edges = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
		query.set("bbox", edges.map((edge) => edge.toFixed(6)).join(","));
		query.set("zoom", this.map.getZoom());
		try {
			const heat = await this.ask(`${this.url}?${query}`);
			if (this.filters) this.draw(heat);
		} catch (error) {
			if (!isAbort(error)) toast(/** @type {Error} */ (error).message, "error");
		}
	}

	/** @param {Heat} heat */
	draw(heat) {
		this.layer.setOptions({
			max: Math.max(nearTop(this.addedUp(heat)), FEWEST),
			maxZoom: this.map.getZoom(),
			radius: Math.round(heat.size_px * 1.25),
			blur: Math.round(heat.size_px * 0.9),
		});
		this.layer.setLatLngs(heat.bins.map(([lon, lat, count]) => [lat, lon, count]));
		this.drawn({ ...heat, hot: Math.max(nearTop(heat.bins.map((bin) => bin[2])), FEWEST) });
	}

	/**
	 * What adds up at each bin when the spots lie over each other.
	 * @param {Heat} heat
	 * @returns {number[]}
	 */
	addedUp({ bins, size_px: size }) {
		const zoom = this.map.getZoom();
		/** @type {Map<string, number>} */
		const counts = new Map();
		const cells = bins.map(([lon, lat, count]) => {
			const at = this.map.project([lat, lon], zoom);
			const cell = [Math.floor(at.x / size), Math.floor(at.y / size)];
			counts.set(cell.join(), count);
			return cell;
		});
		return cells.map(([x, y]) => {
			let sum = 0;
			for (let dx = -1; dx <= 1; dx++)
				for (let dy = -1; dy <= 1; dy++)
					sum += REACH[Math.abs(dx) + Math.abs(dy)] * (counts.get(`${x + dx},${y + dy}`) || 0);
			return sum;
		});
	}
}
