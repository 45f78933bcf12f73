/** The offline base map: streets and their names, drawn on canvas tiles. */
import { getJSON } from "../lib/api.js";

/** Per drawing class: colour, casing, width in pixels at zoom 14, 16, 18, and first zoom. */
const STYLES = [
	{ fill: "#f6d58e", line: "#e2b65c", widths: [4.2, 8, 16], from: 3, label: 14 },
	{ fill: "#f9e3ac", line: "#e3c27a", widths: [3.4, 7, 14], from: 11, label: 14.5 },
	{ fill: "#fdf0cd", line: "#e0cb98", widths: [2.6, 6, 12], from: 12, label: 15 },
	{ fill: "#ffffff", line: "#cfd3d6", widths: [2, 5, 10], from: 13, label: 15.5 },
	{ fill: "#ffffff", line: "#d9dcde", widths: [1.1, 3.6, 8], from: 14, label: 16.5 },
	{ fill: "#fbfbfa", line: "#e2e3e2", widths: [0.6, 2, 5], from: 15.5, label: 18 },
	{ fill: "#e7e3da", line: "#e7e3da", widths: [0.4, 1, 1.6], from: 16, label: 19 },
];
const GROUND = "#f3f1ec";
const WORLD = 256;

/**
 * @typedef {{kind: number, name: string, points: Float64Array, box: number[]}} Street
 * points are x, y in pixels of zoom 0
 */

/**
 * @param {number} lon
 * @param {number} lat
 * @returns {[number, number]} x, y in pixels of zoom 0
 */
export function project(lon, lat) {
	const sine = Math.sin((lat * Math.PI) / 180);
	return [
		WORLD * (lon / 360 + 0.5),
		WORLD * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)),
	];
}

/**
 * @param {{unit: number, names: string[], lines: number[][]}} data
 * @returns {Street[]}
 */
function decode(data) {
	return data.lines.map(([kind, place, ...steps]) => {
		const points = new Float64Array(steps.length);
		const box = [Infinity, Infinity, -Infinity, -Infinity];
		let lon = 0;
		let lat = 0;
		for (let i = 0; i < steps.length; i += 2) {
			lon += steps[i];
			lat += steps[i + 1];
			const [x, y] = project(lon * data.unit, lat * data.unit);
			points[i] = x;
			points[i + 1] = y;
			box[0] = Math.min(box[0], x);
			box[1] = Math.min(box[1], y);
			box[2] = Math.max(box[2], x);
			box[3] = Math.max(box[3], y);
		}
		return { kind, name: place < 0 ? "" : data.names[place], points, box };
	});
}

/**
 * @param {number[]} widths
 * @param {number} zoom
 * @returns {number}
 */
function widthAt(widths, zoom) {
	const step = Math.min(Math.max((zoom - 14) / 2, -1.5), 2.5);
	if (step <= 0) return widths[0] * 1.6 ** step;
	if (step <= 1) return widths[0] + (widths[1] - widths[0]) * step;
	return widths[1] + (widths[2] - widths[1]) * (step - 1);
}

/** Draws the streets of one tile. */
class TilePainter {
	/**
	 * @param {CanvasRenderingContext2D} context
	 * @param {{x: number, y: number, z: number}} coords
	 * @param {Street[]} streets
	 */
	constructor(context, coords, streets) {
		this.context = context;
		this.zoom = coords.z;
		this.scale = 2 ** coords.z;
		this.left = coords.x * WORLD;
		this.top = coords.y * WORLD;
		this.streets = streets.filter((street) => this.shows(street));
	}

	/** @param {Street} street */
	shows(street) {
		if (this.zoom < STYLES[street.kind].from) return false;
		const [west, north, east, south] = street.box.map((edge) => edge * this.scale);
		const room = 24;
		return (
			east > this.left - room &&
			west < this.left + WORLD + room &&
			south > this.top - room &&
			north < this.top + WORLD + room
		);
	}

	/** @param {Street} street */
	trace(street) {
		const { points } = street;
		this.context.moveTo(points[0] * this.scale - this.left, points[1] * this.scale - this.top);
		for (let i = 2; i < points.length; i += 2)
			this.context.lineTo(points[i] * this.scale - this.left, points[i + 1] * this.scale - this.top);
	}

	/**
	 * @param {number} kind
	 * @param {string} colour
	 * @param {number} width
	 */
	stroke(kind, colour, width) {
		this.context.beginPath();
		for (const street of this.streets) if (street.kind === kind) this.trace(street);
		this.context.strokeStyle = colour;
		this.context.lineWidth = width;
		this.context.stroke();
	}

	paint() {
		const { context } = this;
		context.fillStyle = GROUND;
		context.fillRect(0, 0, WORLD, WORLD);
		context.lineJoin = "round";
		context.lineCap = "round";
		for (let kind = STYLES.length - 1; kind >= 0; kind--) {
			const style = STYLES[kind];
			const width = widthAt(style.widths, this.zoom);
			if (width > 1.5) this.stroke(kind, style.line, width + 1.4);
		}
		for (let kind = STYLES.length - 1; kind >= 0; kind--) {
			const style = STYLES[kind];
			this.stroke(kind, widthAt(style.widths, this.zoom) > 1.5 ? style.fill : style.line,
				widthAt(style.widths, this.zoom));
		}
	}

	/** @param {{text: string, x: number, y: number, angle: number}[]} labels */
	paintLabels(labels) {
		const { context } = this;
		context.font = '11px "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif';
		context.textAlign = "center";
		context.textBaseline = "middle";
		context.lineWidth = 3;
		context.strokeStyle = "rgba(255,255,255,0.9)";
		context.fillStyle = "#6b6a63";
		for (const label of labels) {
			const x = label.x - this.left;
			const y = label.y - this.top;
			if (x < -90 || y < -90 || x > WORLD + 90 || y > WORLD + 90) continue;
			context.save();
			context.translate(x, y);
			context.rotate(label.angle);
			context.strokeText(label.text, 0, 0);
			context.fillText(label.text, 0, 0);
			context.restore();
		}
	}
}

/**
 * Choose where names stand at a zoom: the longest straight piece of a street that holds
 * its name, big streets first, none over another.
 * @param {Street[]} streets
 * @param {number} zoom
 */
function placeLabels(streets, zoom) {
	const scale = 2 ** zoom;
	/** @type {{text: string, x: number, y: number, angle: number}[]} */
	const labels = [];
	const named = streets.filter((street) => street.name && zoom >= STYLES[street.kind].label);
	named.sort((a, b) => a.kind - b.kind || (a.name < b.name ? -1 : 1));
	for (const street of named) {
		const best = longestPiece(street.points, scale);
		const need = street.name.length * 11.5 + 8;
		if (best.length < need * 0.72) continue;
		const clear = labels.every((other) => {
			const far = Math.hypot(other.x - best.x, other.y - best.y);
			return far > (need + other.text.length * 11.5) / 2 + 4 && (other.text !== street.name || far > 340);
		});
		if (clear) labels.push({ text: street.name, x: best.x, y: best.y, angle: best.angle });
	}
	return labels;
}

/**
 * @param {Float64Array} points
 * @param {number} scale
 */
function longestPiece(points, scale) {
	const best = { length: 0, x: 0, y: 0, angle: 0 };
	for (let start = 0; start + 3 < points.length; start += 2) {
		let end = start + 2;
		const angle = Math.atan2(points[end + 1] - points[start + 1], points[end] - points[start]);
		while (end + 3 < points.length) {
			const turn = Math.atan2(points[end + 3] - points[end + 1], points[end + 2] - points[end]) - angle;
			if (Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn))) > 0.22) break;
			end += 2;
		}
		const dx = (points[end] - points[start]) * scale;
		const dy = (points[end + 1] - points[start + 1]) * scale;
		const length = Math.hypot(dx, dy);
		if (length <= best.length) continue;
		let turned = Math.atan2(dy, dx);
		if (turned > Math.PI / 2) turned -= Math.PI;
		if (turned < -Math.PI / 2) turned += Math.PI;
		best.length = length;
		best.x = ((points[end] + points[start]) / 2) * scale;
		best.y = ((points[end + 1] + points[start + 1]) / 2) * scale;
		best.angle = turned;
	}
	return best;
}

/**
 * Draw the streets under everything else.
 * @param {{map: any}} queued
 * @param {{streets: string | null, attribution: string}} plan
 * @param {(url: string) => Promise<any>} [load] gives what stands at an address
 * @returns {any} the tiles; `loaded()` gives the streets that are there
 */
export function drawStreets({ map }, plan, load = getJSON) {
	const L = /** @type {any} */ (window).L;
	/** @type {Street[]} */
	let streets = [];
	/** @type {Map<number, ReturnType<typeof placeLabels>>} */
	let labels = new Map();
	const Tiles = L.GridLayer.extend({
		createTile(/** @type {{x: number, y: number, z: number}} */ coords) {
			const tile = document.createElement("canvas");
			const ratio = Math.min(window.devicePixelRatio || 1, 2);
			tile.width = WORLD * ratio;
			tile.height = WORLD * ratio;
			const context = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
			context.scale(ratio, ratio);
			const painter = new TilePainter(context, coords, streets);
			painter.paint();
			let placed = labels.get(coords.z);
			if (!placed) {
				placed = placeLabels(streets, coords.z);
				labels.set(coords.z, placed);
			}
			painter.paintLabels(placed);
			return tile;
		},
	});
	const tiles = new Tiles({ attribution: plan.attribution, maxZoom: 20, keepBuffer: 1 }).addTo(map);
	tiles.loaded = () => streets;
	const add = async (/** @type {string} */ detail) => {
		const data = await load(`${plan.streets}?detail=${detail}`);
		streets = streets.concat(decode(data));
		labels = new Map();
		tiles.redraw();
	};
	if (!plan.streets) return tiles;
	let wantsMinor = true;
	const addMinor = () => {
		if (!wantsMinor || map.getZoom() < STYLES[5].from) return;
		wantsMinor = false;
		add("minor").catch(() => {
			wantsMinor = true;
		});
	};
	add("major").then(() => {
		addMinor();
		map.on("zoomend", addMinor);
	}, () => {});
	return tiles;
}
