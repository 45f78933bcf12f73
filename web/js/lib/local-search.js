/** Search over grids and addresses that the page itself holds, ranked like the server's. */
import { folder, speller } from "./address-text.js";
import { slipsFrom } from "./slips.js";

/**
 * @typedef {{label: string, detail: string, kind: string, grid: string, texts: string[],
 *   lon?: number, lat?: number, drawn?: string, unit?: number, initials?: string[], keys?: string[], within?: string}} Entry
 * @typedef {Entry & {certainty: "exact" | "building" | "compound" | "partial", isSlip?: boolean}} Match
 */

const SHOWN = 12;
const NUMERAL = /[零〇一二三四五六七八九十百两]/;
/** First letters in pinyin, numbers among them. */
const LETTERS = /^[a-z0-9]*[a-z]{2}[a-z0-9]*$/;
/** Parts a home has and a list has not, taken off the end when nothing is found; what is known then. */
/** @type {[RegExp, "building" | "compound"][]} */
const DEEPER = [
	[/(?:[0-9]{1,2}[楼层])?[0-9]{3,4}(?:号?房|室|户|号)?$/, "building"],
	[/[0-9]{1,2}[楼层]$/, "building"],
	[/(?:[0-9]+|[a-z])单元$/, "building"],
	[/(?:[0-9]+[a-z]?|[a-z][0-9]*)栋$/, "compound"],
];

/**
 * Whether the question at this place of the key is part of a longer number.
 * @param {string} key
 * @param {string} asked
 * @param {number} at
 * @returns {boolean}
 */
function splitsNumber(key, asked, at) {
	const before = key[at - 1] || "";
	return /[0-9]$/.test(asked) && /[0-9]/.test(key[at + asked.length] || "")
		|| /^[0-9]/.test(asked) && /[0-9]/.test(before)
		|| NUMERAL.test(asked[0]) && NUMERAL.test(before);
}

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
	return (at === 0 ? 1 : 2) + (splitsNumber(key, asked, at) ? 2 : 0) + Math.min(key.length, 99) / 100;
}

/**
 * How well the first letters of an entry in pinyin answer a question.
 * @param {Entry} entry
 * @param {string} asked
 * @returns {number}
 */
function lettersDistance({ initials = [] }, asked) {
	return Math.min(...initials.map((key) => distance(key, asked)));
}

/**
 * How well an entry answers a question of several words, in any order: its keys hold one of
 * them, its keys or what it lies in hold the others.
 * @param {Entry} entry
 * @param {string[]} words
 * @returns {number}
 */
function wordsDistance(entry, words) {
	const keys = entry.keys || [];
	const within = entry.within || "";
	const own = words.filter((word) => keys.some((key) => distance(key, word) < 3));
	const all = words.every((word) => own.includes(word) || within.includes(word));
	return all && own.length ? words.length - own.length + Math.min(...keys.map((key) => key.length)) / 100 : Infinity;
}

/**
 * @param {Entry[]} entries
 * @param {(entry: Entry) => number} measure
 * @param {Match["certainty"]} whole what an entry is that the measure calls the very same
 * @returns {Match[]}
 */
function ranked(entries, measure, whole) {
	/** @type {[number, number][]} */
	const found = [];
	entries.forEach((entry, position) => {
		const best = measure(entry);
		if (best < Infinity) found.push([best, position]);
	});
	found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
	return found.slice(0, SHOWN).map(([best, position]) => ({ ...entries[position], certainty: best ? "partial" : whole }));
}

/**
 * @param {Entry[]} entries
 * @param {string[]} words
 * @returns {Match[]}
 */
function withWords(entries, words) {
	return words.length > 1 ? ranked(entries, (entry) => wordsDistance(entry, words), "partial") : [];
}

/**
 * Entries that the first of the questions means if it has slips.
 * @param {Entry[]} entries
 * @param {Iterable<string>} questions
 * @returns {Match[]}
 */
function withSlips(entries, questions) {
	for (const asked of questions) {
		const measure = slipsFrom(asked);
		const found = ranked(entries, ({ keys = [] }) =>
			Math.min(...keys.map((key) => measure(key) + Math.min(key.length, 99) / 100)), "partial");
		if (found.length) return found.map((each) => ({ ...each, isSlip: true }));
	}
	return [];
}

/**
 * Prepare a search.
 * @param {Entry[]} entries
 * @param {import("./address-text.js").Rules} rules
 * @returns {(text: string) => Promise<Match[]>}
 */
export function localSearch(entries, rules) {
	const spell = speller(rules);
	const fold = folder(rules);
	let isReady = false;
	return async (text) => {
		if (!isReady) {
			for (const entry of entries) {
				const texts = entry.texts.filter(Boolean);
				entry.keys = Array.from(new Set([...texts.map(spell), ...texts.map(fold)]));
				entry.within = spell(entry.detail || "");
			}
			isReady = true;
		}
		let asked = spell(text);
		if (!asked) return [];
		/** @type {(whole: Match["certainty"], ...parts: string[]) => Match[]} */
		const like = (whole, ...parts) => ranked(entries, (entry) =>
			Math.min(...parts.flatMap((part) => (entry.keys || []).map((key) => distance(key, part)))), whole);
		let found = like("exact", ...new Set([asked, fold(text)]));
		if (!found.length && LETTERS.test(asked)) found = ranked(entries, (entry) => lettersDistance(entry, asked), "partial");
		if (!found.length) found = withWords(entries, text.split(/[\s,，;；、]+/).map(spell).filter(Boolean));
		const shorter = [asked];
		for (const [part, certainty] of DEEPER) {
			if (found.length) return found;
			asked = asked.replace(part, "");
			if (asked) found = like(certainty, asked);
			shorter.push(asked);
		}
		return found.length ? found : withSlips(entries, new Set(shorter));
	};
}
