/** Located rows as circles with counts: as many as the view can hold, whatever the list. */
import { isAbort, latestOnly } from "../lib/api.js";
import { toast } from "../lib/dom.js";
import { number } from "../lib/format.js";

const COLOUR = "#b5420f";

/** The layer and what a page may ask of it. */
export class CaseBins {
	/**
	 * @param {any} map
	 * @param {string} url answers `?bbox=&zoom=` with bins
	 */
	constructor(map, url) {
		this.L = /** @type {any} */ (window).L;
		this.map = map;
		this.url = url;
		this.status = "";
		this.ask = latestOnly();
		this.circles = this.L.layerGroup().addTo(map);
		map.on("moveend", () => this.refresh());
	}

	/**
	 * Show the rows of one status, or all.
	 * @param {string} status
	 */
	show(status) {
		this.status = status;
		return this.refresh();
	}

	async refresh() {
		const view = this.map.getBounds();
		const edges = [Math.max(view.getWest(), -180), Math.max(view.getSouth(), -90),
			Math.min(view.getEast(), 180), Math.min(view.getNorth(), 90)];
		const query = new URLSearchParams({ bbox: edges.map((edge) => edge.toFixed(6)).join(","), zoom: this.map.getZoom() });
		if (this.status) query.set("status", this.status);
		try {
			this.draw((await this.ask(`${this.url}?${query}`)).bins);
		} catch (error) {
			if (!isAbort(error)) toast(/** @type {Error} */ (error).message, "error");
		}
	}

	/** @param {number[][]} bins */
	draw(bins) {
		this.circles.clearLayers();
		for (const [lon, lat, count] of bins) {
			const radius = count === 1 ? 5 : Math.min(8.5 + 4.4 * Math.log10(count), 24);
			this.L.circleMarker([lat, lon], { radius, color: "#fff", weight: 1.5, fillColor: COLOUR, fillOpacity: 0.8 })
				.on("click", () => this.closer([lat, lon])).addTo(this.circles);
			if (count > 1) this.L.marker([lat, lon], { interactive: false, keyboard: false, icon: this.label(count) }).addTo(this.circles);
		}
	}

	/** @param {number} count */
	label(count) {
		const node = document.createElement("span");
		node.textContent = number(count);
		return this.L.divIcon({ className: "bin-count", html: node, iconSize: [0, 0] });
	}

	/** @param {number[]} place */
	closer(place) {
		this.map.setView(place, Math.min(this.map.getZoom() + 2, 19));
	}
}
