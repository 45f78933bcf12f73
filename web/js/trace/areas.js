/** The areas that were made: on the map, and in lists what does not fit, each with its place. */
import { el, fill, icon } from "../lib/dom.js";
import { area, distance } from "../lib/format.js";
import { t } from "../lib/i18n.js";

const SHOWN = 30;

/** What the lists are called, and what to do about them. */
const LISTS = /** @type {[string, string, string, string][]} */ ([
	["dangling", t("Ends that meet nothing"), t("Draw the missing line by hand, or allow wider gaps."), "m"],
	["short", t("Short lines that were left out"), t("They may be borders: draw them on to the next line, or allow narrower gaps only."), "m"],
	["unlabelled", t("Areas without a name or code"), t("Write a name into them, or leave them as numbered."), "m²"],
	["several", t("Areas with several names or codes"), t("A line between them is probably missing."), ""],
	["outside", t("Names that lie in no area"), t("Their area is not closed, or they are no names of grids."), ""],
	["gaps", t("Gaps that were closed"), t("Look whether the lines were meant to meet here."), "m"],
]);

/** Shows the areas. */
export class Areas {
	/**
	 * @param {any} map
	 * @param {HTMLElement} box
	 */
	constructor(map, box) {
		this.L = /** @type {any} */ (window).L;
		this.map = map;
		this.box = box;
		this.shapes = this.L.layerGroup().addTo(map);
		this.spot = this.L.circleMarker([0, 0], { radius: 13, color: "#d4380d", weight: 3, fill: false, interactive: false });
	}

	/** Take them away. */
	clear() {
		this.shapes.clearLayers();
		this.spot.remove();
		this.box.hidden = true;
	}

	/**
	 * @param {any} data
	 * @param {HTMLElement} next what to do with them
	 */
	show(data, next) {
		this.clear();
		this.L.geoJSON(data.areas, {
			interactive: false,
			style: { color: "#0b4558", weight: data.count > 300 ? 1 : 2, fillColor: "#12607a", fillOpacity: 0.12 },
		}).addTo(this.shapes);
		if (data.areas.features.length <= 300)
			for (const { properties } of data.areas.features) this.name(properties);
		fill(this.box, ...this.sentences(data), next, ...LISTS.map((list) => this.list(data, list)));
		this.box.hidden = false;
	}

	/** @param {{code: string, name: string, at: number[]}} area */
	name({ code, name, at }) {
		const words = el("span", null, name || code);
		const label = this.L.divIcon({ className: "drawn-text", html: words, iconSize: [0, 0] });
		this.L.marker([at[1], at[0]], { icon: label, interactive: false, keyboard: false }).addTo(this.shapes);
	}

	/** @param {any} data */
	sentences(data) {
		const more = [];
		if (data.numbered) more.push(t("Without a code, so numbered T001, T002 …: {count}", { count: data.numbered }));
		if (data.joined) more.push(t("Small areas joined to a neighbour: {count}", { count: data.joined }));
		if (data.left_out) more.push(t("Without a name, left out: {count}", { count: data.left_out }));
		if (data.trimmed) more.push(t("Lines that go a little too far, which changes nothing: {count}", { count: data.trimmed }));
		return [
			el("p.notice.good", null, icon("circle-check"), el("span", null, el("b", null, t("Areas made: {count}", { count: data.count })))),
			more.length ? el("ul.bullets", null, ...more.map((words) => el("li", null, words))) : null,
		].filter((node) => node !== null);
	}

	/**
	 * @param {any} data
	 * @param {[string, string, string, string]} list
	 */
	list(data, [key, title, todo, unit]) {
		const { count, rows } = data.lists[key];
		if (!count) return null;
		const shown = rows.slice(0, SHOWN).map((/** @type {any[]} */ [lon, lat, what], /** @type {number} */ at) =>
			el("li", null, el("button.link", { type: "button", onclick: () => this.look(lon, lat) },
				typeof what === "number" ? `${at + 1}: ${unit === "m" ? distance(what) : area(what)}` : what)));
		return el("details.sums", { open: key !== "gaps" && count <= 8 },
			el("summary", null, `${title} (${count})`),
			el("p.hint", null, todo),
			el("ul.places", null, ...shown),
			count > SHOWN ? el("p.hint", null, t("… and {count} more", { count: count - SHOWN })) : null);
	}

	/**
	 * @param {number} lon
	 * @param {number} lat
	 */
	look(lon, lat) {
		this.map.setView([lat, lon], Math.max(this.map.getZoom(), 18));
		this.spot.setLatLng([lat, lon]).addTo(this.map);
	}
}
