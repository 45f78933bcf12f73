/** `/workspace`: which plan is in use, and putting in one's own data. */
import { postForm } from "./lib/api.js";
import { byId } from "./lib/dom.js";
import { sendFiles, showProblem } from "./lib/sending.js";

const problem = byId("problem");
const progress = byId("progress");
let busy = false;

/**
 * Do one thing at a time; on success go where the answer says.
 * @param {() => Promise<{url: string}>} work
 */
async function once(work) {
	if (busy) return;
	busy = true;
	problem.hidden = true;
	document.body.classList.add("waiting");
	try {
		const { url } = await work();
		if (url === location.pathname) location.reload();
		else location.href = url;
	} catch (error) {
		busy = false;
		progress.hidden = true;
		document.body.classList.remove("waiting");
		showProblem(problem, /** @type {Error} */ (error).message);
		problem.scrollIntoView({ block: "center" });
	}
}

for (const button of document.querySelectorAll("[data-use]"))
	button.addEventListener("click", () => once(() => postForm(String(button.getAttribute("data-use")), new FormData())));

for (const form of document.querySelectorAll("form[data-post]"))
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const sure = form.getAttribute("data-sure");
		if (sure && !confirm(sure)) return;
		once(() => postForm(String(form.getAttribute("data-post")), new FormData(/** @type {HTMLFormElement} */ (form))));
	});

for (const node of document.querySelectorAll("input[data-upload]")) {
	const input = /** @type {HTMLInputElement} */ (node);
	input.addEventListener("change", () => {
		const [file] = Array.from(input.files || []);
		input.value = "";
		if (!file) return;
		const data = new FormData();
		data.append("file", file);
		once(() => sendFiles(String(input.dataset.upload), data, progress));
	});
}
window.addEventListener("pageshow", () => {
	busy = false;
	document.body.classList.remove("waiting");
});
