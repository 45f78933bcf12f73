/** The legend of the heat page: colours and what they stand for. */
import { el, fill } from "../lib/dom.js";
import { rangeText } from "../lib/figures.js";
import { distance, number } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { NO_VALUE } from "./choropleth.js";

/**
 * @param {string} colour
 * @returns {HTMLElement}
 */
function swatch(colour) {
	const node = el("i", { "aria-hidden": "true" });
	node.style.background = colour;
	return node;
}

/**
 * Say what the colours of the grids mean.
 * @param {HTMLElement} box
 * @param {{title: string, figure: string, classes: {low: number, high: number, size: number}[],
 *   colours: string[], unknown: number}} shown
 */
export function showClasses(box, { title, figure, classes, colours, unknown }) {
	const rows = classes.map((each, at) =>
		el("li", null, swatch(colours[at]), el("span", null, rangeText(figure, each)),
			el("small", null, t("{n} grids", { n: number(each.size) }))));
	if (unknown)
		rows.push(el("li", null, swatch(NO_VALUE), el("span", null, t("no value")),
			el("small", null, t("{n} grids", { n: number(unknown) }))));
	fill(box, el("b", null, title), el("ul", null, ...rows.reverse()));
	box.hidden = !rows.length;
}

/**
 * Say what the heat means.
 * @param {HTMLElement} box
 * @param {{hot: number, size_m: number, shown: number}} heat
 */
export function showHeatScale(box, heat) {
	fill(box, el("b", null, t("Cases close together")),
		el("div.heat-scale", { "aria-hidden": "true" }),
		el("div.heat-ends", null, el("span", null, t("few")),
			el("span", null, t("{n} or more within {distance}", { n: number(heat.hot), distance: distance(heat.size_m) }))),
		el("small", null, t("{n} cases in view", { n: number(heat.shown) })));
	box.hidden = !heat.shown;
}
