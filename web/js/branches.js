/** `/plans/<draft>/branches`: copy a draft, and go on in the copy. */
import { sendJSON } from "./lib/api.js";
import { byId } from "./lib/dom.js";
import { showProblem } from "./lib/sending.js";

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("branch"));
let busy = false;

if (form) form.addEventListener("submit", async (event) => {
	event.preventDefault();
	if (busy) return;
	busy = true;
	byId("problem").hidden = true;
	document.body.classList.add("waiting");
	try {
		const made = await sendJSON("POST", String(form.dataset.url), Object.fromEntries(new FormData(form).entries()));
		location.assign(`/plans/${made.id}/edit`);
	} catch (error) {
		busy = false;
		document.body.classList.remove("waiting");
		showProblem(byId("problem"), /** @type {Error} */ (error).message);
	}
});
