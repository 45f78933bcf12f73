/** Takes the layers that the Folium shell queued and lets their drawers draw them. */
import { panelShift } from "../lib/panel.js";

/**
 * @typedef {{kind: string, map: any, options: Record<string, any>, layer?: any}} Queued
 */

/**
 * Start the page's map.
 * @param {Record<string, (queued: Queued) => any>} drawers kind of layer to what draws it
 * @returns {{map: any, layers: Record<string, any>}} the Leaflet map and what each drawer returned
 */
export function startMap(drawers) {
	const L = /** @type {any} */ (window).L;
	/** @type {Queued[]} */
	const queue = /** @type {any} */ (window).geogrid || [];
	const map = queue[0].map;
	map.options.zoomSnap = 0.5;
	map.options.minZoom = 3;
	map.options.maxZoom = 20;
	map.attributionControl.setPrefix(false);
	L.control.zoom({ position: "bottomright" }).addTo(map);
	L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
	/** @type {Record<string, any>} */
	const layers = {};
	for (const queued of queue) {
		const draw = drawers[queued.kind];
		if (draw) layers[queued.kind] = draw(queued);
	}
	panelShift(() => map.invalidateSize());
	new ResizeObserver(() => map.invalidateSize()).observe(map.getContainer());
	return { map, layers };
}

/**
 * Let the buttons over the map choose what its grids show.
 * @param {{show: (level: number) => Promise<void>}} grids
 * @param {number} first shown at once
 * @returns {(level: number) => Promise<void>}
 */
export function levelSwitch(grids, first) {
	/** @param {number} level */
	async function show(level) {
		for (const button of document.querySelectorAll("[data-level]"))
			button.setAttribute("aria-pressed", String(button.getAttribute("data-level") === String(level)));
		await grids.show(level);
	}
	for (const button of document.querySelectorAll("[data-level]"))
		button.addEventListener("click", () => show(Number(button.getAttribute("data-level"))));
	show(first);
	return show;
}

/**
 * Fit the map to `[west, south, east, north]`.
 * @param {any} map
 * @param {number[]} bounds
 * @param {Record<string, any>} [options] of Leaflet
 */
export function fitBounds(map, bounds, options = {}) {
	const [west, south, east, north] = bounds;
	map.fitBounds([[south, west], [north, east]], { padding: [24, 24], ...options });
}
