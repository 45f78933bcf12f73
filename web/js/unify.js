/** `/unify`: the layers to unify, each with what is in its file, and the rules. */
import { readAgain } from "./check/region-choice.js";
import { postForm } from "./lib/api.js";
import { byId, pageData } from "./lib/dom.js";
import { dropzone } from "./lib/dropzone.js";
import { t } from "./lib/i18n.js";
import { pollUntil, sendFiles, showProblem, showProgress } from "./lib/sending.js";
import { fileGroups } from "./unify/file-groups.js";
import { LayerCards } from "./unify/layer-cards.js";
import { UnifyForm } from "./unify/settings-form.js";

let state = pageData("unify");
const progress = byId("progress");
const problem = byId("problem");
const drop = byId("drop");
const input = /** @type {HTMLInputElement} */ (drop.querySelector("input"));
const buttons = /** @type {HTMLButtonElement[]} */ ([byId("add-file"), byId("add-plan")]);

const cards = new LayerCards(byId("layers"), {
	changed: (token, data) => act(() => readAgain(token, data)),
	named: () => { form.names(cards.names()); save(); },
	removed: (token) => act(() => postForm(`${address()}/layers/${token}/remove`, settings())),
});
const form = new UnifyForm(/** @type {HTMLFormElement} */ (byId("settings")), {
	changed: save,
	region: (files, box) => act(() => sendFiles(`${address()}/region`, filesForm(files), box)),
	reread: (token, data) => act(() => readAgain(token, data)),
	run: () => act(() => postForm(`${address()}/run`, settings()), true),
});

const address = () => `/api/v1/unify/${state.token}`;

/** Everything said about the layers that is not in their files. */
function settings() {
	const data = form.data();
	for (const [token, name] of cards.names()) data.set(`name-${token}`, name);
	return data;
}

/** Keep names and rules; what is wrong with them is said when it is started. */
function save() {
	postForm(`${address()}/settings`, settings()).then(() => { problem.hidden = true; }, failed);
}

/** @param {Error} error */
function failed(error) {
	progress.hidden = true;
	showProblem(problem, error.message);
}

/** @param {boolean} on */
function busy(on) {
	input.disabled = on;
	for (const button of buttons) button.disabled = on;
	form.lock(on);
	cards.lock(on);
	if (on) problem.hidden = true;
}

/**
 * Do something on the server, then wait until nothing is being read or unified.
 * @param {() => Promise<any>} action
 * @param {boolean} [leaves] go to the result when there is one
 */
async function act(action, leaves = false) {
	busy(true);
	try {
		await action();
		await follow();
		if (leaves && state.stage === "done") {
			location.href = `/unify/${state.token}`;
			return;
		}
	} catch (error) {
		failed(/** @type {Error} */ (error));
	}
	busy(false);
}

async function follow() {
	state = await pollUntil(address(), (answer) => {
		const isReading = answer.layers.some(reads) || (answer.region && answer.region.stage === "reading");
		if (answer.stage === "unifying") showProgress(progress, t("Laying the layers over each other…"), answer.share);
		else if (isReading) showProgress(progress, t("Reading the file…"), null);
		return answer.stage !== "unifying" && !isReading;
	});
	show();
}

/** @param {any} layer */
const reads = (layer) => layer.check.stage === "reading";

function show() {
	progress.hidden = true;
	cards.show(state.layers);
	form.show(state);
	byId("drop-words").textContent = state.layers.length ? t("Drag more boundary files here, or click to choose them") : t("Drag the boundary files here, or click to choose them");
	drop.classList.toggle("slim", state.layers.length > 0);
	if (state.error) showProblem(problem, state.error);
}

/** The first layer makes the place that all of them are kept in. */
async function place() {
	if (state.token) return;
	const made = await postForm("/api/v1/unify", new FormData());
	state.token = made.token;
	history.replaceState(null, "", made.url);
}

/** @param {File[]} files */
function filesForm(files) {
	const data = new FormData();
	for (const file of files) data.append("files", file);
	return data;
}

/** @param {File[]} files */
async function addFiles(files) {
	const limit = Number(input.dataset.largest);
	const groups = fileGroups(files);
	const size = Math.max(...groups.map((group) => group.reduce((sum, file) => sum + file.size, 0) / 1e6));
	if (size > limit) {
		showProblem(problem, t("This is {size} MB; at most {limit} MB can be uploaded.", { size: Math.round(size), limit }));
		return;
	}
	await act(async () => {
		await place();
		for (const group of groups) await sendFiles(`${address()}/layers`, filesForm(group), progress);
	});
}

dropzone(drop, addFiles);
byId("add-file").addEventListener("click", () => input.click());
byId("add-plan").addEventListener("click", () => act(async () => {
	await place();
	const data = new FormData();
	data.set("current", "1");
	await postForm(`${address()}/layers`, data);
}));
show();
if (state.token && (state.stage === "unifying" || state.layers.some(reads))) act(async () => {}, state.stage === "unifying");
// a page taken from the browser's memory by "back" must not stay locked
window.addEventListener("pageshow", (event) => event.persisted && busy(false));
