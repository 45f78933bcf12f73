/** `/plans/new/trace/<token>`: place what was uploaded, draw, make areas, go on to the check. */
import { getJSON, postForm } from "./lib/api.js";
import { byId, el, fill, pageData } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { showProblem } from "./lib/sending.js";
import { drawStreets } from "./map/basemap.js";
import { fitBounds, startMap } from "./map/layers.js";
import { Areas } from "./trace/areas.js";
import { Proposals } from "./trace/bounds.js";
import { Hand } from "./trace/hand.js";
import { ControlPoints } from "./trace/points.js";
import { Underlay } from "./trace/underlay.js";
import { Viewer } from "./trace/viewer.js";

const page = pageData("page");
const plan = pageData("plan");
const isPlaced = page.kind === "picture" || page.kind === "drawing";
const { map } = startMap({ streets: (queued) => drawStreets(queued, plan) });
fitBounds(map, plan.bounds, { animate: false });

/** @typedef {"points" | "line" | "text" | ""} Tool */
/** @type {Tool} */
let tool = isPlaced ? "points" : "";
/** @type {import("./trace/viewer.js").Drawn | null} */
let drawn = null;
/** @type {any} */
let placed = null;
const underlay = new Underlay(map, page);
const areas = new Areas(map, byId("made"));
const hand = new Hand(map, page.hand, () => underlay.placed, handChanged);

function handChanged() {
	const said = document.getElementById("hand-said");
	if (!said) return;
	fill(said, hand.words());
	/** @type {HTMLButtonElement} */ (byId("undo")).disabled = !hand.order.length && !hand.open.length;
}

const chosenLayers = () => new Set(
	Array.from(document.querySelectorAll("input[name=layer]:checked"), (box) => Number(/** @type {HTMLInputElement} */ (box).value)),
);

/** @type {Viewer | null} */
let viewer = null;
/** @type {ControlPoints | null} */
let points = null;

function showUnderlay() {
	if (viewer && drawn) viewer.draw(drawn, chosenLayers());
	if (placed && (page.kind === "picture" || drawn)) underlay.show(placed.corners, drawn, chosenLayers());
	else underlay.clear();
}

function startPlacing() {
	viewer = new Viewer(byId("viewer"), page, (x, y) => points && points.take("picture", [x, y]));
	points = new ControlPoints(map, page, {
		list: byId("points"), said: byId("points-said"), kind: /** @type {HTMLSelectElement} */ (byId("kind")),
	}, {
		marks: (pairs, worst) => viewer && viewer.showMarks(pairs, worst),
		placed: (data) => { placed = data; showUnderlay(); },
		look: ({ picture, ground }) => {
			if (picture && viewer) viewer.look(picture);
			if (ground) map.panTo([ground[1], ground[0]]);
		},
	});
	const opacity = /** @type {HTMLInputElement} */ (byId("opacity"));
	opacity.addEventListener("input", () => underlay.fade(Number(opacity.value) / 100));
	for (const box of document.querySelectorAll("input[name=layer]")) box.addEventListener("change", showUnderlay);
	if (page.kind === "drawing")
		getJSON(page.urls.drawing).then((data) => { drawn = data; showUnderlay(); }, failed);
	points.changed();
}

/** @param {Tool} next */
function use(next) {
	if (tool === "line" && next !== "line") hand.end();
	tool = next;
	for (const button of document.querySelectorAll("[data-tool]"))
		button.setAttribute("aria-pressed", String(button.getAttribute("data-tool") === tool));
	byId("name-field").hidden = tool !== "text";
	byId("line-hint").hidden = tool !== "line";
	if (tool !== "line") hand.cursor.remove();
	map.getContainer().classList.toggle("picking", tool !== "");
	if (tool === "line") map.doubleClickZoom.disable();
	else map.doubleClickZoom.enable();
}

map.on("click", (/** @type {any} */ event) => {
	if (tool === "points" && points) points.take("ground", [event.latlng.lng, event.latlng.lat]);
	else if (tool === "line") hand.addCorner(event);
	else if (tool === "text") writeName(event);
});
map.on("mousemove", (/** @type {any} */ event) => { if (tool === "line") hand.hover(event); });
document.addEventListener("keydown", (event) => {
	if (tool === "line" && (event.key === "Enter" || event.key === "Escape")) hand.end();
});

/** @param {any} event */
function writeName(event) {
	const field = /** @type {HTMLInputElement} */ (byId("name"));
	const text = field.value.trim();
	if (text) hand.addText(event, text);
	field.value = "";
	field.focus();
}

/** @param {any} error */
function failed(error) {
	showProblem(byId("problem"), error.message);
	byId("problem").scrollIntoView({ block: "nearest" });
}

/**
 * Send something; buttons rest meanwhile.
 * @param {string} url
 * @param {FormData} form
 * @returns {Promise<any>}
 */
async function send(url, form) {
	byId("problem").hidden = true;
	document.body.classList.add("sending");
	try {
		return await postForm(url, form);
	} catch (error) {
		failed(error);
		return null;
	} finally {
		document.body.classList.remove("sending");
	}
}

const onward = byId("next");
onward.remove();
onward.hidden = false;
onward.querySelector("button")?.addEventListener("click", async () => {
	const answer = await send(page.urls.check, new FormData());
	if (answer) location.href = answer.url;
});

/** @param {SubmitEvent} event */
async function makeAreas(event) {
	event.preventDefault();
	if (tool === "line") hand.end();
	const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
	if (points) points.addTo(form);
	hand.addTo(form);
	const data = await send(page.urls.areas, form);
	if (!data) return areas.clear();
	areas.show(data, onward);
	byId("made").scrollIntoView({ block: "nearest", behavior: "smooth" });
}

/** @param {SubmitEvent} event */
async function readBounds(event) {
	event.preventDefault();
	const data = await send(page.urls.bounds, new FormData(/** @type {HTMLFormElement} */ (event.target)));
	if (data) proposals.show(data, onward);
}

/** @param {SubmitEvent} event */
async function keepUnder(event) {
	event.preventDefault();
	const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
	if (points) points.addTo(form);
	const answer = await send(page.urls.keep, form);
	if (answer) fill(byId("kept"), t("Kept under the draft “{name}”.", { name: answer.plan }), " ", el("a", { href: answer.url }, t("Redraw its borders over the picture")));
}

const proposals = new Proposals(map, byId("made"));
if (isPlaced) startPlacing();
if (page.kind !== "bounds") {
	hand.load(plan.streets).catch(() => {}); // without streets there is less to snap to
	byId("undo").addEventListener("click", () => hand.undo());
	handChanged();
	use(tool);
}
for (const button of document.querySelectorAll("[data-tool]"))
	button.addEventListener("click", () => {
		const asked = /** @type {any} */ (button.getAttribute("data-tool"));
		use(tool === asked ? (isPlaced ? "points" : "") : asked);
	});
document.getElementById("areas-form")?.addEventListener("submit", makeAreas);
document.getElementById("bounds-form")?.addEventListener("submit", readBounds);
document.getElementById("keep-form")?.addEventListener("submit", keepUnder);
