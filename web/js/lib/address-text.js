/**
 * One spelling for address texts, where there is no server to ask: runs the rules of
 * `geogrid/addresses/spelling.py`, which come as data.
 */

/**
 * @typedef {{letters: Record<string, string>, digits: Record<string, string>,
 *   numerals: string, rules: [string, string][], prefixes: string[]}} Rules
 */

/** What one spelling takes away: all but letters, digits, # and -. */
const DROPPED = /[^\p{L}\p{N}\p{M}#-]/gu;

/**
 * @param {string} numeral 二十三 or 二三
 * @param {Record<string, string>} digits
 * @returns {string}
 */
function numberOf(numeral, digits) {
	if (!/[十百]/.test(numeral)) return Array.from(numeral, (letter) => digits[letter]).join("");
	let total = 0;
	let digit = 0;
	for (const letter of numeral) {
		if (letter === "十" || letter === "百") {
			total += (digit || 1) * (letter === "十" ? 10 : 100);
			digit = 0;
		} else digit = Number(digits[letter]);
	}
	return String(total + digit);
}

/**
 * @param {string} text
 * @param {Rules} rules
 * @returns {string} the text without differences of width and case, and without punctuation
 */
function fold(text, rules) {
	const plain = Array.from(text.normalize("NFKC").toLowerCase().normalize("NFKC"),
		(letter) => rules.letters[letter] || letter).join("");
	return plain.replace(DROPPED, "");
}

/**
 * @param {Rules} rules
 * @returns {(spelling: string) => number} where 省, 市, 区, 街道 end
 */
function regionEnd(rules) {
	const prefixes = rules.prefixes.map((pattern) => new RegExp(pattern, "y"));
	return (spelling) => {
		let start = 0;
		for (const prefix of prefixes) {
			prefix.lastIndex = start;
			const found = prefix.exec(spelling);
			if (found) start = prefix.lastIndex;
		}
		return start;
	};
}

/**
 * Prepare the rules.
 * @param {Rules} rules
 * @returns {(text: string) => string} the one spelling of a text, without 省, 市, 区, 街道
 */
export function speller(rules) {
	const numerals = new RegExp(rules.numerals, "g");
	const steps = rules.rules.map(([pattern, replacement]) =>
		/** @type {[RegExp, string]} */ ([new RegExp(pattern, "g"), replacement]));
	const end = regionEnd(rules);
	const respell = (/** @type {string} */ text) => {
		let spelling = fold(text, rules).replace(numerals, (found) => numberOf(found, rules.digits));
		for (const [pattern, replacement] of steps) spelling = spelling.replace(pattern, replacement);
		return spelling;
	};
	const canonical = (/** @type {string} */ text) => {
		let spelling = respell(text);
		for (let turn = 0; turn < 4; turn++) {
			const again = respell(spelling);
			if (again === spelling) break;
			spelling = again;
		}
		return spelling;
	};
	return (text) => {
		const spelling = canonical(text);
		const start = end(spelling);
		return start > 0 && start < spelling.length ? canonical(spelling.slice(start)) : spelling;
	};
}

/**
 * Prepare what half a name is compared by: the numeral of 沙嘴第一 has lost its noun.
 * @param {Rules} rules
 * @returns {(text: string) => string} the text as written, without 省, 市, 区, 街道
 */
export function folder(rules) {
	const end = regionEnd(rules);
	return (text) => {
		const folded = fold(text, rules);
		return folded.slice(end(folded)) || folded;
	};
}
