/** Messages in the language of the page: English keys, translations from `strings-<lang>.js`. */

/** @type {Record<string, string>} */
const strings = /** @type {any} */ (window).geogridStrings || {};

/**
 * Translate a message and fill in its `{name}` fields.
 * @param {string} message English sentence, the key of its translation
 * @param {Record<string, string | number>} [fields]
 * @returns {string}
 */
export function t(message, fields = {}) {
	const text = strings[message] || message;
	return text.replace(/\{(\w+)\}/g, (whole, name) => (name in fields ? String(fields[name]) : whole));
}

/** Language tag of the page. */
export const locale = document.documentElement.lang || "zh-CN";
