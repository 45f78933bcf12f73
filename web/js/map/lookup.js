/** The place that was looked up: a pin, and a circle when the position is not exact. */

const COLOUR = "#d4380d";

/** One marked place on the map. */
export class PlaceMark {
	/** @param {any} map */
	constructor(map) {
		this.L = /** @type {any} */ (window).L;
		this.map = map;
		this.group = this.L.layerGroup().addTo(map);
	}

	/**
	 * Mark a place and bring it into view.
	 * @param {number} lon
	 * @param {number} lat
	 * @param {{accuracy_m?: number, zoom?: number}} [options] `accuracy_m` of a phone's
	 *   position; `zoom` to show at least, unless
	 *   the circle is larger than that
	 */
	show(lon, lat, { accuracy_m, zoom } = {}) {
		const place = this.L.latLng(lat, lon);
		this.clear();
		if (accuracy_m)
			this.L.circle(place, { radius: accuracy_m, color: COLOUR, weight: 1, fillOpacity: 0.08, interactive: false })
				.addTo(this.group);
		const pin = document.createElement("span");
		this.L.marker(place, { interactive: false, keyboard: false, zIndexOffset: 500,
			icon: this.L.divIcon({ className: "place-pin", html: pin, iconSize: [0, 0] }) }).addTo(this.group);
		const whole = accuracy_m ? this.map.getBoundsZoom(place.toBounds(2 * accuracy_m)) : Infinity;
		if (zoom) this.map.setView(place, Math.min(Math.max(this.map.getZoom(), zoom), whole));
	}

	clear() {
		this.group.clearLayers();
	}
}
