/** Two sheets of grids, the former one left of a handle and the new one right of it. */
import { el, fill, svg } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { endingOf } from "../lib/names.js";
import { fitBounds } from "./layers.js";

const SIDES = /** @type {const} */ (["before", "after"]);
const COLOURS = { before: "#b25c00", after: "#14548c" };
const PLAIN = "#7d8f9b";
const MOVED = "#e8a31a";
const CHOSEN = "#d4380d";
/** More shapes than this are drawn on a canvas: elements of their own would be slow. */
const MANY = 1500;
const STEP = 0.02;
const HATCH = "moved-hatch";

/** The layer and what a page may ask of it. */
export class SwipeLayer {
	/**
	 * @param {any} map
	 * @param {(id: string) => void} chosen called when ground that moves is clicked
	 */
	constructor(map, chosen) {
		this.L = /** @type {any} */ (window).L;
		this.map = map;
		this.chosen = chosen;
		this.share = 0.5;
		/** @type {Record<string, any>} */
		this.sheets = {};
		/** @type {Map<string, any>} */
		this.moved = new Map();
		this.selected = "";
		for (const side of SIDES) map.createPane(side).style.zIndex = "410";
		map.createPane("moved").style.zIndex = "420";
		/** Whether there is no former plan to wipe to. */
		this.onlyNew = false;
		map.getContainer().append(hatching());
		this.canvas = this.L.canvas({ pane: "moved" });
		this.names = el("div.swipe-names", { "aria-hidden": "true" });
		this.handle = this.addHandle();
		map.on("move zoomend resize viewreset", () => this.clip());
	}

	/** Add what is dragged to wipe. */
	addHandle() {
		const handle = el("div.swipe", { role: "slider", tabindex: "0", "aria-label": t("Wipe between the former and the new plan"),
			"aria-valuemin": "0", "aria-valuemax": "100", "aria-orientation": "horizontal" }, el("span.swipe-grip", { "aria-hidden": "true" }, "⇔"));
		const box = this.map.getContainer();
		box.append(this.names, handle);
		this.L.DomEvent.disableClickPropagation(handle);
		/** @param {PointerEvent} event */
		const drag = (event) => {
			const { left, width } = box.getBoundingClientRect();
			this.wipe((event.clientX - left) / width);
		};
		handle.addEventListener("pointerdown", (event) => {
			event.preventDefault();
			event.stopPropagation();
			handle.setPointerCapture(event.pointerId);
			handle.focus();
			handle.addEventListener("pointermove", drag);
		});
		for (const end of ["pointerup", "pointercancel"])
			handle.addEventListener(end, () => handle.removeEventListener("pointermove", drag));
		handle.addEventListener("keydown", (event) => {
			const step = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -1, End: 1 }[event.key];
			if (step === undefined) return;
			event.preventDefault();
			event.stopPropagation();
			this.wipe(this.share + step);
		});
		return handle;
	}

	/**
	 * Say which plan is on which side.
	 * @param {string[]} names
	 */
	name(names) {
		fill(this.names, SIDES.map((side, at) => el(`span.${side}.cut-name`, { title: names[at] }, endingOf(names[at]).map((part) => el("span", null, part)))));
	}

	/**
	 * Put the handle somewhere.
	 * @param {number} share of the map's width, from the left
	 */
	wipe(share) {
		this.share = Math.min(Math.max(share, 0), 1);
		this.clip();
	}

	/** Show each sheet on its side of the handle. */
	clip() {
		this.handle.hidden = this.onlyNew;
		this.names.hidden = this.onlyNew;
		if (this.onlyNew) this.share = 0;
		const size = this.map.getSize();
		const x = Math.round(size.x * this.share);
		const corner = this.map.containerPointToLayerPoint([0, 0]);
		const end = this.map.containerPointToLayerPoint(size);
		const middle = corner.x + x;
		this.map.getPane("before").style.clip = `rect(${corner.y}px, ${middle}px, ${end.y}px, ${corner.x}px)`;
		this.map.getPane("after").style.clip = `rect(${corner.y}px, ${end.x}px, ${end.y}px, ${middle}px)`;
		this.handle.style.left = `${x}px`;
		this.handle.setAttribute("aria-valuenow", String(Math.round(this.share * 100)));
	}

	/**
	 * Show the sheets of a level.
	 * @param {{before: any, after: any}} level GeoJSON of both
	 */
	show(level) {
		for (const side of SIDES) {
			if (this.sheets[side]) this.sheets[side].remove();
			const isMany = level[side].features.length > MANY;
			this.sheets[side] = this.L.geoJSON(level[side], {
				pane: side,
				...(isMany ? { renderer: this.L.canvas({ pane: side }) } : {}),
				style: (/** @type {any} */ { properties }) => this.style(side, properties.change),
				onEachFeature: (/** @type {any} */ { properties }, /** @type {any} */ shape) => shape.bindTooltip(
					() => el("span", null, properties.name, " · ", properties.said), { sticky: true }),
			}).addTo(this.map);
		}
		this.clip();
	}

	/**
	 * @param {"before" | "after"} side
	 * @param {string} change
	 */
	style(side, change) {
		const colour = change === "unchanged" ? PLAIN : COLOURS[side];
		return { color: colour, weight: change === "unchanged" ? 1 : 2.4, opacity: 0.95, fillColor: colour,
			fillOpacity: change === "unchanged" ? 0.04 : 0.16, dashArray: side === "before" && change !== "unchanged" ? "6 4" : null };
	}

	/**
	 * Show the ground that moves.
	 * @param {any} shapes GeoJSON with the id of the move
	 * @param {Record<string, any>} [more] level to GeoJSON of further ground, which nobody can choose
	 */
	drawMoves(shapes, more = {}) {
		this.shapes = shapes;
		this.more = more;
		this.filter(() => false);
	}

	/**
	 * Show only some moves.
	 * @param {(id: string) => boolean} wanted
	 * @param {string} [level] whose further ground is shown
	 */
	filter(wanted, level = "") {
		if (this.ground) this.ground.remove();
		if (this.rest) this.rest.remove();
		this.rest = this.L.geoJSON((this.more || {})[level], {
			pane: "moved", interactive: false, renderer: this.canvas,
			style: { stroke: false, fillColor: MOVED, fillOpacity: 0.55 },
		}).addTo(this.map);
		this.moved.clear();
		this.ground = this.L.geoJSON(this.shapes, {
			pane: "moved",
			filter: (/** @type {any} */ { properties }) => wanted(properties.id),
			style: () => this.groundStyle(false),
			onEachFeature: (/** @type {any} */ { properties }, /** @type {any} */ shape) => {
				this.moved.set(properties.id, shape);
				shape.on("click", (/** @type {any} */ event) => {
					this.L.DomEvent.stopPropagation(event);
					this.chosen(properties.id);
				});
			},
		}).addTo(this.map);
	}

	/** @param {boolean} isChosen */
	groundStyle(isChosen) {
		return { color: isChosen ? CHOSEN : MOVED, weight: isChosen ? 3 : 1, fillColor: `url(#${HATCH})`, fillOpacity: isChosen ? 1 : 0.85 };
	}

	/**
	 * Mark ground that moves, and go there.
	 * @param {string} id
	 * @param {number[] | null} bounds
	 */
	mark(id, bounds) {
		const before = this.moved.get(this.selected);
		if (before) before.setStyle(this.groundStyle(false));
		this.selected = id;
		const shape = this.moved.get(id);
		if (shape) shape.setStyle(this.groundStyle(true)).bringToFront();
		if (bounds) this.fly(bounds);
	}

	/** @param {number[]} bounds */
	fly([west, south, east, north]) {
		const [x, y] = [Math.max(east - west, 0.001) * 0.5, Math.max(north - south, 0.001) * 0.5];
		fitBounds(this.map, [west - x, south - y, east + x, north + y], { maxZoom: 19 });
	}
}

/** Colour and lines, so that ground that moves is seen without telling colours apart. */
function hatching() {
	return svg("svg", { width: "0", height: "0", "aria-hidden": "true", class: "swipe-hatch" }, svg("defs", {},
		svg("pattern", { id: HATCH, width: "8", height: "8", patternUnits: "userSpaceOnUse" },
			svg("rect", { width: "8", height: "8", fill: MOVED, "fill-opacity": "0.45" }),
			svg("path", { d: "M-2 2L2 -2M0 8L8 0M6 10L10 6", stroke: "#7a3e00", "stroke-width": "1.4" }))));
}
