/** Search over grids and addresses that the page itself holds, ranked like the server's. */
import { speller } from "./address-text.js";

/**
 * @typedef {{label: string, detail: string, kind: string, grid: string, texts: string[],
 *   lon?: number, lat?: number, unit?: string, keys?: string[]}} Entry
 */

const SHOWN = 12;
/** Parts a home has and a list of buildings has not: taken off the end when nothing is found. */
const DEEPER = [/(?:[0-9]{1,2}[楼层])?[0-9]{3,4}(?:号?房|室|户|号)?$/, /[0-9]{1,2}[楼层]$/, /(?:[0-9]+|[a-z])单元$/, /(?:[0-9]+[a-z]?|[a-z][0-9]*)栋$/];

/**
 * How well a key answers a question: smaller is better, Infinity is not at all.
 * @param {string} key
 * @param {string} asked
 * @returns {number}
 */
function distance(key, asked) {
	if (key === asked) return 0;
	const at = key.indexOf(asked);
	if (at < 0) return Infinity;
	const splitsNumber = /[0-9]$/.test(asked) && /[0-9]/.test(key[at + asked.length] || "")
		|| /^[0-9]/.test(asked) && /[0-9]/.test(key[at - 1] || "");
	return (at === 0 ? 1 : 2) + (splitsNumber ? 2 : 0) + Math.min(key.length, 99) / 100;
}

/**
 * @param {Entry[]} entries
 * @param {string} asked
 * @returns {Entry[]}
 */
function ranked(entries, asked) {
	/** @type {[number, number][]} */
	const found = [];
	entries.forEach((entry, position) => {
		const best = Math.min(...(entry.keys || []).map((key) => distance(key, asked)));
		if (best < Infinity) found.push([best, position]);
	});
	found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
	return found.slice(0, SHOWN).map(([, position]) => entries[position]);
}

/**
 * Prepare a search.
 * @param {Entry[]} entries
 * @param {import("./address-text.js").Rules} rules
 * @returns {(text: string) => Promise<Entry[]>}
 */
export function localSearch(entries, rules) {
	const spell = speller(rules);
	let isReady = false;
	return async (text) => {
		if (!isReady) {
			for (const entry of entries)
				entry.keys = Array.from(new Set(entry.texts.filter(Boolean).map(spell)));
			isReady = true;
		}
		let asked = spell(text);
		if (!asked) return [];
		let found = ranked(entries, asked);
		for (const part of DEEPER) {
			if (found.length) break;
			asked = asked.replace(part, "");
			if (asked) found = ranked(entries, asked);
		}
		return found;
	};
}
