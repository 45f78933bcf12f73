/** `/lookup`: which grid is it, and who answers? */
import { isAbort, latestOnly } from "./lib/api.js";
import { looksLikeCoordinates, rememberDatum, rememberedDatum, saysPosition } from "./lib/coordinates.js";
import { byId, el, fill, icon, pageData, toast } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { notice } from "./lib/notice.js";
import { phonePosition, positionIfAllowed } from "./lib/position.js";
import { forgetLookups, recentLookups, rememberLookup } from "./lib/recent.js";
import { searchBox, serverMatches } from "./lib/search.js";
import { drawStreets } from "./map/basemap.js";
import { cardLoading } from "./map/grid-card.js";
import { GridsLayer } from "./map/grids.js";
import { fitBounds, startMap } from "./map/layers.js";
import { PlaceMark } from "./map/lookup.js";
import { placeCard } from "./map/lookup-card.js";
import { correctionButton, doubtedText } from "./map/lookup-correction.js";
import { tooRough } from "./map/lookup-notices.js";
import { choiceWords, datumWords, isFar, outsideWords } from "./map/lookup-words.js";

/**
 * @typedef {{q?: string, unit?: string, grid?: string, label?: string, lon?: number, lat?: number, datum?: string, accuracy?: number, at?: string}} Question
 * @typedef {{keepAddress?: boolean, person?: any}} Options `keepAddress` when the page's address
 *   already says the question; `person` who was picked
 */

const plan = pageData("plan");
const box = byId("answer");
const input = /** @type {HTMLInputElement} */ (byId("search"));
const datum = /** @type {HTMLSelectElement} */ (byId("datum"));
const askServer = latestOnly();
/** @type {Question} */
let latest = {};
/** The text asked for last, where its answer left doubt what it means. */
let doubted = "";
/** @type {{lon: number, lat: number} | null} where the device is, once it is known */
let here = null;

const { map, layers } = startMap({
	streets: (queued) => drawStreets(queued, plan),
	grids: (queued) => new GridsLayer(queued.map, plan, () => {}),
	lookup: (queued) => new PlaceMark(queued.map),
});
fitBounds(map, plan.bounds, { animate: false });
layers.grids.show(plan.shown_level);

/**
 * Ask and show the answer.
 * @param {Question} question
 * @param {Options} [options]
 */
async function ask(question, options = {}) {
	const fields = Object.entries({ ...question, near: near() })
		.filter(([, value]) => value !== undefined && value !== "");
	if (fields.every(([name]) => name === "near")) return;
	latest = question;
	const query = new URLSearchParams(fields.map(([name, value]) => [name, String(value)]));
	cardLoading(box);
	try {
		show(await askServer(`/api/v1/lookup?${query}`), options);
	} catch (error) {
		if (isAbort(error)) return;
		say("bad", /** @type {Error} */ (error).message, question.at
			? el("button.button.small", { type: "button", onclick: () => actions.ofDay("") }, t("Show today")) : null);
	}
}

/** @returns {string} for the server: of what fits as well, the nearer comes first */
function near() {
	return here ? `${here.lon.toFixed(5)},${here.lat.toFixed(5)}` : "";
}

/**
 * @param {any} answer
 * @param {Options} options
 */
function show(answer, { keepAddress, person }) {
	const rough = tooRough(answer, latest.accuracy);
	if (rough) {
		fill(box, rough);
		layers.grids.mark("");
		layers.lookup.show(answer.lon, answer.lat, { accuracy_m: latest.accuracy, zoom: 16.5 });
		return;
	}
	if (latest.q) doubted = doubtedText(answer, latest.q);
	if (person) namePerson(answer, person);
	if (answer.share && !keepAddress) history.pushState(null, "", answer.share);
	showDatum(answer.kind === "datum" || looksLikeCoordinates(input.value));
	if (answer.kind === "datum") askDatum(answer);
	else if (answer.kind === "outside") fill(box, ...outsideWords(answer, actions, latest.accuracy));
	else if (answer.matches) fill(box, ...choiceWords(answer, actions));
	else fill(box, placeCard(answer, actions, latest.accuracy), correction(person));
	rememberLookup(answer);
	mark(answer, latest.accuracy);
}

/**
 * Put whoever was picked into the answer, with the number that it shows of them.
 * @param {any} answer
 * @param {any} person
 */
function namePerson(answer, person) {
	const own = (answer.answers || []).find((/** @type {any} */ each) => each.name === person.name && each.grid === person.grid);
	answer.person = { ...person, phone: person.phone || (own && own.phone) || "" };
}

/**
 * @param {any} person who was picked, if somebody was
 * @returns {HTMLElement | null} offered when a place is picked for a text that left doubt
 */
function correction(person) {
	return doubted && !latest.q && !latest.at && !person ? correctionButton(doubted, latest) : null;
}

const actions = {
	choose: pickPlace,
	ofDay: (/** @type {string} */ day) => ask({ ...latest, at: day }),
};

/** @param {any} answer */
function askDatum(answer) {
	if (answer.app) datum.value = "";
	say("", datumWords(answer));
	datum.focus();
}

/**
 * @param {"" | "warn" | "bad"} kind
 * @param {string} words
 * @param {...any} more
 */
function say(kind, words, ...more) {
	fill(box, notice(kind, words), ...more);
}

/**
 * Show the answer on the map.
 * @param {any} answer
 * @param {number} [accuracy_m]
 */
async function mark(answer, accuracy_m) {
	const own = answer.chain && answer.chain[0];
	map.invalidateSize({ animate: false });
	layers.lookup.clear();
	layers.grids.mark(own ? own.code : "");
	if (own && own.level !== layers.grids.level) await layers.grids.show(own.level);
	if (answer.kind !== "datum") markPlace(answer, accuracy_m);
}

/**
 * @param {any} answer
 * @param {number} [accuracy_m]
 */
function markPlace(answer, accuracy_m) {
	const { lon, lat, bounds, listed, kind } = answer;
	if (kind === "outside") {
		layers.lookup.show(lon, lat, { accuracy_m });
		if (!isFar(answer)) fitBounds(map, withPlace({ ...answer, bounds: plan.bounds }));
		return;
	}
	if (lon !== undefined) layers.lookup.show(lon, lat, { accuracy_m, zoom: 16.5 });
	if (bounds && (listed || lon === undefined)) fitBounds(map, withPlace(answer), { maxZoom: 17 });
}

/**
 * The bounds of the answer's grid, and of the place when it lies elsewhere.
 * @param {any} answer
 * @returns {number[]}
 */
function withPlace({ bounds, lon, lat }) {
	if (lon === undefined) return bounds;
	const [west, south, east, north] = bounds;
	return [Math.min(west, lon), Math.min(south, lat), Math.max(east, lon), Math.max(north, lat)];
}

/**
 * Answer for one of several places that were offered: asked by its name it would be offered again.
 * @param {any} match
 */
function pickPlace(match) {
	const isUnit = match.unit_id || ["person", "grid", "street"].includes(match.kind);
	if (isUnit || match.lon === null) { pickMatch(match); return; }
	input.value = match.label;
	ask({ label: match.grid ? match.label : "", lon: match.lon, lat: match.lat, datum: "wgs84" });
}

/** @param {any} match */
function pickMatch(match) {
	input.value = match.label;
	if (match.kind === "person") ask({ grid: match.grid }, { person: match });
	else if (match.kind === "grid") ask({ grid: match.grid });
	else if (match.unit_id) ask({ unit: match.unit_id });
	else ask({ q: match.label });
}

/** @param {boolean} wanted */
function showDatum(wanted) {
	const field = byId("datum-field");
	if (wanted && field.hidden && !datum.value) datum.value = rememberedDatum();
	field.hidden = !wanted;
}

function submit() {
	const text = input.value.trim();
	noSuggestions();
	if (!text) { input.focus(); return; }
	ask({ q: text, datum: byId("datum-field").hidden ? "" : datum.value });
	input.blur();
}

/** Answer what the page's address asks. */
function askAddress() {
	const asked = new URLSearchParams(location.search);
	if (asked.has("unit") || asked.has("grid")) {
		input.value = "";
		ask({ unit: asked.get("unit") ?? "", grid: asked.get("grid") ?? "" }, { keepAddress: true });
		return;
	}
	askText(asked);
}

/** @param {URLSearchParams} asked */
function askText(asked) {
	const lon = asked.get("lon");
	const lat = asked.get("lat");
	const text = lon !== null && lat !== null ? `${lon}, ${lat}` : asked.get("q") || "";
	input.value = text;
	showDatum(looksLikeCoordinates(text));
	if (asked.get("datum")) datum.value = asked.get("datum") || "";
	else if (lon !== null) datum.value = "";
	if (text) ask({ q: lon !== null ? `lon=${lon} lat=${lat}` : text, datum: asked.get("datum") || "", at: asked.get("at") || "" }, { keepAddress: true });
	else showRecent();
}

/** Show what was looked up on this device, beside the examples. */
function showRecent() {
	const recent = recentLookups();
	const part = document.getElementById("recent");
	if (!part) return;
	part.hidden = !recent.length;
	fill(part,
		el("p.hint", null, t("Looked up on this device:"), " ",
			el("button.link", { type: "button", onclick: () => { forgetLookups(); showRecent(); } }, t("Clear"))),
		el("ul.candidates", null, ...recent.map((each) =>
			el("li", null, el("a.option", { href: each.link }, icon("history"), el("span", null, each.title, el("small", null, each.detail)))))));
}

const find = serverMatches(() => ({ people: "1", ...(here ? { near: near() } : {}) }));
const noSuggestions = searchBox(input, byId("results"), pickMatch, {
	find: async (text) => (saysPosition(text) ? null : find(text)),
	submit,
});
byId("ask").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
input.addEventListener("input", () => {
	doubted = ""; // what is picked from now on is no answer to the text before
	showDatum(looksLikeCoordinates(input.value));
});
datum.addEventListener("change", () => {
	if (datum.value) rememberDatum(datum.value);
	if (datum.value && input.value.trim()) submit();
});
for (const chip of document.querySelectorAll("[data-example]"))
	chip.addEventListener("click", () => {
		input.value = chip.getAttribute("data-example") || "";
		submit();
	});

map.on("click", (/** @type {any} */ event) => {
	const { lat, lng } = event.latlng.wrap();
	input.value = "";
	ask({ lon: Number(lng.toFixed(7)), lat: Number(lat.toFixed(7)), datum: "wgs84" });
});
byId("pick").addEventListener("click", () => {
	byId("map_main").scrollIntoView({ behavior: "smooth", block: "center" });
	toast(t("Click the place on the map."));
});
byId("here").addEventListener("click", async () => {
	const button = byId("here");
	button.classList.add("busy");
	try {
		const { lon, lat, accuracy_m } = await phonePosition();
		here = { lon, lat };
		input.value = "";
		ask({ lon, lat, datum: "wgs84", accuracy: Math.round(accuracy_m) });
	} catch (error) {
		say("warn", /** @type {Error} */ (error).message,
			el("p", null, t("Pick the place on the map instead: click or tap it.")));
	} finally {
		button.classList.remove("busy");
	}
});
window.addEventListener("popstate", askAddress);
askAddress();
positionIfAllowed().then((position) => { here = here || position; });
