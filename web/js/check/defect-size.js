/** How large a defect is and who lives there, as people read it. */
import { el } from "../lib/dom.js";
import { area, distance, number } from "../lib/format.js";
import { t } from "../lib/i18n.js";

/**
 * @param {number | null} metres
 * @returns {string}
 */
export function length(metres) {
	if (!metres) return "—";
	if (metres < 0.01) return t("{n} mm", { n: metres < 0.001 ? "< 1" : Math.round(metres * 1000) });
	return metres < 1 ? t("{n} cm", { n: Math.round(metres * 100) }) : distance(metres);
}

/**
 * Area, and width below it.
 * @param {{area_m2: number, width_m: number}} row
 * @returns {(string | HTMLElement)[]}
 */
export function size({ area_m2: m2, width_m: width }) {
	if (!m2) return ["—"];
	const words = m2 < 0.01 ? t("< {n} m²", { n: 0.01 }) : area(m2);
	return width ? [words, el("small", null, t("{width} wide", { width: length(width) }))] : [words];
}

/**
 * @param {{households: number | null, buildings: number | null}} row
 * @returns {string}
 */
export function living({ households, buildings }) {
	if (households === null && buildings === null) return "—";
	const words = [buildings ? t("{count} buildings", { count: number(buildings) }) : "",
		households ? t("{count} households", { count: number(households) }) : ""].filter(Boolean);
	return words.length ? words.join(t(", ")) : t("nobody");
}
