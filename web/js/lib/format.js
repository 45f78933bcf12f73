/** Numbers, lengths and areas as people read them. */
import { locale, t } from "./i18n.js";

const whole = new Intl.NumberFormat(locale);

/**
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function number(value) {
	return value === null || value === undefined ? "—" : whole.format(value);
}

/**
 * @param {number} metres
 * @returns {string}
 */
export function distance(metres) {
	if (metres < 10) return t("{n} m", { n: metres.toFixed(1) });
	if (metres < 1000) return t("{n} m", { n: Math.round(metres) });
	return t("{n} km", { n: (metres / 1000).toFixed(1) });
}

/**
 * @param {number} m2
 * @returns {string}
 */
export function area(m2) {
	if (m2 < 1) return t("{n} m²", { n: m2.toPrecision(2) });
	if (m2 < 100) return t("{n} m²", { n: m2.toFixed(1) });
	if (m2 < 1e5) return t("{n} m²", { n: whole.format(Math.round(m2)) });
	return t("{n} km²", { n: (m2 / 1e6).toFixed(2) });
}

/**
 * @param {number | null | undefined} share 0 to 1
 * @returns {string}
 */
export function percent(share) {
	return share === null || share === undefined ? "—" : `${(share * 100).toFixed(1)}%`;
}
