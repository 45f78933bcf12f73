/** How many defects of each kind there are, also of those that a long list leaves out. */

/** Listed only when asked for: nobody must do anything about them. */
export const MINOR = ["noise", "approved"];

/**
 * Whether rows were left out of a list.
 * @param {any} data what the check found
 * @returns {boolean}
 */
export const isCut = (data) => data.total > data.rows.length;

/**
 * Count the kinds of all defects of a check, listed or not.
 * @param {any} data what the check found
 * @param {boolean} withMinor whether the tiny and approved ones count
 * @returns {Map<string, number>}
 */
export function countKinds(data, withMinor) {
	const found = new Map();
	for (const { kind, severity, count } of data.counts)
		if (withMinor || !MINOR.includes(severity)) found.set(kind, (found.get(kind) || 0) + count);
	return found;
}

/**
 * Count the tiny and approved defects of a check, listed or not.
 * @param {any} data what the check found
 * @returns {number}
 */
export const countMinor = (data) => data.counts.reduce((/** @type {number} */ sum, /** @type {any} */ each) => sum + (MINOR.includes(each.severity) ? each.count : 0), 0);
