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
	const text = strings[message] || forFingers(message);
	return text.replace(/\{(\w+)\}/g, (whole, name) => (name in fields ? String(fields[name]) : whole));
}

/**
 * English has a word of its own for fingers, where Chinese has one for both.
 * @param {string} message
 * @returns {string}
 */
function forFingers(message) {
	return /^Click\b/.test(message) && matchMedia("(pointer: coarse)").matches ? message.replace("Click", "Tap") : message;
}

/** Language tag of the page. */
export const locale = document.documentElement.lang || "zh-CN";
