/** The map of two drafts: borders of one of them or of what merging makes, and the ground that differs. */
import { getJSON } from "../lib/api.js";
import { el, svg } from "../lib/dom.js";
import { fitBounds } from "../map/layers.js";

/** Colours that people tell apart who cannot see red or green, each with its own hatching. */
export const LOOKS = /** @type {Record<string, {colour: string, path: string}>} */ ({
	one: { colour: "#0072b2", path: "M3 4.5a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0 -3 0" },
	other: { colour: "#d98200", path: "M-2 2L2 -2M0 9L9 0M7 11L11 7" },
	both: { colour: "#6a1b5d", path: "M-2 2L2 -2M0 9L9 0M7 11L11 7M-2 7L2 11M0 0L9 9M7 -2L11 2" },
	plain: { colour: "#50606b", path: "M0 4.5L9 4.5" },
});
const MOST_NAMES = 60;

/**
 * @typedef {{id: string, left: string, right: string, line: number[][]}} Arc
 * @typedef {{arcs: {gone: string[], come: Arc[]}, grids: {gone: string[], come: any[]}, both: any}} Outcome
 */

/** Borders and areas of a pair of drafts. */
export class PairMap {
	/**
	 * @param {any} map
	 * @param {{one: {api: string}, other: {api: string}}} pair
	 * @param {(number: number) => void} chosen called when something both changed is clicked
	 * @param {(error: Error) => void} failed
	 */
	constructor(map, pair, chosen, failed) {
		this.L = /** @type {any} */ (window).L;
		this.map = map;
		this.pair = pair;
		this.chosen = chosen;
		this.failed = failed;
		/** @type {"one" | "other" | "after"} */
		this.sheet = "one";
		/** @type {Outcome | null} */
		this.outcome = null;
		for (const [at, name] of ["ground", "borders", "both", "marks"].entries()) map.createPane(name).style.zIndex = String(410 + at);
		map.getContainer().append(hatchings());
		this.canvas = this.L.canvas({ pane: "borders" });
		this.borders = this.L.layerGroup().addTo(map);
		this.names = this.L.layerGroup().addTo(map);
		this.ground = this.L.layerGroup().addTo(map);
		this.both = this.L.layerGroup().addTo(map);
		this.marks = this.L.layerGroup().addTo(map);
		this.asked = 0;
		map.on("moveend", () => {
			clearTimeout(this.waiting);
			this.waiting = setTimeout(() => this.look(), 120);
		});
	}

	/** @param {"one" | "other" | "after"} sheet */
	show(sheet) {
		this.sheet = sheet;
		return this.look();
	}

	/** Load the borders of what is shown in the view. */
	async look() {
		const asked = ++this.asked;
		const box = this.map.getBounds().pad(0.2);
		const clamp = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(-most, Math.min(most, value)).toFixed(9);
		const bbox = [clamp(box.getWest(), 180), clamp(box.getSouth(), 90), clamp(box.getEast(), 180), clamp(box.getNorth(), 90)].join(",");
		const { api } = this.sheet === "other" ? this.pair.other : this.pair.one;
		try {
			const view = await getJSON(`${api}?bbox=${bbox}&zoom=${Math.floor(this.map.getZoom())}`);
			if (asked === this.asked) this.draw(view);
		} catch (error) {
			if (asked === this.asked) this.failed(/** @type {Error} */ (error));
		}
	}

	/** @param {any} view */
	draw(view) {
		const after = this.sheet === "after" ? this.outcome : null;
		const gone = new Set(after ? after.arcs.gone : []);
		this.borders.clearLayers();
		this.names.clearLayers();
		for (const arc of view.arcs) {
			const is_gone = gone.has(arc.id);
			this.line(arc, is_gone ? { color: "#8a8f93", weight: 1.5, dashArray: "2 5" }
				: { color: "#26333b", weight: arc.left && arc.right ? 1.6 : 3 });
		}
		if (after) for (const arc of after.arcs.come) {
			this.line(arc, { color: "#ffffff", weight: 7 });
			this.line(arc, { color: "#00553d", weight: 3.5 });
		}
		for (const pane of ["ground", "both"]) this.map.getPane(pane).style.opacity = after ? "0.35" : "1";
		this.drawNames(after ? changedNames(view.grids, after) : view.grids);
	}

	/** @param {any[]} grids */
	drawNames(grids) {
		const named = grids.filter((grid) => grid.label_at);
		if (named.length <= MOST_NAMES) for (const { name, code, label_at: [lon, lat] } of named)
			this.L.tooltip({ permanent: true, direction: "center", className: "pair-name", pane: "marks", interactive: false })
				.setLatLng([lat, lon]).setContent(el("span", null, name || code)).addTo(this.names);
	}

	/**
	 * @param {Arc} arc
	 * @param {object} style
	 */
	line(arc, style) {
		const path = arc.line.map(([lon, lat]) => [lat, lon]);
		this.L.polyline(path, { renderer: this.canvas, interactive: false, ...style }).addTo(this.borders);
	}

	/**
	 * Show the ground that differs.
	 * @param {any} areas GeoJSON
	 * @param {(properties: any) => string} words what the pointer says over one
	 */
	showGround(areas, words) {
		this.ground.clearLayers();
		this.L.geoJSON(areas, {
			pane: "ground",
			style: (/** @type {any} */ { properties }) => look(properties.changed_by || "plain", 1.5),
			onEachFeature: (/** @type {any} */ { properties }, /** @type {any} */ shape) =>
				shape.bindTooltip(() => el("span", null, words(properties)), { sticky: true }),
		}).addTo(this.ground);
	}

	/**
	 * Show what merging would do.
	 * @param {Outcome} outcome
	 * @param {(feature: any) => string} words
	 */
	showOutcome(outcome, words) {
		this.outcome = outcome;
		this.both.clearLayers();
		const some = outcome.both.features.filter((/** @type {any} */ each) => each.geometry);
		this.L.geoJSON({ type: "FeatureCollection", features: some }, {
			pane: "both",
			style: () => look("both", 3.5),
			onEachFeature: (/** @type {any} */ feature, /** @type {any} */ shape) => {
				shape.bindTooltip(() => el("span", null, words(feature)), { sticky: true });
				shape.on("click", () => this.chosen(feature.properties.number));
			},
		}).addTo(this.both);
		if (this.sheet === "after") this.look();
	}

	/**
	 * @param {any} geometry
	 * @returns {number[]} west, south, east, north
	 */
	extentOf(geometry) {
		const box = this.L.geoJSON(geometry).getBounds();
		return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
	}

	/**
	 * Go to something and mark where it is.
	 * @param {number[]} extent
	 */
	go(extent) {
		const [west, south, east, north] = extent;
		const [x, y] = [Math.max(east - west, 0.001) * 0.4, Math.max(north - south, 0.001) * 0.4];
		this.marks.clearLayers();
		this.L.rectangle([[south, west], [north, east]], { pane: "marks", interactive: false, fill: false, color: "#111111", weight: 2, dashArray: "6 5" }).addTo(this.marks);
		fitBounds(this.map, [west - x, south - y, east + x, north + y], { maxZoom: 18 });
	}
}

/**
 * The grids of a view as they are after merging.
 * @param {any[]} grids
 * @param {Outcome} after
 */
function changedNames(grids, after) {
	const others = new Set([...after.grids.gone, ...after.grids.come.map((/** @type {any} */ grid) => grid.id)]);
	return [...grids.filter((grid) => !others.has(grid.id)), ...after.grids.come];
}

/**
 * @param {string} name
 * @param {number} weight
 */
function look(name, weight) {
	return { color: LOOKS[name].colour, weight, fillColor: `url(#pair-${name})`, fillOpacity: 1 };
}

function hatchings() {
	const patterns = Object.entries(LOOKS).map(([name, { colour, path }]) => {
		const is_dot = name === "one";
		return svg("pattern", { id: `pair-${name}`, width: "9", height: "9", patternUnits: "userSpaceOnUse" },
			svg("rect", { width: "9", height: "9", fill: colour, "fill-opacity": "0.22" }),
			svg("path", { d: path, stroke: is_dot ? "none" : colour, fill: is_dot ? colour : "none", "stroke-width": "1.5" }));
	});
	return svg("svg", { width: "0", height: "0", "aria-hidden": "true", class: "swipe-hatch" }, svg("defs", {}, ...patterns));
}
