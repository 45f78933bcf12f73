/** Tell coordinates from addresses while somebody types; the server reads them properly. */

const WORDS = /[度分秒]|[东西]经|[南北]纬|[经纬]度|longitude|latitude|long?|lng|lat|point|[nsew]/gi;
const SIGNS = /[\s\d.,;:°º˚'"′″。、=&()[\]|/+\-−]/g;
const NUMBERS = /\d+(?:[.。]\d*)?/g;

/**
 * @param {string} text
 * @returns {boolean}
 */
export function looksLikeCoordinates(text) {
	const plain = text.normalize("NFKC");
	const numbers = plain.match(NUMBERS) || [];
	const isMarked = /\d[.。]\d|\d\s*[°º度]/.test(plain);
	return numbers.length >= 2 && isMarked && plain.replace(WORDS, "").replace(SIGNS, "") === "";
}

const KEY = "geogrid.datum";

/**
 * The datum chosen before on this device, or "".
 * @returns {string}
 */
export function rememberedDatum() {
	try {
		return localStorage.getItem(KEY) || "";
	} catch {
		return ""; // a browser that keeps nothing
	}
}

/** @param {string} datum */
export function rememberDatum(datum) {
	try {
		localStorage.setItem(KEY, datum);
	} catch {
		/* a browser that keeps nothing: it will be asked again */
	}
}
