/** `/plans/<draft>/branches/<other>`: where two drafts differ; merging one into the other. */
import { getJSON, sendJSON } from "./lib/api.js";
import { byId, el, fill, icon, pageData, toast } from "./lib/dom.js";
import { number } from "./lib/format.js";
import { t } from "./lib/i18n.js";
import { endingOf } from "./lib/names.js";
import { showProblem } from "./lib/sending.js";
import { drawStreets } from "./map/basemap.js";
import { fitBounds, startMap } from "./map/layers.js";
import { againRows, bothCard, gridTable, groundRows, groundWords, operations, refusedRows, section, swatch } from "./pair/lists.js";
import { PairMap } from "./pair/sheet.js";

const plan = pageData("plan");
const pair = pageData("pair");
const names = { one: pair.one.name, other: pair.other.name };
const otherId = Number(pair.other.api.split("/")[4]);
const { map } = startMap({ streets: (queued) => drawStreets(queued, plan), editor: () => null });
const sheet = new PairMap(map, pair, lookAt, (error) => fail(error));
/** @type {Set<number>} operations of the other draft that count where both changed something */
const take = new Set();
/** @type {Set<number>} operations to bring again */
const again = new Set();
/** @type {any} */
let differences = null;
/** @type {any} */
let merge = null;
let asked = 0;
let busy = false;

const acts = {
	go: (/** @type {number[]} */ extent) => sheet.go(extent),
	choose(/** @type {number} */ of, /** @type {boolean} */ is_taken) {
		take[is_taken ? "add" : "delete"](of);
		tryAgain();
	},
	again(/** @type {number} */ of, /** @type {boolean} */ is_wanted) {
		again[is_wanted ? "add" : "delete"](of);
		tryAgain();
	},
};

/** @param {unknown} error */
function fail(error) {
	showProblem(byId("problem"), /** @type {Error} */ (error).message);
	byId("problem").scrollIntoView({ block: "nearest" });
}

/** @param {object} more */
function send(more) {
	return sendJSON("POST", `${pair.one.api}/merge`, { from: otherId, take: [...take], again: [...again], ...more });
}

/** Ask what merging would do as it is chosen now; the newest question counts. */
async function tryAgain() {
	const mine = ++asked;
	byId("act").classList.add("waiting");
	try {
		const found = await send({ dry: true });
		if (mine !== asked) return;
		merge = found;
		byId("problem").hidden = true;
	} catch (error) {
		if (mine === asked) fail(error);
		return;
	} finally {
		if (mine === asked) byId("act").classList.remove("waiting");
	}
	show();
}

/** Load everything anew. */
async function load() {
	try {
		differences = await getJSON(`${pair.one.api}/compare?with=${otherId}`);
		merge = pair.may_merge ? await send({ dry: true }) : null;
	} catch (error) {
		fill(byId("card"));
		fail(error);
		return;
	}
	sheet.showGround(differences, groundWords);
	sheet.look();
	show();
	document.body.dataset.ready = "true";
}

/** @param {number} of */
function lookAt(of) {
	const card = document.getElementById(`both-${of}`);
	if (!card) return;
	card.scrollIntoView({ block: "center" });
	card.focus({ preventScroll: true });
}

/** @param {any} feature */
function conflictWords(feature) {
	return t("Both changed it: {grids}", { grids: feature.properties.grids.join(t(", ")) || "—" });
}

function verdict() {
	const { features, grids } = differences;
	if (!features.length && !grids.length) return t("Both drafts are the same.");
	const known = features.every((/** @type {any} */ each) => each.properties.households !== null);
	const homes = features.reduce((/** @type {number} */ sum, /** @type {any} */ each) => sum + each.properties.households, 0);
	const words = { areas: number(features.length), grids: number(grids.length), homes: number(homes) };
	return known ? t("{areas} areas with {homes} households are in other grids; {grids} grids differ.", words)
		: t("{areas} areas are in other grids; {grids} grids differ.", words);
}

function legend() {
	const used = new Set(differences.features.map((/** @type {any} */ each) => each.properties.changed_by || "plain"));
	if (merge && merge.both.features.length) used.add("both");
	const words = /** @type {Record<string, string>} */ ({
		one: t("changed in “{name}”", { name: names.one }), other: t("changed in “{name}”", { name: names.other }),
		both: t("changed in both"), plain: t("differs"),
	});
	return el("ul.pair-key", null, Object.keys(words).filter((name) => used.has(name)).map((name) => el("li", null, swatch(name), words[name])));
}

function lists() {
	if (!merge) return [];
	const inBoth = new Set(merge.both.features.flatMap((/** @type {any} */ each) => each.properties.theirs.map((/** @type {any} */ one) => one.of)));
	const mine = new Set(merge.both.features.flatMap((/** @type {any} */ each) => each.properties.ours.map((/** @type {any} */ one) => one.of)));
	const refused = merge.conflicts.features.filter((/** @type {any} */ each) => !inBoth.has(each.properties.number));
	const unlike = merge.both.features.map((/** @type {any} */ each, /** @type {number} */ at) => {
		const is_taken = each.properties.theirs.some((/** @type {any} */ one) => take.has(one.of));
		return bothCard(each, at + 1, is_taken, names, {
			...acts,
			choose: (of, is_wanted) => {
				for (const one of each.properties.theirs) take.delete(one.of);
				acts.choose(of, is_wanted);
			},
		});
	});
	return [
		section(t("Conflicts"), t("Both drafts changed the same place. Choose which of the two counts; what the other did there is left out."), unlike),
		section(t("Taken back in “{name}”", { name: names.one }), "", operations(merge.taken_back, acts)),
		section(t("Brought over from “{name}”", { name: names.other }), "", operations(merge.applied, acts)),
		section(t("Brought before and undone since"), t("They only come again where you tick them."), againRows(merge.undone, again, acts)),
		section(t("Cannot be brought over"), "", refusedRows(refused, acts)),
		section(t("Done in both alike"), "", operations(merge.there, acts)),
		section(t("Only in “{name}”", { name: names.one }), "", operations(merge.ours.filter((/** @type {any} */ each) => !mine.has(each.of)), acts)),
	];
}

function show() {
	const focused = document.activeElement ? document.activeElement.id : "";
	const body = byId("card").closest(".panel-body");
	const top = body ? body.scrollTop : 0;
	fill(byId("card"), el("div.stack.compare", null,
		el("p.verdict-line", { role: "status" }, verdict()), legend(), ...lists(),
		gridTable(differences.grids, names, merge, acts),
		section(t("Ground that differs"), "", groundRows(differences.features, acts, (geometry) => sheet.extentOf(geometry)))));
	if (merge) {
		sheet.showOutcome(merge, conflictWords);
		showAct();
	}
	if (body) body.scrollTop = top;
	const node = focused && document.getElementById(focused);
	if (node) node.focus({ preventScroll: true });
}

/** What the button would do, and the button. */
function showAct() {
	const count = merge.applied.length + merge.taken_back.length;
	const words = !count ? t("There is nothing to bring over.")
		: merge.taken_back.length ? t("Operations to bring over: {n}; to take back: {back}.", { n: number(merge.applied.length), back: number(merge.taken_back.length) })
			: t("Operations to bring over: {n}.", { n: number(merge.applied.length) });
	fill(byId("act"), el("p", null, words), count ? el("button.button.primary", { type: "button", id: "merge", onclick: doIt }, icon("merge"),
		el("span", null, t("Merge into “{name}”", { name: names.one }))) : null);
	byId("act").hidden = false;
}

/** Merge once, however often the button is pressed. */
async function doIt() {
	if (busy || byId("act").classList.contains("waiting")) return;
	busy = true;
	byId("act").classList.add("waiting");
	byId("problem").hidden = true;
	try {
		const done = await send({ version: merge.version, from_version: merge.from_version });
		take.clear();
		again.clear();
		await load();
		fill(byId("problem"), el("div.notice.good", { role: "status" }, icon("circle-check"), el("div", null,
			el("p", null, t("Merged. Operations now in “{name}”: {n}. Each can be undone in its workbench.", { n: number(done.applied.length), name: names.one })),
			el("a.button.small", { href: pair.one.edit }, icon("pencil-ruler"), t("Open the workbench")))));
		byId("problem").hidden = false;
		byId("problem").scrollIntoView({ block: "nearest" });
	} catch (error) {
		const is_late = /** @type {any} */ (error).status === 409;
		if (is_late) {
			await load();
			toast(t("Loaded again; look at what changed before you merge."));
		}
		fail(error);
	}
	busy = false;
	byId("act").classList.remove("waiting");
}

for (const side of /** @type {("one" | "other")[]} */ (["one", "other"])) {
	const button = document.querySelector(`[data-sheet=${side}]`);
	if (button) fill(button, el("span.cut-name", null, endingOf(names[side]).map((part) => el("span", null, part))));
}
for (const button of document.querySelectorAll("[data-sheet]"))
	button.addEventListener("click", () => {
		for (const each of document.querySelectorAll("[data-sheet]")) each.setAttribute("aria-pressed", String(each === button));
		sheet.show(/** @type {"one" | "other" | "after"} */ (button.getAttribute("data-sheet")));
	});
fitBounds(map, plan.bounds, { animate: false });
load();
