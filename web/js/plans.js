/** `/plans`: move a plan on, from draft to review; it is published on the page that says what it changes. */
import { postForm, sendJSON } from "./lib/api.js";
import { byId, el, fill, icon } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { pollUntil, showProblem, showProgress } from "./lib/sending.js";

const problem = byId("problem");
const progress = byId("progress");
const ENDED = ["done", "failed", "cancelled"];
let busy = false;

/**
 * @param {Element} node inside the row of a plan
 * @returns {{url: string, tag: string}}
 */
function planOf(node) {
	const row = /** @type {HTMLElement} */ (node.closest("[data-plan]"));
	return { url: `/api/v1/plans/${row.dataset.plan}`, tag: String(row.dataset.tag) };
}

/**
 * Do one thing at a time.
 * @param {() => Promise<void>} work
 */
async function once(work) {
	if (busy) return;
	busy = true;
	problem.hidden = true;
	progress.hidden = true;
	document.body.classList.add("waiting");
	try {
		await work();
	} catch (error) {
		progress.hidden = true;
		showProblem(problem, /** @type {Error} */ (error).message);
		problem.scrollIntoView({ block: "center" });
	}
	busy = false;
	document.body.classList.remove("waiting");
}

/**
 * Change a plan that nobody else changed since the page was made, and show what it is now.
 * @param {Element} node
 * @param {string} method
 * @param {string} path
 * @param {object} body
 */
function change(node, method, path, body) {
	const { url, tag } = planOf(node);
	return once(async () => {
		await sendJSON(method, url + path, body, { "If-Match": tag });
		location.reload();
	});
}

/**
 * Start the check of a plan and follow it.
 * @param {Element} node
 */
function check(node) {
	const { url, tag } = planOf(node);
	return once(async () => {
		showProgress(progress, t("Waiting for its turn…"), null);
		progress.scrollIntoView({ block: "center" });
		const begun = await sendJSON("POST", `${url}/check`, {}, { "If-Match": tag });
		const job = await pollUntil(`/api/v1/jobs/${begun.id}`, (now) => {
			showProgress(progress, now.stage || t("Waiting for its turn…"), now.progress);
			return ENDED.includes(now.status);
		});
		progress.hidden = true;
		if (job.status !== "done") throw new Error(job.error ? job.error.detail : t("It was stopped."));
		sayCheck(node, job.result);
	});
}

/**
 * @param {Element} node
 * @param {any} result of a check
 */
function sayCheck(node, result) {
	const good = result.is_seamless;
	const words = good
		? t("Proven: no gap, no overlap. It can be handed in.")
		: t("{n} gaps, overlaps or other problems. It cannot be published like this; look at them and repair them.", { n: result.defects_total });
	fill(progress, el(`p.notice.${good ? "good" : "bad"}`, { role: "status" }, icon(good ? "circle-check" : "circle-x"), el("span", null, words)),
		good ? null : el("p", null, el("button.button.primary", { type: "button", onclick: () => repair(node) }, icon("map"), t("Check and repair this draft"))));
	progress.hidden = false;
}

/**
 * Look at the boundaries of a plan on the page where they can be repaired.
 * @param {Element} node
 */
function repair(node) {
	const row = /** @type {HTMLElement} */ (node.closest("[data-plan]"));
	once(async () => {
		location.href = (await postForm(String(row.dataset.repair), new FormData())).url;
	});
}

document.addEventListener("click", (event) => {
	const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button"));
	if (!button) return;
	const { use, begin, job, step, question } = button.dataset;
	if (question && !window.confirm(question)) return;
	if (use) once(async () => {
		await postForm(use, new FormData());
		location.reload();
	});
	else if (begin) once(async () => {
		location.href = (await postForm(begin, new FormData())).url;
	});
	else if (job) check(button);
	else if (step) change(button, "POST", `/${step}`, {});
	else if ("remove" in button.dataset) change(button, "DELETE", "", {});
});

for (const form of document.querySelectorAll("form[data-step]"))
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const given = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (form)).entries());
		change(form, "POST", `/${form.getAttribute("data-step")}`, given);
	});
