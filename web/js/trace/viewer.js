/** The picture or the drawing by itself, to look at closely and to click in. */
import { el } from "../lib/dom.js";

const COLOURS = ["#12607a", "#b5651d", "#5b8c3a", "#7a4fa3", "#b42318", "#5a6b75"];

/** @typedef {{name: string, lines: number, texts: number}} DrawnLayer */
/** @typedef {{lines: any[][], texts: any[][]}} Drawn */

/**
 * A numbered mark.
 * @param {number} number
 * @param {boolean} [bad]
 */
export function mark(number, bad = false) {
	const L = /** @type {any} */ (window).L;
	return L.divIcon({
		className: "point-mark",
		html: el(`span${bad ? ".bad" : ""}`, null, String(number)),
		iconSize: [26, 26],
		iconAnchor: [13, 13],
	});
}

/** Shows what was uploaded in its own coordinates. */
export class Viewer {
	/**
	 * @param {HTMLElement} box
	 * @param {any} page
	 * @param {(x: number, y: number) => void} clicked
	 */
	constructor(box, page, clicked) {
		const L = /** @type {any} */ (window).L;
		this.L = L;
		this.page = page;
		const [west, south, east, north] = page.bounds;
		this.bounds = [[south, west], [north, east]];
		this.map = L.map(box, {
			crs: L.CRS.Simple, minZoom: -18, maxZoom: 18, zoomSnap: 0.25, zoomControl: false, attributionControl: false, preferCanvas: true,
		});
		L.control.zoom({ position: "bottomright" }).addTo(this.map);
		this.map.fitBounds(this.bounds);
		this.map.setMinZoom(this.map.getZoom() - 1);
		this.marks = L.layerGroup().addTo(this.map);
		this.shapes = L.layerGroup().addTo(this.map);
		const reach = L.latLngBounds(this.bounds).pad(0.02); // beside it there is nothing to meet
		this.map.on("click", (/** @type {any} */ event) => reach.contains(event.latlng) && clicked(event.latlng.lng, event.latlng.lat));
		if (page.kind === "picture") L.imageOverlay(page.urls.picture, this.bounds).addTo(this.map);
		new ResizeObserver(() => this.map.invalidateSize()).observe(box);
	}

	/**
	 * Draw the layers that are chosen.
	 * @param {Drawn} drawn
	 * @param {Set<number>} layers
	 */
	draw(drawn, layers) {
		this.shapes.clearLayers();
		for (const [layer, ...numbers] of drawn.lines) {
			if (!layers.has(layer)) continue;
			const points = [];
			for (let at = 0; at < numbers.length; at += 2) points.push([numbers[at + 1], numbers[at]]);
			this.L.polyline(points, {
				color: COLOURS[layer % COLOURS.length], weight: 1.2, interactive: false,
			}).addTo(this.shapes);
		}
		for (const [layer, text, , , x, y] of drawn.texts.slice(0, 400)) {
			if (!layers.has(layer)) continue;
			const words = el("span", null, text.split("\n")[0].slice(0, 16));
			this.L.marker([y, x], {
				icon: this.L.divIcon({ className: "drawn-text", html: words, iconSize: [0, 0] }), interactive: false, keyboard: false,
			}).addTo(this.shapes);
		}
	}

	/**
	 * @param {{picture: number[] | null}[]} pairs
	 * @param {number} worst
	 */
	showMarks(pairs, worst) {
		this.marks.clearLayers();
		pairs.forEach((pair, at) => {
			if (!pair.picture) return;
			const [x, y] = pair.picture;
			this.L.marker([y, x], { icon: mark(at + 1, at === worst), interactive: false }).addTo(this.marks);
		});
	}

	/** @param {number[]} place */
	look([x, y]) {
		this.map.panTo([y, x]);
	}
}
