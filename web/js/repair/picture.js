/** Small pictures of one repair: before, and after with the pieces each grid receives. */
import { el } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { kindColour } from "../check/defect-words.js";

const SPACE = "http://www.w3.org/2000/svg";
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8a6d00"];

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function node(name, attributes) {
	const made = document.createElementNS(SPACE, name);
	for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
	return made;
}

/**
 * @param {any} picture
 * @param {any[]} grids
 * @param {string[]} codes in the order of their numbers
 * @param {(svg: SVGElement) => void} between draws above the areas and below the numbers
 * @param {string} words
 */
function svg(picture, grids, codes, between, words) {
	const { width, height } = picture;
	const made = /** @type {SVGElement} */ (node("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": words }));
	for (const { code, path } of grids)
		made.append(node("path", { d: path, fill: colour(codes, code), "fill-opacity": 0.13, stroke: "#3d4d55", "stroke-width": 1, "fill-rule": "evenodd" }));
	between(made);
	for (const { code, x, y } of grids) {
		const label = node("text", { x: Math.min(Math.max(x, 9), width - 9), y: Math.min(Math.max(y, 10), height - 10) });
		label.textContent = String(codes.indexOf(code) + 1);
		made.append(label);
	}
	return made;
}

/**
 * @param {string[]} codes
 * @param {string} code
 */
const colour = (codes, code) => COLOURS[Math.max(codes.indexOf(code), 0) % COLOURS.length];

/**
 * @param {any} picture
 * @returns {string[]} codes, numbered in this order in both pictures
 */
export function numbered(picture) {
	return Array.from(new Set([...picture.before, ...picture.after].map((each) => each.code)));
}

/**
 * @param {any} picture
 * @param {string} kind of the defect
 * @returns {HTMLElement}
 */
export function pictures(picture, kind) {
	const codes = numbered(picture);
	const before = svg(picture, picture.before, codes, (made) =>
		made.append(node("path", { d: picture.defect, fill: kindColour(kind), "fill-opacity": 0.6, stroke: kindColour(kind), "stroke-width": 1.5, "stroke-dasharray": "3 2", "fill-rule": "evenodd" })), t("Before"));
	const after = svg(picture, picture.after, codes, (made) => {
		for (const { code, path } of picture.pieces)
			made.append(node("path", { d: path, fill: colour(codes, code), "fill-opacity": 0.6, stroke: "#1c2b33", "stroke-width": 1, "fill-rule": "evenodd" }));
	}, t("After"));
	return el("div.repair-pictures", null,
		el("figure", null, before, el("figcaption", null, t("Before"))),
		el("figure", null, after, el("figcaption", null, t("After"))));
}
