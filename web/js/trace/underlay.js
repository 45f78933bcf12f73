/** What was placed, over the streets and under what is drawn. */
import { el } from "../lib/dom.js";
import { apply, cssMatrix, homography } from "./homography.js";

/** @typedef {import("./homography.js").Point} Point */

/** Shows a picture or a drawing where it lies. */
export class Underlay {
	/**
	 * @param {any} map
	 * @param {any} page
	 * @param {string} [name] of the map's pane; each underlay needs its own
	 */
	constructor(map, page, name = "underlay") {
		this.L = /** @type {any} */ (window).L;
		this.map = map;
		this.page = page;
		this.opacity = 0.6;
		/** @type {number[][] | null} */
		this.corners = null;
		const pane = map.createPane(name);
		pane.style.zIndex = "350";
		pane.style.pointerEvents = "none";
		this.pane = pane;
		this.name = name;
		/** @type {HTMLElement | null} */
		this.image = null;
		this.lines = this.L.layerGroup().addTo(map);
		this.renderer = this.L.canvas({ pane: name });
		/** @type {[number, number][][]} lines on the ground: latitude, longitude */
		this.placed = [];
		map.on("zoom viewreset moveend", () => this.position());
	}

	/** @param {number} opacity 0 to 1 */
	fade(opacity) {
		this.opacity = opacity;
		this.pane.style.opacity = String(opacity);
	}

	/** Take it away. */
	clear() {
		this.corners = null;
		this.placed = [];
		this.lines.clearLayers();
		if (this.image) this.image.hidden = true;
	}

	/**
	 * Show it between four corners.
	 * @param {number[][]} corners longitude, latitude: upper left, then clockwise
	 * @param {import("./viewer.js").Drawn | null} drawn
	 * @param {Set<number>} layers
	 */
	show(corners, drawn, layers) {
		this.corners = corners;
		this.fade(this.opacity);
		if (drawn) this.drawLines(corners, drawn, layers);
		else this.position();
	}

	/** Put the picture where its corners are now. */
	position() {
		if (!this.corners || this.page.kind !== "picture") return;
		if (!this.image) {
			this.image = el("img.leaflet-zoom-hide.placed-picture", { src: this.page.urls.picture, alt: "" });
			this.pane.append(this.image);
		}
		const { width, height } = this.page;
		/** @type {Point[]} */
		const from = [[0, 0], [width, 0], [width, height], [0, height]];
		const to = this.corners.map(([lon, lat]) => {
			const place = this.map.latLngToLayerPoint([lat, lon]);
			return /** @type {Point} */ ([place.x, place.y]);
		});
		this.image.hidden = false;
		this.image.style.width = `${width}px`;
		this.image.style.height = `${height}px`;
		this.image.style.transform = cssMatrix(homography(from, to));
	}

	/**
	 * @param {number[][]} corners
	 * @param {import("./viewer.js").Drawn} drawn
	 * @param {Set<number>} layers
	 */
	drawLines(corners, drawn, layers) {
		const [west, south, east, north] = this.page.bounds;
		const wide = east - west || 1;
		const high = north - south || 1;
		/** @type {Point[]} */
		const from = [[0, 1], [1, 1], [1, 0], [0, 0]];
		const to = corners.map(([lon, lat]) => {
			const place = this.map.project([lat, lon], 20);
			return /** @type {Point} */ ([place.x, place.y]);
		});
		const origin = to[0];
		const local = /** @type {Point[]} */ (to.map(([x, y]) => [x - origin[0], y - origin[1]]));
		const there = homography(from, local);
		this.lines.clearLayers();
		this.placed = [];
		for (const [layer, ...numbers] of drawn.lines) {
			if (!layers.has(layer)) continue;
			/** @type {[number, number][]} */
			const points = [];
			for (let at = 0; at < numbers.length; at += 2) {
				const [x, y] = apply(there, (numbers[at] - west) / wide, (numbers[at + 1] - south) / high);
				const { lat, lng } = this.map.unproject([x + origin[0], y + origin[1]], 20);
				points.push([lat, lng]);
			}
			this.placed.push(points);
			this.L.polyline(points, {
				pane: this.name, renderer: this.renderer, color: "#b42318", weight: 1.6, interactive: false,
			}).addTo(this.lines);
		}
	}
}
