/** Lines and names drawn on the map by hand; clicks snap to what is there. */
import { getJSON } from "../lib/api.js";
import { el } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

const REACH = 12;
const MANY = 60000;

/** @typedef {[number, number]} Place latitude, longitude */

/**
 * @param {any} map
 * @param {any} at pixel
 * @param {Place[][]} lines
 * @returns {Place | null} the nearest corner within reach, else the nearest place of a line
 */
export function snap(map, at, lines) {
	let corner = { far: REACH, place: /** @type {Place | null} */ (null) };
	let side = { far: REACH, place: /** @type {Place | null} */ (null) };
	const bounds = map.getBounds().pad(0.2);
	let count = 0;
	for (const line of lines) {
		/** @type {any} */
		let before = null;
		for (const place of line) {
			if (count > MANY) break;
			count += 1;
			/** @type {any} */
			const point = bounds.contains(place) || before ? map.latLngToContainerPoint(place) : null;
			if (point) {
				const far = point.distanceTo(at);
				if (far < corner.far) corner = { far, place };
				if (before) side = nearer(map, at, before, point, side);
			}
			before = point && bounds.contains(place) ? point : null;
		}
	}
	return corner.place || side.place;
}

/**
 * @param {any} map
 * @param {any} at
 * @param {any} start
 * @param {any} end
 * @param {{far: number, place: Place | null}} best
 */
function nearer(map, at, start, end, best) {
	const L = /** @type {any} */ (window).L;
	const nearest = L.LineUtil.closestPointOnSegment(at, start, end);
	const far = nearest.distanceTo(at);
	if (far >= best.far) return best;
	const { lat, lng } = map.containerPointToLatLng(nearest);
	return { far, place: /** @type {Place} */ ([lat, lng]) };
}

/**
 * @param {any} data
 * @returns {Place[][]}
 */
function streetLines(data) {
	return data.lines.map((/** @type {number[]} */ [, , ...steps]) => {
		let lon = 0;
		let lat = 0;
		/** @type {Place[]} */
		const line = [];
		for (let at = 0; at < steps.length; at += 2) {
			lon += steps[at];
			lat += steps[at + 1];
			line.push([lat * data.unit, lon * data.unit]);
		}
		return line;
	});
}

/** What is drawn by hand. */
export class Hand {
	/**
	 * @param {any} map
	 * @param {{lines: number[][][], texts: any[][]}} kept
	 * @param {() => Place[][]} others lines to snap to
	 * @param {() => void} changed
	 */
	constructor(map, kept, others, changed) {
		this.L = /** @type {any} */ (window).L;
		this.map = map;
		this.others = others;
		this.changed = changed;
		/** @type {Place[][]} */
		this.lines = kept.lines.map((line) => line.map(([lon, lat]) => /** @type {Place} */ ([lat, lon])));
		/** @type {{at: Place, text: string}[]} */
		this.texts = kept.texts.map(([lon, lat, text]) => ({ at: [lat, lon], text }));
		/** @type {("line" | "text")[]} */
		this.order = [...this.lines.map(() => /** @type {"line"} */ ("line")), ...this.texts.map(() => /** @type {"text"} */ ("text"))];
		/** @type {Place[]} */
		this.open = [];
		/** @type {Place[][]} */
		this.streets = [];
		this.shown = this.L.layerGroup().addTo(map);
		this.cursor = this.L.circleMarker([0, 0], { radius: 6, color: "#d4380d", fill: false, interactive: false });
		this.draw();
	}

	/** @param {string | null} url of the streets of the plan */
	async load(url) {
		if (!url) return;
		const parts = await Promise.all(["major", "minor"].map((detail) => getJSON(`${url}?detail=${detail}`)));
		this.streets = parts.flatMap(streetLines);
	}

	/** @param {any} event of the mouse */
	snapped(event) {
		const found = snap(this.map, event.containerPoint, [...this.lines, [...this.open], ...this.others(), ...this.streets]);
		return found || /** @type {Place} */ ([event.latlng.lat, event.latlng.lng]);
	}

	/** @param {any} event */
	hover(event) {
		this.cursor.setLatLng(this.snapped(event)).addTo(this.map);
	}

	/** @param {any} event */
	addCorner(event) {
		const place = this.snapped(event);
		const [first] = this.open;
		const last = this.open[this.open.length - 1];
		if (last && last[0] === place[0] && last[1] === place[1]) return this.end();
		this.open.push(place);
		if (this.open.length > 3 && first[0] === place[0] && first[1] === place[1]) return this.end();
		this.draw();
	}

	/** The line is done. */
	end() {
		if (this.open.length > 1) {
			this.lines.push(this.open);
			this.order.push("line");
		}
		this.open = [];
		this.draw();
		this.changed();
	}

	/**
	 * @param {any} event
	 * @param {string} text
	 */
	addText(event, text) {
		this.texts.push({ at: [event.latlng.lat, event.latlng.lng], text });
		this.order.push("text");
		this.draw();
		this.changed();
	}

	/** Take back the last corner, line or name. */
	undo() {
		if (this.open.length) this.open.pop();
		else if (this.order.pop() === "line") this.lines.pop();
		else this.texts.pop();
		this.draw();
		this.changed();
	}

	/** @param {FormData} form */
	addTo(form) {
		form.set("lines", JSON.stringify(this.lines.map((line) => line.map(([lat, lon]) => [lon, lat]))));
		form.set("texts", JSON.stringify(this.texts.map(({ at: [lat, lon], text }) => [lon, lat, text])));
	}

	/** @returns {string} */
	words() {
		if (!this.order.length && !this.open.length) return "";
		return t("Drawn: lines {lines}, names {names}", { lines: this.lines.length, names: this.texts.length });
	}

	/** Show all of it. */
	draw() {
		this.shown.clearLayers();
		for (const line of this.lines) this.L.polyline(line, { color: "#7a4fa3", weight: 3, interactive: false }).addTo(this.shown);
		if (this.open.length) this.L.polyline(this.open, { color: "#d4380d", weight: 3, dashArray: "6 5", interactive: false }).addTo(this.shown);
		for (const place of this.open) this.L.circleMarker(place, { radius: 4, color: "#d4380d", interactive: false }).addTo(this.shown);
		for (const { at, text } of this.texts) {
			const icon = this.L.divIcon({ className: "drawn-text by-hand", html: el("span", null, text), iconSize: [0, 0] });
			this.L.marker(at, { icon, interactive: false, keyboard: false }).addTo(this.shown);
		}
	}
}
