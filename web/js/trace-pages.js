/** `/plans/new/trace/<token>/pages`: choose a page of a PDF, and wait until it is a picture. */
import { getJSON, postForm } from "./lib/api.js";
import { byId, el, fill, pageData } from "./lib/dom.js";
import { t } from "./lib/i18n.js";
import { pollUntil, showProblem, showProgress } from "./lib/sending.js";

/** @typedef {{stage: string, share: number | null, error: string | null, thumbnails: number[], is_drawing_thumbnails: boolean}} State */

const page = pageData("page");
const progress = byId("progress");
const problem = byId("problem");
/** @type {HTMLButtonElement[]} */
const buttons = Array.from(document.querySelectorAll("[data-page]"));
let isBusy = false;

/** @param {State} state */
function showPictures(state) {
	for (const button of buttons) {
		const sheet = /** @type {HTMLElement} */ (button.querySelector(".sheet"));
		const isThere = state.thumbnails.includes(Number(button.dataset.page));
		if (isThere && !sheet.firstChild) {
			const picture = el("img", { alt: "", src: button.dataset.picture });
			picture.addEventListener("error", () => fill(sheet, t("no picture")));
			fill(sheet, picture);
		} else if (!isThere && !state.is_drawing_thumbnails) fill(sheet, t("no picture"));
	}
}

/** Wait for the picture of the page and go on with it. */
async function wait() {
	isBusy = true;
	for (const button of buttons) button.disabled = true;
	const words = t("The page is being drawn…");
	showProgress(progress, words, null);
	const last = await pollUntil(page.state, (/** @type {State} */ now) => {
		showProgress(progress, words, now.share);
		return now.stage !== "reading";
	});
	if (last.stage !== "done") throw new Error(last.error);
	location.href = page.work;
}

/** @param {any} error */
function failed(error) {
	isBusy = false;
	progress.hidden = true;
	for (const button of buttons) button.disabled = false;
	showProblem(problem, error.message);
	problem.scrollIntoView({ block: "nearest" });
}

/** @param {string} number */
async function take(number) {
	if (isBusy) return;
	problem.hidden = true;
	const form = new FormData();
	form.append("page", number);
	try {
		await postForm(page.state, form);
		await wait();
	} catch (error) {
		failed(error);
	}
}

for (const button of buttons) button.addEventListener("click", () => take(String(button.dataset.page)));
document.getElementById("other")?.addEventListener("submit", (event) => {
	event.preventDefault();
	const number = new FormData(/** @type {HTMLFormElement} */ (event.target)).get("page");
	take(String(number));
});

getJSON(page.state).then((/** @type {State} */ state) => {
	if (state.stage === "reading") return wait();
	if (state.error) throw new Error(state.error);
	if (!buttons.length && state.stage === "done") location.replace(page.work);
	return pollUntil(page.state, (/** @type {State} */ now) => {
		showPictures(now);
		return !now.is_drawing_thumbnails;
	});
}).catch(failed);
