/** `/lookup` without a network: the same questions, answered from the copy that was saved. */
import { saysPosition } from "../lib/coordinates.js";
import { byId, el, fill, icon, toast } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { localSearch } from "../lib/local-search.js";
import { notice } from "../lib/notice.js";
import { phonePosition } from "../lib/position.js";
import { searchBox } from "../lib/search.js";
import { drawStreets } from "../map/basemap.js";
import { GridsLayer } from "../map/grids.js";
import { fitBounds, startMap } from "../map/layers.js";
import { PlaceMark } from "../map/lookup.js";
import { candidateList } from "../map/lookup-card.js";
import { tooRough } from "../map/lookup-notices.js";
import { answerAt, answerOfGrid, answerOfMatch, entriesOf, partsToChoose } from "../offline/answers.js";
import { offlineCard } from "../offline/card.js";
import { FORMAT, openCopy } from "../offline/copy.js";
import { canKeep, label, read, remove } from "../offline/kept.js";
import { ageWords, oldWords } from "../offline/words.js";

const box = byId("answer");
const banner = byId("offline-banner");
const live = banner.dataset.live || "/";
const isTrial = location.pathname.includes("/offline/");

/**
 * @param {"" | "warn" | "bad"} kind
 * @param {string} words
 * @param {...any} more
 */
function say(kind, words, ...more) {
	fill(box, notice(kind, words), ...more);
}

/** @param {import("../offline/kept.js").Label} kept */
function writeBanner(kept) {
	const old = oldWords(kept);
	banner.classList.toggle("old", Boolean(old));
	fill(banner,
		el("div", null,
			el("b", null, isTrial ? t("Saved copy") : t("Offline")), " · ", ageWords(kept), " · ", kept.area,
			old ? el("span.age", null, icon("triangle-alert"), old) : null),
		el("a.button.small", { href: isTrial ? live : location.href }, icon("refresh-cw"), isTrial ? t("Back to the live page") : t("Try the network")),
		el("button.button.small", { type: "button", onclick: throwAway }, icon("x"), t("Remove the copy")));
}

async function throwAway() {
	if (!window.confirm(t("Remove the copy from this device? Without a network nothing can be looked up then."))) return;
	await remove();
	nothingKept(t("The copy has been removed from this device."));
}

/** @param {string} words */
function nothingKept(words) {
	fill(banner, el("div", null, el("b", null, t("Offline")), " · ", words), el("a.button.small", { href: live }, icon("refresh-cw"), t("Try the network")));
	byId("lookup").hidden = true;
}

/** @param {import("../offline/answers.js").Copy} copy */
function showPage(copy) {
	const { plan, streets } = copy.data;
	const input = /** @type {HTMLInputElement} */ (byId("search"));
	const load = async (/** @type {string} */ url) =>
		(url.startsWith("streets") ? streets[url.endsWith("minor") ? "minor" : "major"] : copy.geojson(Number(url)));
	const { map, layers } = startMap({
		streets: (queued) => drawStreets(queued, plan, load),
		grids: (queued) => new GridsLayer(queued.map, plan, () => {}, load),
		lookup: (queued) => new PlaceMark(queued.map),
	});
	fitBounds(map, plan.bounds, { animate: false });
	layers.grids.show(plan.shown_level);

	/**
	 * @param {any} answer
	 * @param {number} [accuracy_m]
	 */
	async function show(answer, accuracy_m) {
		fill(box, offlineCard(answer, accuracy_m));
		const [grid] = answer.chain;
		layers.lookup.clear();
		layers.grids.mark(answer.isOwn ? grid.code : "");
		if (answer.isOwn && grid.level !== layers.grids.level) await layers.grids.show(grid.level);
		if (answer.lon !== undefined) layers.lookup.show(answer.lon, answer.lat, { accuracy_m, zoom: 16.5 });
		else fitBounds(map, answer.bounds, { maxZoom: 17 });
	}

	/**
	 * @param {number} lon
	 * @param {number} lat
	 * @param {number} [accuracy_m]
	 */
	function showPlace(lon, lat, accuracy_m) {
		const answer = answerAt(copy, lon, lat, accuracy_m);
		const rough = answer && tooRough(answer, accuracy_m);
		layers.lookup.show(lon, lat, { accuracy_m, zoom: rough ? 16.5 : undefined });
		if (rough) {
			fill(box, rough);
			layers.grids.mark("");
		} else if (answer) show(answer, accuracy_m);
		else outside(t("This place lies outside the saved area. It needs the network."));
	}

	/** @param {string} words */
	function outside(words) {
		layers.grids.mark("");
		say("warn", words);
	}

	/** @param {any} match */
	function pick(match) {
		input.value = match.label;
		const spread = partsToChoose(copy, entries, match);
		if (spread) {
			const leaves = spread.leaves ? notice("warn", t("Part of it is outside the saved area, which needs the network.")) : null;
			if (spread.parts.length) choose(spread.parts, t("The buildings of this compound lie in several grids. Which one is meant?"), leaves);
			else fill(box, leaves);
			return;
		}
		const answer = answerOfMatch(copy, match);
		if (answer && answer.chain) show(answer);
		else say("warn", t("This address is in the list, but the list gives neither its position nor its grid."));
	}

	const entries = entriesOf(copy);
	const find = localSearch(entries, copy.data.rules);

	/** @param {string} text */
	async function ask(text) {
		if (!text) return;
		if (saysPosition(text)) {
			say("warn", t("Typed coordinates need the network. Here the map and the phone's position work."));
			return;
		}
		const found = await find(text);
		const exact = found.filter((each) => each.certainty === "exact");
		if (exact.length === 1 || found.length === 1 && !found[0].isSlip) pick(exact[0] || found[0]);
		else if (found.length) choose(exact.length ? exact : found,
			exact.length ? t("Several places fit. Which one is meant?") : t("There is no such address here. The nearest ones are:"));
		else outside(t("Nothing in the saved copy has this name. It holds {area} only.", { area: copy.data.area }));
	}

	/**
	 * @param {any[]} matches
	 * @param {string} words
	 * @param {HTMLElement | null} [more]
	 */
	function choose(matches, words, more) {
		say("", words, more, candidateList(matches, pick));
	}

	searchBox(input, byId("results"), pick, { find: async (text) => (saysPosition(text) ? null : find(text)), submit: ask });
	byId("ask").addEventListener("submit", (event) => { event.preventDefault(); ask(input.value.trim()); });
	map.on("click", (/** @type {any} */ { latlng }) => { input.value = ""; showPlace(latlng.lng, latlng.lat); });
	byId("pick").addEventListener("click", () => {
		byId("map_main").scrollIntoView({ behavior: "smooth", block: "center" });
		toast(t("Click the place on the map."));
	});
	byId("here").addEventListener("click", async () => {
		try {
			const { lon, lat, accuracy_m } = await phonePosition();
			input.value = "";
			showPlace(lon, lat, accuracy_m);
		} catch (error) {
			say("warn", /** @type {Error} */ (error).message);
		}
	});
	askAddress();

	/** Answer what the page's address asks. */
	function askAddress() {
		const asked = new URLSearchParams(location.search);
		const grid = copy.byCode.get(asked.get("grid") || "");
		if (asked.get("at")) say("warn", t("Cases, earlier plans, other areas and typed coordinates need the network."));
		else if (grid) show(answerOfGrid(copy, grid));
		else if (asked.get("q")) {
			input.value = asked.get("q") || "";
			ask(input.value);
		} else if (asked.get("datum") === "wgs84") showPlace(Number(asked.get("lon")), Number(asked.get("lat")));
		else if (location.search) say("warn", t("Cases, earlier plans, other areas and typed coordinates need the network."));
	}
}

async function start() {
	const kept = canKeep() ? await label() : null;
	const data = kept && kept.format === FORMAT ? await read() : null;
	if (!kept || !data) {
		nothingKept(kept ? t("The copy is of another release. Open the page once with a network.") : t("No copy is saved on this device."));
		return;
	}
	writeBanner(kept);
	showPage(openCopy(data));
}

start().catch(() => nothingKept(t("The copy cannot be read. Open the page once with a network and save it again.")));
