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

const DATUM_WORDS = /wgs[-_ ]?84|gps|cgcs[-_ ]?2000|(?:国家)?2000(?=坐标)|天地图|gcj[-_ ]?02|火星|国测局|高德|腾讯|amap|bd[-_ ]?09|百度|baidu|地图|坐标系?/gi;
const LINK = /[a-z]{3,}:\/\/|\bgeo:|[\w-]\.(?:com|cn|org|gl)\//i;

/**
 * Whether a text is coordinates with the datum, or the map they are from, beside them.
 * @param {string} text
 * @returns {boolean}
 */
function saysDatum(text) {
	const plain = text.normalize("NFKC");
	const bare = plain.replace(DATUM_WORDS, "");
	return bare !== plain && looksLikeCoordinates(bare);
}

/**
 * @param {string} text
 * @returns {boolean} whether there is a link in it
 */
function holdsLink(text) {
	return LINK.test(text);
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

/**
 * @param {string} text
 * @returns {boolean} whether it says a position in any way, and is no words to look up
 */
export function saysPosition(text) {
	return looksLikeCoordinates(text) || saysDatum(text) || holdsLink(text);
}
