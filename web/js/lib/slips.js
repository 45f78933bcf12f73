/** How far an address is from what somebody typed with slips: letters may differ, numbers not. */

/** Longer questions are no address with a slip, and take long. */
const LONGEST = 60;
/** What tells doors apart: numbers, Chinese ones too, and Latin letters. */
const NUMBERS = /[0-9a-z]+|[零〇一二三四五六七八九十百两]+/g;

/**
 * @param {string[]} wanted
 * @param {string[]} there
 * @returns {boolean} whether all are there, in this order
 */
function holdsInOrder(wanted, there) {
	let at = 0;
	for (const each of there) if (each === wanted[at]) at += 1;
	return at === wanted.length;
}

/**
 * Letters missing, too many, wrong or swapped, with the least of them that a part of `text` needs.
 * @param {string} asked
 * @param {string} text
 * @returns {number}
 */
function slips(asked, text) {
	/** @type {number[]} */
	let above = [];
	/** @type {number[]} */
	let last = new Array(text.length + 1).fill(0);
	for (let i = 1; i <= asked.length; i++) {
		const row = [i];
		for (let j = 1; j <= text.length; j++) {
			row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (asked[i - 1] === text[j - 1] ? 0 : 1));
			if (i > 1 && j > 1 && asked[i - 1] === text[j - 2] && asked[i - 2] === text[j - 1])
				row[j] = Math.min(row[j], above[j - 2] + 1);
		}
		[above, last] = [last, row];
	}
	return Math.min(...last);
}

/**
 * Prepare to measure against a question: one slip from three letters on, two from seven.
 * @param {string} asked in one spelling
 * @returns {(key: string) => number} slips, Infinity where there are too many
 */
export function slipsFrom(asked) {
	const numbers = asked.match(NUMBERS) || [];
	const letters = asked.replace(NUMBERS, "");
	const most = letters.length < 3 || letters.length > LONGEST ? -1 : letters.length < 7 ? 1 : 2;
	return (key) => {
		if (most < 0 || !holdsInOrder(numbers, key.match(NUMBERS) || [])) return Infinity;
		const found = slips(letters, key.replace(NUMBERS, ""));
		return found <= most ? found : Infinity;
	};
}
