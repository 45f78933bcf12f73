/**
 * Two canvases over the map: all borders, drawn when they or the view change, and above them what
 * follows the pointer, so that dragging costs only what is dragged.
 */
import { el } from "../lib/dom.js";
import { drawBorders, drawNames } from "./drawing.js";

const ROOM = 0.15;

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./geometry.js").Pair} Pair
 */

/** Draws on a canvas in pixels of zoom 0. */
export class Pen {
	/**
	 * @param {CanvasRenderingContext2D} context
	 * @param {{scale: number, left: number, top: number, width: number, height: number}} view
	 */
	constructor(context, view) {
		this.context = context;
		this.view = view;
	}

	/**
	 * @param {Pair} place
	 * @returns {Pair} on the canvas
	 */
	at([x, y]) {
		return [x * this.view.scale - this.view.left, y * this.view.scale - this.view.top];
	}

	/**
	 * Add a path to what is drawn next.
	 * @param {ArrayLike<number>} path x, y, x, y …
	 */
	trace(path) {
		const { scale, left, top } = this.view;
		this.context.moveTo(path[0] * scale - left, path[1] * scale - top);
		for (let i = 2; i < path.length; i += 2) this.context.lineTo(path[i] * scale - left, path[i + 1] * scale - top);
	}

	/**
	 * @param {ArrayLike<number>[]} paths
	 * @param {{colour: string, width: number, dash?: number[]}} style
	 */
	stroke(paths, { colour, width, dash = [] }) {
		const { context } = this;
		context.beginPath();
		for (const path of paths) this.trace(path);
		context.setLineDash(dash);
		context.strokeStyle = colour;
		context.lineWidth = width;
		context.stroke();
		context.setLineDash([]);
	}

	/**
	 * @param {ArrayLike<number>[]} rings
	 * @param {string | CanvasPattern} colour
	 */
	fill(rings, colour) {
		const { context } = this;
		context.beginPath();
		for (const ring of rings) this.trace(ring);
		context.fillStyle = colour;
		context.fill("evenodd");
	}

	/**
	 * @param {Pair} place
	 * @param {{size?: number, shape?: "round" | "square" | "diamond", colour: string, line?: string}} style
	 */
	dot(place, { size = 5, shape = "round", colour, line = "#fff" }) {
		const { context } = this;
		const [x, y] = this.at(place);
		context.beginPath();
		if (shape === "round") context.arc(x, y, size, 0, 2 * Math.PI);
		else if (shape === "square") context.rect(x - size, y - size, size * 2, size * 2);
		else for (const [dx, dy] of [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]]) context.lineTo(x + dx * size, y + dy * size);
		context.closePath();
		context.fillStyle = colour;
		context.fill();
		context.strokeStyle = line;
		context.lineWidth = 2;
		context.stroke();
	}

	/**
	 * @param {string} text
	 * @param {Pair} place
	 * @param {{colour?: string, size?: number}} [style]
	 */
	write(text, place, { colour = "#17495a", size = 12 } = {}) {
		const { context } = this;
		const [x, y] = this.at(place);
		context.font = `600 ${size}px "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif`;
		context.textAlign = "center";
		context.textBaseline = "middle";
		context.lineJoin = "round";
		context.lineWidth = 4;
		context.strokeStyle = "rgba(255,255,255,0.92)";
		context.strokeText(text, x, y);
		context.fillStyle = colour;
		context.fillText(text, x, y);
	}
}

/** The borders on the map. */
export class Chart {
	/**
	 * @param {any} map
	 * @param {Model} model
	 * @param {(pen: Pen) => void} paint draws what follows the pointer
	 */
	constructor(map, model, paint) {
		this.L = /** @type {any} */ (window).L;
		this.map = map;
		this.model = model;
		this.paint = paint;
		this.level = 9;
		/** @type {Set<string>} borders that are dragged: they are drawn above */
		this.lifted = new Set();
		this.is_stale = false;
		this.is_still_asked = false;
		this.frames = 0;
		this.pane = map.createPane("borders");
		this.pane.style.zIndex = "420";
		this.pane.style.pointerEvents = "none";
		this.canvases = [0, 1].map(() => /** @type {HTMLCanvasElement} */ (el("canvas.leaflet-zoom-animated")));
		this.pane.append(...this.canvases);
		this.view = { scale: 1, left: 0, top: 0, width: 0, height: 0 };
		map.on("moveend resize viewreset", () => this.settle());
		map.on("zoomanim", (/** @type {any} */ event) => this.follow(event));
	}

	/** Lay the canvases over the view as it is now. */
	settle() {
		const size = this.map.getSize();
		const origin = this.map.getPixelOrigin();
		const corner = this.map.containerPointToLayerPoint(size.multiplyBy(-ROOM)).round();
		const [width, height] = [Math.round(size.x * (1 + 2 * ROOM)), Math.round(size.y * (1 + 2 * ROOM))];
		this.view = { scale: 2 ** this.map.getZoom(), left: corner.x + origin.x, top: corner.y + origin.y, width, height };
		this.zoom = this.map.getZoom();
		this.corner = this.map.layerPointToLatLng(corner);
		const ratio = Math.min(window.devicePixelRatio || 1, 2);
		for (const canvas of this.canvases) {
			if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
				canvas.width = width * ratio;
				canvas.height = height * ratio;
				canvas.style.width = `${width}px`;
				canvas.style.height = `${height}px`;
			}
			this.L.DomUtil.setPosition(canvas, corner);
		}
		this.ratio = ratio;
		this.redraw();
	}

	/**
	 * Grow or shrink with the map while it zooms.
	 * @param {any} event
	 */
	follow(event) {
		if (!this.corner) return;
		const scale = this.map.getZoomScale(event.zoom, this.zoom);
		const place = this.map._latLngToNewLayerPoint(this.corner, event.zoom, event.center);
		for (const canvas of this.canvases) this.L.DomUtil.setTransform(canvas, place, scale);
	}

	/** Draw everything anew at the next frame. */
	redraw() {
		this.is_stale = true;
		this.touch();
	}

	/** Draw what follows the pointer at the next frame. */
	touch() {
		if (this.is_still_asked) return;
		this.is_still_asked = true;
		requestAnimationFrame(() => this.frame());
	}

	frame() {
		this.is_still_asked = false;
		this.frames += 1;
		if (this.is_stale) {
			this.is_stale = false;
			this.drawAll(this.pen(0));
		}
		this.paint(this.pen(1));
	}

	/** @param {number} which */
	pen(which) {
		const context = /** @type {CanvasRenderingContext2D} */ (this.canvases[which].getContext("2d"));
		context.setTransform(1, 0, 0, 1, 0, 0);
		context.clearRect(0, 0, this.canvases[which].width, this.canvases[which].height);
		context.setTransform(this.ratio || 1, 0, 0, this.ratio || 1, 0, 0);
		context.lineJoin = "round";
		context.lineCap = "round";
		return new Pen(context, this.view);
	}

	/** @param {Pen} pen */
	drawAll(pen) {
		drawBorders(pen, this.model, this.level, this.lifted);
		drawNames(pen, this.model, this.level);
	}

	/**
	 * Draw some borders above the others while they are dragged.
	 * @param {string[]} ids
	 */
	lift(ids) {
		this.lifted = new Set(ids);
		this.redraw();
	}
}
