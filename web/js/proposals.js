/** `/plans/…/proposals`: make proposals, and one of them a draft. */
import { sendJSON } from "./lib/api.js";
import { byId } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { pollUntil, showProblem, showProgress } from "./lib/sending.js";

const form = /** @type {HTMLFormElement} */ (byId("propose"));
const problem = byId("problem");
const progress = byId("progress");
const ENDED = ["done", "failed", "cancelled"];
let busy = false;

/**
 * Do one thing at a time.
 * @param {() => Promise<void>} work
 */
async function once(work) {
	if (busy) return;
	busy = true;
	problem.hidden = true;
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

/** @returns {Record<string, number | boolean>} what was asked for */
function asked() {
	const given = new FormData(form);
	/** @type {Record<string, number | boolean>} */
	const found = { tolerance: Number(given.get("tolerance")) / 100 };
	for (const name of ["keeps_parents", "keeps_dedicated"]) found[name] = given.has(name);
	for (const name of ["count", "target"]) if (given.get(name)) found[name] = Number(given.get(name));
	return found;
}

form.addEventListener("submit", (event) => {
	event.preventDefault();
	once(async () => {
		showProgress(progress, t("Waiting for its turn…"), null);
		const begun = await sendJSON("POST", String(form.dataset.start), asked());
		const job = await pollUntil(`/api/v1/jobs/${begun.id}`, (now) => {
			showProgress(progress, now.stage || t("Waiting for its turn…"), now.progress);
			return ENDED.includes(now.status);
		});
		if (job.status !== "done") throw new Error(job.error ? job.error.detail : t("It was stopped."));
		location.href = `${form.dataset.here}?job=${job.id}`;
	});
});

document.addEventListener("click", (event) => {
	const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-draft]"));
	if (!button) return;
	once(async () => {
		const made = await sendJSON("POST", String(button.dataset.draft), { name: String(button.dataset.name).slice(0, 120) });
		location.href = made.url;
	});
});
