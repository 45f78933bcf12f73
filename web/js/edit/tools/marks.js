/** Marks that several tools draw: what a corner snapped to, a drawn line. */
import { DRAWN, short } from "../drawing.js";
import { t } from "../../lib/i18n.js";

/**
 * @typedef {import("../chart.js").Pen} Pen
 * @typedef {import("../geometry.js").Pair} Pair
 */

/**
 * Show what a corner snapped to: the street with its name, the lines of a right angle, a ring on a corner.
 * @param {Pen} pen
 * @param {import("../snapping.js").Snapped | null} snapped
 */
export function paintSnap(pen, snapped) {
	if (!snapped || !snapped.kind) return;
	const { context } = pen;
	const [x, y] = pen.at(snapped.place);
	if (snapped.street) {
		pen.stroke([snapped.street.points], { colour: "rgba(0,158,115,0.65)", width: 5 });
		label(pen, snapped.street.name || t("A street"), [x, y]);
	}
	for (const { from, along } of snapped.lines || []) {
		const long = 3000 / pen.view.scale / (Math.hypot(...along) || 1);
		pen.stroke([[from[0] - along[0] * long, from[1] - along[1] * long, from[0] + along[0] * long, from[1] + along[1] * long]],
			{ colour: "#009e73", width: 1.2, dash: [6, 5] });
		const [cx, cy] = pen.at(from);
		context.strokeStyle = "#009e73";
		context.strokeRect(cx - 5, cy - 5, 10, 10);
	}
	context.beginPath();
	context.arc(x, y, 12, 0, 2 * Math.PI);
	context.strokeStyle = snapped.kind === "street" || snapped.kind === "square" ? "#007a59" : DRAWN;
	context.lineWidth = 2;
	context.stroke();
}

/**
 * @param {Pen} pen
 * @param {string} text
 * @param {Pair} at on the canvas
 */
function label({ context }, text, [x, y]) {
	const words = short(text);
	context.font = '600 12px "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
	const wide = context.measureText(words).width + 12;
	context.fillStyle = "#00674b";
	context.fillRect(x + 14, y - 30, wide, 20);
	context.fillStyle = "#fff";
	context.textAlign = "left";
	context.textBaseline = "middle";
	context.fillText(words, x + 20, y - 20);
}

/**
 * Draw a line that is being drawn, its corners, and on to where the pointer is.
 * @param {Pen} pen
 * @param {Pair[]} places
 * @param {Pair[]} onward places from the last one to the pointer
 * @param {boolean} is_ring
 */
export function paintLine(pen, places, onward, is_ring) {
	const path = places.flat();
	const rest = [...places.slice(-1), ...onward].flat();
	if (is_ring && places.length + onward.length > 2) pen.fill([[...path, ...onward.flat()]], "rgba(154,31,106,0.14)");
	for (const [colour, width] of /** @type {[string, number][]} */ ([["rgba(255,255,255,0.9)", 6], [DRAWN, 3]])) {
		if (places.length > 1) pen.stroke([path], { colour, width });
		if (rest.length > 2) pen.stroke([rest], { colour, width, dash: [8, 6] });
	}
	if (is_ring && places.length + onward.length > 2) {
		const last = onward[onward.length - 1] || places[places.length - 1];
		pen.stroke([[...last, ...places[0]]], { colour: DRAWN, width: 1.5, dash: [3, 5] });
	}
	for (const place of places) pen.dot(place, { size: 4.5, colour: DRAWN });
}
