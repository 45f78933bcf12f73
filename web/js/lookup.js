/** `/lookup`: which grid is it, and who answers? */
import { isAbort, latestOnly } from "./lib/api.js";
import { looksLikeCoordinates, rememberDatum, rememberedDatum } from "./lib/coordinates.js";
import { byId, el, fill, icon, pageData, toast } from "./lib/dom.js";
import { distance } from "./lib/format.js";
import { t } from "./lib/i18n.js";
import { phonePosition } from "./lib/position.js";
import { searchBox, serverMatches } from "./lib/search.js";
import { drawStreets } from "./map/basemap.js";
import { cardLoading } from "./map/grid-card.js";
import { GridsLayer } from "./map/grids.js";
import { fitBounds, startMap } from "./map/layers.js";
import { PlaceMark } from "./map/lookup.js";
import { candidateList, placeCard } from "./map/lookup-card.js";

/**
 * @typedef {{q?: string, unit?: string, grid?: string, lon?: number, lat?: number, datum?: string}} Question
 */

const plan = pageData("plan");
const box = byId("answer");
const input = /** @type {HTMLInputElement} */ (byId("search"));
const datum = /** @type {HTMLSelectElement} */ (byId("datum"));
const askServer = latestOnly();

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
 * @param {{accuracy_m?: number, keepAddress?: boolean}} [options] `keepAddress` when the
 *   page's address already says the question
 */
async function ask(question, options = {}) {
	const fields = Object.entries(question).filter(([, value]) => value !== undefined && value !== "");
	if (!fields.length) return;
	const query = new URLSearchParams(fields.map(([name, value]) => [name, String(value)]));
	cardLoading(box);
	try {
		show(await askServer(`/api/v1/lookup?${query}`), options);
	} catch (error) {
		if (!isAbort(error)) say("bad", /** @type {Error} */ (error).message);
	}
}

/**
 * @param {any} answer
 * @param {{accuracy_m?: number, keepAddress?: boolean}} options
 */
function show(answer, { accuracy_m, keepAddress }) {
	if (answer.share && !keepAddress) history.pushState(null, "", answer.share);
	showDatum(answer.kind === "datum" || looksLikeCoordinates(input.value));
	if (answer.kind === "datum") askDatum();
	else if (answer.kind === "outside") showOutside(answer);
	else if (answer.matches) showChoice(answer);
	else fill(box, placeCard(answer, pickMatch, accuracy_m));
	mark(answer, accuracy_m);
}

/** @param {any} answer */
function showChoice(answer) {
	const words = {
		several: t("Several places fit. Which one is meant?"),
		street: answer.matches.length ? t("This is a road. Add the house number, or choose:")
			: t("This is a road. Add the house number, or click the place on the map."),
		number: answer.matches.length ? t("The road is known, but not this number. Along this road there are:")
			: t("The road is known, but not this number. Check the number, or click the place on the map."),
		compound: t("The buildings of this compound lie in several grids. Which one is meant?"),
		similar: t("There is no such address here. The nearest ones are:"),
		no_place: t("This address is in the list, but the list gives neither its position nor its grid."),
		none: t("Nothing here has this name. Try the road with the house number, the name of the compound, or pick the place on the map."),
	}[/** @type {"none"} */ (answer.reason)];
	say(answer.kind === "nothing" ? "warn" : "", words,
		answer.matches.length ? candidateList(answer.matches, pickMatch) : null);
}

/** @param {any} answer */
function isFar(answer) {
	return answer.kind === "outside" && answer.boundary_m > 30000;
}

/** @param {any} answer */
function showOutside(answer) {
	const nearest = answer.across ? t("The nearest grid is {name}, {n} away.",
		{ name: answer.across.name || answer.across.code, n: distance(answer.boundary_m) }) : "";
	const far = isFar(answer)
		? t("That is far off: are the numbers and the coordinate system right?") : "";
	say("warn", t("This place lies outside the area of this plan."),
		el("p", null, [nearest, far].filter(Boolean).join(" ")),
		answer.across ? el("button.button.small", { type: "button", onclick: () => ask({ grid: answer.across.code }) },
			t("Show {name}", { name: answer.across.name || answer.across.code })) : null);
}

function askDatum() {
	say("", t("These are coordinates. Choose above where they are from, then the answer comes."));
	datum.focus();
}

/**
 * @param {string} kind "", "warn" or "bad"
 * @param {string} words
 * @param {...any} more
 */
function say(kind, words, ...more) {
	fill(box, el("p", { class: `notice ${kind}` }, icon(kind ? "triangle-alert" : "info"), el("span", null, words)), ...more);
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
	if (answer.lon !== undefined && answer.kind !== "datum")
		layers.lookup.show(answer.lon, answer.lat, { accuracy_m, zoom: isFar(answer) ? 0 : 16.5 });
	if (answer.bounds && (answer.listed || answer.lon === undefined)) fitBounds(map, withPlace(answer), { maxZoom: 17 });
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

/** @param {any} match */
function pickMatch(match) {
	input.value = match.label;
	if (match.kind === "grid") ask({ grid: match.grid });
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
	const isPlace = looksLikeCoordinates(text);
	ask({ q: text, datum: isPlace ? datum.value : "" });
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
	if (text) ask({ q: lon !== null ? `lon=${lon} lat=${lat}` : text, datum: asked.get("datum") || "" }, { keepAddress: true });
}

const find = serverMatches();
const noSuggestions = searchBox(input, byId("results"), pickMatch, {
	find: async (text) => (looksLikeCoordinates(text) ? null : find(text)),
	submit,
});
byId("ask").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
input.addEventListener("input", () => showDatum(looksLikeCoordinates(input.value)));
datum.addEventListener("change", () => {
	if (datum.value) rememberDatum(datum.value);
	if (datum.value && looksLikeCoordinates(input.value)) submit();
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
		input.value = "";
		ask({ lon, lat, datum: "wgs84" }, { accuracy_m });
	} catch (error) {
		say("warn", /** @type {Error} */ (error).message,
			el("p", null, t("Pick the place on the map instead: click or tap it.")));
	} finally {
		button.classList.remove("busy");
	}
});
window.addEventListener("popstate", askAddress);
askAddress();
