/** `/plans/…/changes`: what a plan changed; all it needs a script for is printing. */
const button = document.getElementById("print");
if (button) button.addEventListener("click", () => window.print());
