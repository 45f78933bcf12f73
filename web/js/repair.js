/** `/check/<token>/repair`: look at proposed repairs, accept or refuse them, take the result. */
import { unusable } from "./check/use-plan.js";
import { getJSON, postForm } from "./lib/api.js";
import { byId, fill, pageData } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { pollUntil, showProblem, showProgress } from "./lib/sending.js";
import { drawStreets } from "./map/basemap.js";
import { DefectsLayer } from "./map/defects.js";
import { GridsLayer } from "./map/grids.js";
import { fitBounds, startMap } from "./map/layers.js";
import { outcomeBox } from "./repair/outcome.js";
import { Proposal } from "./repair/proposal.js";
import { settingsForm } from "./repair/settings.js";

const page = pageData("page");
const plan = pageData("plan");
const BUSY = { proposing: t("Working out the repairs…"), mending: t("Repairing…") };
let isDrawn = false;

/** @type {Proposal | null} */
let proposal = null;
const { map, layers } = startMap({
	streets: (queued) => drawStreets(queued, plan),
	grids: (queued) => new GridsLayer(queued.map, plan, () => {}),
	defects: (queued) => new DefectsLayer(queued.map, (id) => proposal && proposal.choose(id)),
});
fitBounds(map, plan.bounds, { animate: false });
layers.grids.show(plan.shown_level);

/** @param {string} [shown] the one box that is shown */
function only(shown) {
	for (const id of ["problem", "progress", "outcome", "proposal"]) byId(id).hidden = id !== shown;
}

/** @param {any} now state of the repair */
async function show(now) {
	if (now.stage in BUSY) {
		only("progress");
		const words = /** @type {any} */ (BUSY)[now.stage];
		now = await pollUntil(page.state, (answer) => {
			showProgress(byId("progress"), words, answer.share);
			return !(answer.stage in BUSY);
		});
	}
	only();
	if (now.error) showProblem(byId("problem"), now.error);
	if (now.stage === "mended") await showOutcome(now);
	else if (now.stage === "proposed") await showProposal(now);
	else if (now.error) {
		byId("proposal").hidden = false;
		fill(byId("proposal"), settingsForm(page, now.settings, propose, true));
	} else await send(page.propose, new FormData());
}

/** @param {any} now */
async function showProposal(now) {
	const data = await getJSON(page.rows);
	await drawDefects(data.rows);
	proposal = new Proposal(byId("proposal"), data, now, layers.defects, {
		settings: settingsForm(page, now.settings, propose, false),
		notice: page.use.problem ? unusable(page.use) : null,
		apply: (form) => send(page.apply, form),
	});
	byId("proposal").hidden = false;
}

/** @param {any} now */
async function showOutcome(now) {
	const data = await getJSON(page.result);
	page.use.warning = now.warning;
	fill(byId("outcome"), outcomeBox(page, data, () => {
		only();
		showProposal(now).catch(failed);
	}));
	byId("outcome").hidden = false;
	await drawDefects(data.left);
	fitBounds(map, plan.bounds);
}

/** @param {any[]} rows */
async function drawDefects(rows) {
	const isFirst = !isDrawn;
	isDrawn = true;
	if (isFirst) layers.defects.draw(await allRows(rows), await getJSON(page.shapes));
	layers.defects.unmark();
	layers.defects.filter(new Set(rows.map(({ id }) => id)));
}

/**
 * The rows of the proposal, so that those repaired can be shown again.
 * @param {any[]} rows
 */
const allRows = (rows) => getJSON(page.rows).then((data) => data.rows, () => rows);

/** @param {FormData} form */
const propose = (form) => send(page.propose, form);

/**
 * @param {string} url
 * @param {FormData} form
 */
async function send(url, form) {
	try {
		await show(await postForm(url, form));
	} catch (error) {
		failed(error);
	}
}

/** @param {any} error */
function failed(error) {
	byId("progress").hidden = true;
	showProblem(byId("problem"), error.message);
	byId("problem").scrollIntoView({ block: "nearest" });
	throw error.message ? new AlreadySaid() : error;
}

class AlreadySaid extends Error {}
show(page.now).catch((error) => error instanceof AlreadySaid || failed(error));
