/** Mouse, finger and pen over the map, told to the tool in use; what no tool wants moves the map. */
import { toWorld } from "./geometry.js";

const STILL_PX = { mouse: 4, touch: 12 };
const REACH_PX = { mouse: 10, touch: 24 };
const HOLD_MS = 550;
const DOUBLE_MS = 350;

/**
 * @typedef {import("./bench.js").Bench} Bench
 * @typedef {import("./bench.js").At} At
 * @typedef {import("./tools/tool.js").Tool} Tool
 */

/** Follows the pointer. */
export class Pointer {
	/**
	 * @param {Bench} bench
	 * @param {() => Tool} tool in use
	 * @param {(at: At | null) => void} moved
	 */
	constructor(bench, tool, moved) {
		this.bench = bench;
		this.tool = tool;
		this.moved = moved;
		/** @type {{id: number, x: number, y: number, at: At, drags: boolean, is_moved: boolean, is_held: boolean, is_many: boolean} | null} */
		this.down = null;
		this.last = { x: 0, y: 0, time: -Infinity };
		/** @type {ReturnType<typeof setTimeout> | undefined} */
		this.holding = undefined;
		const box = /** @type {HTMLElement} */ (bench.map.getContainer());
		box.addEventListener("pointerdown", (event) => this.press(event), { capture: true });
		box.addEventListener("pointermove", (event) => this.move(event));
		window.addEventListener("pointermove", (event) => this.drag(event));
		window.addEventListener("pointerup", (event) => this.lift(event));
		window.addEventListener("pointercancel", (event) => this.lose(event));
		box.addEventListener("pointerleave", (event) => {
			if (event.pointerType === "mouse" && !this.down) this.tell(null);
		});
		for (const kind of ["keydown", "pointerdown"]) // a key or a button between two clicks: no double one
			window.addEventListener(kind, (event) => {
				if (kind === "keydown" || !box.contains(/** @type {Node} */ (event.target))) this.last.time = -Infinity;
			}, { capture: true });
		box.addEventListener("contextmenu", (event) => event.preventDefault());
	}

	/**
	 * @param {PointerEvent} event
	 * @returns {At}
	 */
	find(event) {
		const { map, model, snapper, level } = this.bench;
		const rect = map.getContainer().getBoundingClientRect();
		const { lng, lat } = map.containerPointToLatLng([event.clientX - rect.left, event.clientY - rect.top]);
		const place = toWorld([lng, lat]);
		const touch = event.pointerType === "touch";
		const px = touch ? REACH_PX.touch : REACH_PX.mouse;
		const seeks = this.tool().finds_borders && model.is_editable;
		const corner = seeks ? snapper.corner(place, px) : null;
		const border = seeks ? snapper.border(place, px) : null;
		const leaf = model.is_editable ? model.leafAt(place) : "";
		return { place, free: event.altKey, touch, corner, border, leaf,
			grid: model.grids.has(leaf) ? model.atLevel(leaf, level) : "" };
	}

	/** @param {At | null} at */
	tell(at) {
		this.bench.at = at;
		this.moved(at);
		this.bench.touch();
	}

	/** @param {PointerEvent} event */
	press(event) {
		if (this.isControl(event)) return;
		if (this.down) { // a second finger: the hand wants the map
			this.down.is_many = true;
			this.giveUp();
			return;
		}
		if (event.button !== 0) return;
		const at = this.find(event);
		this.tell(at);
		const drags = this.tool().press(at);
		if (drags) this.bench.map.dragging.disable();
		this.down = { id: event.pointerId, x: event.clientX, y: event.clientY, at, drags, is_moved: false, is_held: false, is_many: false };
		clearTimeout(this.holding);
		if (at.touch) this.holding = setTimeout(() => this.hold(), HOLD_MS);
	}

	/** @param {Event} event */
	isControl(event) {
		return event.target instanceof Element && Boolean(event.target.closest(".leaflet-control"));
	}

	hold() {
		if (!this.down || this.down.is_moved) return;
		this.down.is_held = true;
		this.tool().hold(this.down.at);
	}

	/** @param {PointerEvent} event */
	move(event) {
		if (this.down || event.pointerType === "touch" || this.isControl(event)) return;
		this.tell(this.find(event));
	}

	/** @param {PointerEvent} event */
	drag(event) {
		const { down } = this;
		if (!down || down.id !== event.pointerId || down.is_many) return;
		const far = Math.hypot(event.clientX - down.x, event.clientY - down.y);
		if (!down.is_moved && far < (down.at.touch ? STILL_PX.touch : STILL_PX.mouse)) return;
		down.is_moved = true;
		clearTimeout(this.holding);
		if (!down.drags || down.is_held) return;
		const at = this.find(event);
		this.tool().drag(at);
		this.tell(at);
	}

	/** @param {PointerEvent} event */
	lift(event) {
		const { down } = this;
		if (!down || down.id !== event.pointerId) return;
		clearTimeout(this.holding);
		this.down = null;
		if (down.drags) this.bench.map.dragging.enable();
		if (down.is_many || down.is_held) return;
		if (!down.is_moved) this.click(down);
		else if (down.drags) this.tool().release(down.at);
		const { is_under_way, has_finish } = this.tool();
		if (down.at.touch && (!is_under_way || has_finish)) this.bench.at = null; // the line says what comes next
		this.moved(this.bench.at);
		this.bench.touch();
	}

	/** @param {{x: number, y: number, at: At}} down */
	click({ x, y, at }) {
		const { last } = this;
		const [time, still] = [performance.now(), at.touch ? STILL_PX.touch : STILL_PX.mouse];
		at.is_second = time - last.time < DOUBLE_MS && Math.hypot(x - last.x, y - last.y) < still;
		this.last = { x, y, time };
		this.tool().click(at);
	}

	/** @param {PointerEvent} event */
	lose(event) {
		if (this.down && this.down.id === event.pointerId) {
			this.giveUp();
			this.down = null;
		}
	}

	/** What is dragged goes back. */
	giveUp() {
		clearTimeout(this.holding);
		if (this.down && this.down.drags) {
			this.tool().cancel();
			this.bench.map.dragging.enable();
			this.down.drags = false;
		}
	}
}
