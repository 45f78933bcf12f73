"""What a person would see at a glance: text cut off or wider than the window."""

from __future__ import annotations

from playwright.sync_api import Page

OVERFLOWING = """() => {
  const width = document.documentElement.clientWidth;
  const found = [];
  const said = (node) => `${node.tagName}.${node.className}: ` +
    (node.textContent || "").trim().slice(0, 40);
  if (document.documentElement.scrollWidth > width)
    found.push(`the page is ${document.documentElement.scrollWidth} wide`);
  const scrolls = ".leaflet-container, .table-box, [data-scrolls], .segmented, .skip";
  const fields = ["INPUT", "SELECT", "TEXTAREA", "PROGRESS"];
  for (const node of document.querySelectorAll("body *")) {
    if (!node.offsetParent || node.closest(scrolls)) continue;
    const style = getComputedStyle(node);
    if (style.position === "absolute" && node.closest(".dropzone")) continue;
    const box = node.getBoundingClientRect();
    if (box.width && (box.right > width + 1 || box.left < -1)) found.push(said(node));
    const is_cut = node.children.length === 0 && node.clientWidth > 0 &&
      node.scrollWidth > node.clientWidth + 1 && style.overflowX !== "visible" &&
      style.textOverflow !== "ellipsis" && !fields.includes(node.tagName);
    if (is_cut) found.push(`cut: ${said(node)}`);
  }
  return found.slice(0, 10);
}"""


def overflowing(page: Page) -> list[str]:
    """Return what is wider than the window or cut off without an ellipsis."""
    found: list[str] = page.evaluate(OVERFLOWING)
    return found


def warm(page: Page, url: str) -> None:
    """Let a test's server make its search ready, as a real one does when it starts."""
    page.request.get(f"{url}/api/v1/addresses?q=a", timeout=120_000)
