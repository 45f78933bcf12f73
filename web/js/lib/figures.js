/** Figures of grids: what the server sends as rows, read by name and said in words. */
import { number, percent } from "./format.js";
import { locale, t } from "./i18n.js";

/**
 * @typedef {Record<string, any>} GridFigures code, name, class_of and every figure by its key
 */

/**
 * Rows of the answer of `/api/v1/figures` as objects.
 * @param {{columns: string[], rows: any[][], names: string[], households_from: string[]}} answer
 * @returns {GridFigures[]}
 */
export function gridRows(answer) {
	return answer.rows.map((row, at) => {
		/** @type {GridFigures} */
		const grid = { name: answer.names[at], class_of: row[answer.columns.length], households_from: answer.households_from[at] };
		answer.columns.forEach((column, place) => { grid[column] = row[place]; });
		return grid;
	});
}

const perThousand = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

/**
 * @param {string} figure
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function figureText(figure, value) {
	if (value === null || value === undefined) return "—";
	if (figure.endsWith("_rate")) return percent(value);
	return figure === "per_1000_households" ? perThousand.format(value) : number(value);
}

/**
 * A class of the legend: its lowest and highest value.
 * @param {string} figure
 * @param {{low: number, high: number}} each
 * @returns {string}
 */
export function rangeText(figure, each) {
	const low = figureText(figure, each.low);
	const high = figureText(figure, each.high);
	return low === high ? low : t("{low} to {high}", { low, high });
}
