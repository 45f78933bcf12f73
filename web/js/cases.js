/** `/cases`, step 1: choose a list of cases or addresses. */
import { postForm } from "./lib/api.js";
import { go } from "./lib/list-upload.js";

for (const button of document.querySelectorAll("[data-start]"))
	button.addEventListener("click", () => go(async () => {
		await postForm(String(button.getAttribute("data-start")), new FormData());
		location.reload();
	}));
