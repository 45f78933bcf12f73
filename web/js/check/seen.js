/** What was seen in a boundary file: a picture, what is odd, which of its layers. */
import { el, icon } from "../lib/dom.js";
import { number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { field, select } from "./crs-choice.js";

/** @param {any} check */
export function summary({ seen }) {
	return el("section.box.seen", null,
		seen.outline ? thumbnail(seen.outline) : null,
		el("div", null,
			el("h2", null, t("{count} grids were found", { count: number(seen.grids) })),
			seen.levels.length > 1 ? el("p", null, seen.levels.map((/** @type {any} */ each) =>
				t("{label}: {count}", { label: each.label, count: number(each.count) })).join(t(", "))) : null,
			seen.rows > seen.grids ? el("p.hint", null, t("{count} rows of the file are not grids; see below.", { count: number(seen.rows - seen.grids) })) : null));
}

/** @param {{width: number, height: number, path: string}} outline */
function thumbnail(outline) {
	const space = "http://www.w3.org/2000/svg";
	const svg = document.createElementNS(space, "svg");
	svg.setAttribute("viewBox", `0 0 ${outline.width} ${outline.height}`);
	svg.setAttribute("class", "outline");
	svg.setAttribute("role", "img");
	svg.setAttribute("aria-label", t("Outline of the boundaries"));
	const path = document.createElementNS(space, "path");
	path.setAttribute("d", outline.path);
	svg.append(path);
	return svg;
}

/** @param {{severity: string, text: string}[]} list */
export function findings(list) {
	if (!list.length) return null;
	const kinds = /** @type {Record<string, [string, string]>} */ ({
		error: ["bad", "circle-x"], warning: ["warn", "triangle-alert"], note: ["", "info"] });
	return el("section.stack", { "aria-label": t("What we noticed") }, ...list.map(({ severity, text }) => {
		const [style, symbol] = kinds[severity] || kinds.note;
		return el(style ? `p.notice.${style}` : "p.notice", null, icon(symbol), el("span", null, text));
	}));
}

/**
 * @param {any} check
 * @param {() => void} again
 */
export function layerChoice({ seen }, again) {
	const named = seen.layers.map((/** @type {any} */ each) => [each.name, each.label]);
	const open = seen.layer ? [] : [["", seen.grids ? t("Chosen by the program") : t("Please choose…")]];
	const input = select("layer", /** @type {[string, string][]} */ ([...open, ...named]), seen.layer || "");
	input.addEventListener("change", again);
	return el("section.box", null, field(t("The file has several layers. The grids are in:"), input));
}
